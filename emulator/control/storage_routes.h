#pragma once

#include <vector>

#include "emulator/control/control_api.h"
#include "emulator/control/routes.h"

namespace exthost::control {

/// What there is in storage, and outages: `/_emu/v1/storage`. `parts` outlives the routes.
std::vector<Route> storage_routes(const ControlParts& parts);

}  // namespace exthost::control
