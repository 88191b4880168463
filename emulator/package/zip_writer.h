#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/buffer_pool.h"
#include "emulator/base/result.h"
#include "emulator/package/package.h"

namespace exthost::package {

class Compressor;

/// A file that is to go into a zip.
struct NamedBytes {
  std::string name;  ///< Relative, `/` separated, UTF-8.
  std::string bytes;
};

/// Writes a zip of files in memory. Deterministic: sorted by name, with the time of `zip_time()`, whatever
/// the order of `files`. Fails as Package::open does on a name or a size that no package may have, so what is
/// written always opens.
base::Result<std::shared_ptr<const std::string>> write_zip(const std::vector<NamedBytes>& files,
                                                           const PackageLimits& limits = {});

/// The time that every entry carries, in MS-DOS form.
struct ZipTime {
  std::uint16_t date = (1u << 5) | 1u;  ///< 1 January 1980, the earliest there is.
  std::uint16_t time = 0;
};

/// The fixed time, or the environment variable SOURCE_DATE_EPOCH (seconds, UTC; reproducible-builds.org)
/// brought into the range that a zip can hold. `invalid_input` if the variable is not a number.
base::Result<ZipTime> zip_time();

/// A file's bytes as they stand in a zip, and what the headers say about them.
struct PackedBytes {
  std::string stored;
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  Compression compression = Compression::stored;
};

/// Deflates, unless the name's extension says that the bytes are compressed already or they would not shrink.
PackedBytes pack_bytes(Compressor& compressor, std::string_view name, std::string bytes);

/// Lays packed files out as a zip, in the order given, in one buffer from `buffers`. Fails if the whole is
/// over a limit. Each name has passed `check_entry_name`; that they are unique is left to Package::open.
base::Result<std::shared_ptr<const base::FixedBuffer>> assemble_zip(std::span<const Entry> entries,
                                                                    ZipTime time, const PackageLimits& limits,
                                                                    base::BufferPool& buffers);

}  // namespace exthost::package
