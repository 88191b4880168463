#pragma once

#include <vector>

#include "emulator/control/control_api.h"
#include "emulator/control/routes.h"

namespace exthost::control {

/// What stands below `/_emu/v1/extensions/{extension}/`: `config`, `versions`, `stages:promote`,
/// `stages:rollback` and `friendly`. `parts` outlives the routes.
std::vector<Route> publishing_routes(const ControlParts& parts);

}  // namespace exthost::control
