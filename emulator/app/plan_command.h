#pragma once

#include <nlohmann/json_fwd.hpp>

#include "emulator/app/terminal.h"

namespace exthost::app {

/// Prints what `POST /_emu/v1/plan` answers, for people: problems to `err`; to `out` a line for each stage
/// and each friendly name that changes, the share of the world, and what to do next.
void print_plan(const nlohmann::ordered_json& plan, Terminal& out, Terminal& err);

}  // namespace exthost::app
