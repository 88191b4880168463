#pragma once

#include <vector>

#include "emulator/check/finding.h"
#include "emulator/check/version_files.h"
#include "emulator/model/cloud.h"
#include "emulator/model/environment.h"

namespace exthost::check {

/// What a version's Content/Config must be (domain.md f, "Environment config selection & merge"; q9, q16).
///
/// Errors: no default.json; a settings file that is no JSON object of at most 1 MiB; nothing that any portal
/// of the cloud could be answered with. Warnings: portals of the cloud have a file, but not the one its users
/// open; an environment's file replaces an object of default.json; no default.json, if `rules` let it be
/// missing. Each file's faults are all reported.
std::vector<Finding> check_environments(const VersionFiles& files, model::Cloud cloud,
                                        const model::EnvironmentRules& rules = {});

}  // namespace exthost::check
