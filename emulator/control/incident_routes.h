#pragma once

#include <vector>

#include "emulator/control/control_api.h"
#include "emulator/control/routes.h"

namespace exthost::control {

/// What production would open against the owning team, and what its people do with it: `/_emu/v1/incidents`
/// (ux.md 6). `parts` outlives the routes.
std::vector<Route> incident_routes(const ControlParts& parts);

}  // namespace exthost::control
