#pragma once

#include <cstddef>
#include <cstdint>
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
  PackedBytes packed;
};

struct PackOptions {
  unsigned threads = 2;
  std::uint64_t limit_bytes = 0;  ///< Of a file.
  bool hot = false;               ///< Large files at the fast level.
};

/// Reads and deflates those of `scanned` that `to_read` has the indices of, in that order. Fails as
/// read_settled does; the error is that of the first file in order.
base::Result<std::vector<FreshFile>> pack_files(const LayeredSource& source,
                                                const std::vector<SourceFile>& scanned,
                                                const std::vector<std::size_t>& to_read,
                                                const PackOptions& options);

}  // namespace exthost::package
