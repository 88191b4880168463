#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// Whether entries make a zip that a package may be: their number and sizes, declared and whole. That their
/// names may stand in one is `check_entry_name`'s, that they are unique Package::open's. Fails with
/// kZipTooLarge.
base::Result<void> check_zip_limits(std::span<const Entry> entries, const PackageLimits& limits);

/// The size of the zip that `assemble_zip` makes of entries.
std::uint64_t zip_size(std::span<const Entry> entries);
/// The part of it that one entry takes, without the directory.
std::uint64_t local_size(const Entry& entry);

/// Lays packed files out as a zip, in the order given, in one buffer that is allocated once. The entries have
/// passed `check_zip_limits`.
std::shared_ptr<const std::string> assemble_zip(std::span<const Entry> entries, ZipTime time);
/// Parts of the same: the files themselves, and what follows those of all entries.
void append_files(std::string& zip, std::span<const Entry> entries, ZipTime time);
void append_directory(std::string& zip, std::span<const Entry> entries, ZipTime time);

}  // namespace exthost::package
