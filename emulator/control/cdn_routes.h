#pragma once

#include <vector>

#include "emulator/control/control_api.h"
#include "emulator/control/routes.h"

namespace exthost::control {

/// `GET` and `PUT /_emu/v1/cdn`, and `POST /_emu/v1/cdn:purge`. `parts` outlives the routes.
std::vector<Route> cdn_routes(const ControlParts& parts);

}  // namespace exthost::control
