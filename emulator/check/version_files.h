#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/check/finding.h"
#include "emulator/package/package.h"

namespace exthost::check {

/// The files of a version, in a zip or in a folder, as a value: names and sizes, and a way to the bytes.
struct VersionFiles {
  struct File {
    std::string path;  ///< Below the version's root, as the hosting service would look it up.
    std::uint64_t size_bytes = 0;
  };
  std::string shown;   ///< The zip or the folder, as messages show it.
  bool in_zip = true;  ///< Whether `shown` is a zip, so that its files are entries.
  std::string root;  ///< What stands before `Content/` in it: empty, or `<version>/` (domain.md d, the gap).
  std::vector<File> files;
  std::function<base::Result<std::string>(const std::string& path)> read;

  /// Letter case ignored, as paths are served (domain.md f).
  const File* find(std::string_view path) const;
  /// The problem of one of the files (`where.file` is its path) as a finding at the place where it really is.
  Finding place(model::Problem problem) const;
};

/// The files of a package. `version`: the name of a folder that its contents may lie in, or empty.
VersionFiles files_of(std::shared_ptr<const package::Package> package, const std::string& version,
                      std::string shown, bool in_zip);

}  // namespace exthost::check
