#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "emulator/app/terminal.h"

namespace exthost::app {

/// Prints what `POST /_emu/v1/plan` answers, for people: problems to `err`; to `out` a line for each stage
/// and each friendly name that changes, the share of the world, and what to do next.
void print_plan(const nlohmann::ordered_json& plan, Terminal& out, Terminal& err);

/// `1 of 60 regions changes (2 %)`: of the `plan` in such an answer.
std::string share_of_regions(const nlohmann::ordered_json& plan);

}  // namespace exthost::app
