#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "emulator/base/result.h"
#include "emulator/package/builder.h"

struct stat;

namespace exthost::package {

/// What stat(2) says of a file, under the path that the package knows it by.
SourceFile to_source_file(std::string path, const struct ::stat& status);

/// Wall time in nanoseconds since 1970, which the times of files are compared with.
std::int64_t wall_ns();

/// A file read once: its stats ahead of and after the reading, and the bytes between.
struct Reading {
  SourceFile before;
  std::string bytes;
  SourceFile after;
  std::int64_t read_at_ns = 0;  ///< Wall time just ahead of `before`.
};

/// Reads `<root>/<path>`. Fails with `conflict` if it has vanished, `unavailable` if it can't be read, both
/// with kSourceUnreadable; `invalid_input` (kZipTooLarge) if it has more than `limit_bytes`.
base::Result<Reading> read_source_file(const std::filesystem::path& root, const std::string& path,
                                       std::uint64_t limit_bytes);

/// Reads until nothing changed meanwhile, a few times at most; then `conflict`. `read_once` is asked for each
/// reading.
base::Result<Reading> read_settled(const std::string& path,
                                   const std::function<base::Result<Reading>()>& read_once);

/// Whether a file read at `read_at_ns` may have changed after that without its stats telling. File systems
/// stamp with a clock that ticks every few milliseconds (some every two seconds), so a change in the tick of
/// the reading leaves the same stamp. Such a file is read again at the next build.
bool may_hide_change(const SourceFile& file, std::int64_t read_at_ns);

}  // namespace exthost::package
