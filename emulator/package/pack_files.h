#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/package/build_plan.h"
#include "emulator/package/overlay.h"
#include "emulator/package/zip_writer.h"

namespace exthost::package {

/// A file from this size on is deflated at the fast level while somebody waits for a save.
inline constexpr std::uint64_t kHotBytes = 256 * 1024;

/// A file that a build has read.
struct FreshFile {
  KnownFile known;
  bool same = false;   ///< Its content is what the last package has of it.
  PackedBytes packed;  ///< Unless it is the same.
};

struct PackOptions {
  unsigned threads = 2;
  std::uint64_t limit_bytes = 0;  ///< Of a file.
  bool hot = false;               ///< Large files at the fast level.
};

/// A file's entry in the last package; null for a new file.
using EntryBefore = std::function<const Entry*(std::size_t scanned)>;

/// Reads and deflates those of `scanned` that `to_read` has the indices of, in that order. `before` is asked
/// on several threads. Fails as read_settled does; the error is that of the first file in order.
base::Result<std::vector<FreshFile>> pack_files(const LayeredSource& source,
                                                const std::vector<SourceFile>& scanned,
                                                const std::vector<std::size_t>& to_read,
                                                const EntryBefore& before, const PackOptions& options);

}  // namespace exthost::package
