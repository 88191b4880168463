#pragma once

#include <vector>

#include "emulator/control/control_api.h"
#include "emulator/control/routes.h"

namespace exthost::control {

/// The data centres: what each serves, whether it is up, and syncs on demand (`/_emu/v1/regions`,
/// `/_emu/v1/sync`). `parts` outlives the routes.
std::vector<Route> region_routes(const ControlParts& parts);

}  // namespace exthost::control
