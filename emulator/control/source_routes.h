#pragma once

#include <vector>

#include "emulator/control/control_api.h"
#include "emulator/control/routes.h"

namespace exthost::control {

/// What can be asked of an extension's source folder. `parts` outlives the routes.
std::vector<Route> source_routes(const ControlParts& parts);

}  // namespace exthost::control
