#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "emulator/base/result.h"

namespace exthost::storage {

/// A new file that is written from its beginning to its end. Removes what it wrote unless `publish` was
/// called.
class FileWriter {
 public:
  /// `mode` as for open(2): what the umask leaves of it. Fails with `conflict` if the name is taken.
  static base::Result<FileWriter> create(const std::filesystem::path& path, unsigned mode = 0600);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  ~FileWriter();

  base::Result<void> write(std::string_view bytes);
  /// Returns when the bytes would survive the end of power.
  base::Result<void> sync();
  /// The open file, for looking at it.
  int descriptor() const { return descriptor_; }
  /// Gives the file its final name, replacing what has it.
  base::Result<void> publish(const std::filesystem::path& path);

 private:
  FileWriter(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_;
  std::filesystem::path path_;  // empty once published or moved from
};

}  // namespace exthost::storage
