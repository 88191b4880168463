#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/package/tree_rules.h"

namespace exthost::package {

struct SourceFile;

/// A folder whose JSON files stand in for those of the same name in one folder of a package, letter case
/// ignored, or are added to it. Its sub-folders do not count.
struct Overlay {
  std::filesystem::path folder;  ///< Need not exist; empty: no overlay.
  std::string at;                ///< Folder in the package, such as `Content/Config`.
};

/// The files that a package is made of: those of a folder, with an overlay's in place of some. Not
/// thread-safe, but for `place_of` between two scans.
class LayeredSource {
 public:
  LayeredSource(std::filesystem::path root, IgnoreOptions ignore, Overlay overlay)
      : root_(std::move(root)), ignore_(std::move(ignore)), overlay_(std::move(overlay)) {}

  /// As scan_folder, for both.
  base::Result<std::vector<SourceFile>> scan(std::size_t max_files);

  /// As rescan_files. Absent as well if there is an overlay.
  std::optional<std::vector<SourceFile>> rescan(std::vector<SourceFile> known,
                                                const std::vector<std::string>& touched,
                                                std::size_t max_files) const;

  /// Where a file of the last scan lies: a folder, and its path in there.
  std::pair<const std::filesystem::path&, std::string> place_of(const std::string& path) const;

 private:
  const std::filesystem::path root_;
  const IgnoreOptions ignore_;
  const Overlay overlay_;
  std::vector<std::string> overlaid_;  // paths in the package; sorted
};

}  // namespace exthost::package
