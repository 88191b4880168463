#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "emulator/package/builder.h"

namespace exthost::package {

/// A file as the last build knew it.
struct KnownFile {
  SourceFile file;
  bool must_read_again = false;  ///< Its stats may hide a change (may_hide_change).
  bool packed_fast = false;      ///< Its bytes are deflated at the fast level.
};

/// What a build has to do.
struct BuildPlan {
  /// For each scanned file its index among the known ones, absent for a new file.
  std::vector<std::optional<std::size_t>> known_as;
  /// For each scanned file that is new and need not be read the known one that it was, under another path: a
  /// folder above was renamed, which leaves a file's stats as they are.
  std::vector<std::optional<std::size_t>> moved_from;
  std::vector<std::size_t> to_read;  ///< Indices of scanned files that may differ from what is known; sorted.
  std::vector<std::string> removed;  ///< Known files that are gone.
};

/// Compares a scan with what is known. Both are sorted by path.
BuildPlan plan_build(const std::vector<SourceFile>& scanned, const std::vector<KnownFile>& known);

}  // namespace exthost::package
