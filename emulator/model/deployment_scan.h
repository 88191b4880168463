#pragma once

#include <optional>
#include <string_view>

#include "emulator/model/deployment_config.h"
#include "emulator/model/findings.h"

namespace exthost::model {

/// Reads a config.json as far as it can be understood and notes what is wrong. The value may break the rules,
/// so that the stages can still be judged; it is for checking only unless `findings` has no errors. Absent if
/// there is no object.
std::optional<DeploymentConfig> scan_deployment_config(std::string_view text, const ConfigRules& rules,
                                                       const std::string& file, Findings& findings);

}  // namespace exthost::model
