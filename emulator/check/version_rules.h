#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/check/finding.h"
#include "emulator/check/version_files.h"
#include "emulator/model/cloud.h"
#include "emulator/model/environment.h"
#include "emulator/package/package.h"

namespace exthost::check {

/// Everything that the contents of a version give rise to, in a zip or a folder: its environments
/// (environment_rules.h), a build in development mode, controllers called by relative URL, a page that is too
/// large to be filled in. At most 20 calls are reported, and then how many more there are.
std::vector<Finding> check_version(const VersionFiles& files, model::Cloud cloud,
                                   const model::EnvironmentRules& rules = {});

/// When a version was deployed, and the day for which its SDK is judged.
struct SdkDays {
  std::chrono::sys_days deployed;
  std::chrono::sys_days asked;
};

/// Whether the portal still runs the version's SDK (domain.md n), if the version tells its build, which no
/// document says where to look for (model/compatibility.h).
std::vector<Finding> check_sdk_age(const VersionFiles& files, const SdkDays& days);

/// A zip judged, and its contents if they can be read.
struct CheckedZip {
  std::shared_ptr<const package::Package> package;  ///< Null if the zip is refused.
  std::vector<Finding> findings;  ///< Of its structure: each file that is damaged, each clash.
};

/// The structure, names, limits and checksums of a zip (formats.md). `shown`: its name for messages.
CheckedZip check_zip(std::shared_ptr<const void> owner, std::string_view bytes, const std::string& shown);

/// What keeps files of a folder from being a package together: names that differ only by letter case, and
/// names that no package may have. Paths are relative to the folder `shown`.
std::vector<Finding> check_file_names(const std::vector<std::string>& paths, const std::string& shown);

}  // namespace exthost::check
