#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/check/finding.h"
#include "emulator/model/cloud.h"
#include "emulator/package/builder.h"

namespace exthost::app {

/// A folder packed as a version, and what there is to say about it.
struct PackedVersion {
  package::BuiltPackage built;
  std::vector<check::Finding> findings;  ///< Of the folder, by every rule of `check`.

  bool good() const;  ///< No finding is an error.
};

/// Packs the folder `named`, taken from `from`, as a release pipeline would, and judges it as `exthost-emu
/// check` and the hosting service would; what errors keep from being packed has no package. Nothing is
/// written. Fails with kTargetMissing if there is no such folder, with kSourceUnreadable or a kZip… code if
/// it cannot be packed for a reason that is no finding.
base::Result<PackedVersion> pack_version(const std::filesystem::path& from, const std::string& named,
                                         const std::string& version, const std::vector<std::string>& ignore,
                                         model::Cloud cloud);

/// What to leave out, besides `ignore`, so that a folder can be packed into itself again and again: the zips
/// beside the output, if that is a folder of `folder`.
std::vector<std::string> without_outputs(std::vector<std::string> ignore, const std::filesystem::path& folder,
                                         const std::filesystem::path& output);

}  // namespace exthost::app
