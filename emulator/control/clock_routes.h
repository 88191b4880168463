#pragma once

#include <vector>

#include "emulator/control/control_api.h"
#include "emulator/control/routes.h"

namespace exthost::control {

/// The emulator's time: `/_emu/v1/clock` and what steers it (ux.md 6). Each change is told to the journal, as
/// `clock.frozen`, `clock.resumed`, `clock.scaled` or `clock.advanced`. `parts` outlives the routes.
std::vector<Route> clock_routes(const ControlParts& parts);

}  // namespace exthost::control
