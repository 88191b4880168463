#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "emulator/package/builder.h"

namespace exthost::watch {

/// The file that a build writes when it is done (`source.ready`). Not thread-safe.
class ReadyFile {
 public:
  enum class State { absent, unchanged, written };

  explicit ReadyFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// What became of it since the look before; at the first look, a file that is there was written. One
  /// written too shortly before a look for its stat to tell a second write was written again.
  State look();

  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
  std::optional<package::SourceFile> seen_;  // absent: it was not there
  std::int64_t seen_at_ns_ = 0;
};

}  // namespace exthost::watch
