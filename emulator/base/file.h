#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/result.h"

namespace exthost::base {

/// How much a write survives: `process` the end of this process, `power` also the end of power.
enum class Durability { process, power };

/// The whole file, or absent, or why it can't be read (also when it is larger than `limit_bytes`).
Result<std::optional<std::string>> read_file(const std::filesystem::path& path, std::uint64_t limit_bytes);

struct FilePart {
  std::string bytes;  ///< Fewer than asked for only where the file ends.
  std::uint64_t file_bytes = 0;
};
/// `length_bytes` of a file from `offset` on, or absent, or why it can't be read.
Result<std::optional<FilePart>> read_file_part(const std::filesystem::path& path, std::uint64_t offset,
                                               std::uint64_t length_bytes);

/// Writes beside `path` and renames over it: readers see the old bytes or the new, never a mix. `mode` as for
/// chmod. After a failure the old file is as it was (or the new one is whole, if only the last sync failed)
/// and nothing is left beside it.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes, Durability durability,
                        unsigned mode = 0600);

/// At most the last `limit_bytes` of a file, or absent, or why it can't be read.
Result<std::optional<std::string>> read_end_of_file(const std::filesystem::path& path,
                                                    std::uint64_t limit_bytes);

/// Makes a folder and its parents, each new one with mode 0700.
Result<void> make_private_folder(const std::filesystem::path& path);

/// Makes a file that was written with less durability survive the end of power; its name takes sync_folder
/// besides.
Result<void> sync_file(const std::filesystem::path& path);

/// Syncs a folder's own entries, after a rename into it.
Result<void> sync_folder(const std::filesystem::path& path);

/// A file's bytes, mapped for reading for as long as this lives, even if the name is unlinked or replaced.
/// Whoever maps a file sees to it that nobody truncates it: ours are written once and renamed into place.
class MappedFile {
 public:
  static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

/// A file that only grows. Not thread-safe.
class AppendFile {
 public:
  /// Creates it (0600) if need be.
  static Result<AppendFile> open(const std::filesystem::path& path);
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&&) = delete;
  ~AppendFile();

  /// Hands the bytes to the system in one write if it takes them. After a failure a part may have been
  /// written.
  Result<void> append(std::string_view bytes);

 private:
  AppendFile(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_;
  std::filesystem::path path_;
};

/// An advisory lock on a file, held for the life of the object and released by the system if the process
/// dies.
class FileLock {
 public:
  /// Fails with `conflict`, naming the process id found in the file, if another process holds it.
  static Result<std::unique_ptr<FileLock>> acquire(const std::filesystem::path& path);
  /// Whether somebody holds it now. Only looks: it never stands in the way of one who is about to acquire it.
  static bool is_held(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// A fresh folder (0700) in the system's temporary folder, removed with all it holds at the end.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create(std::string_view prefix);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace exthost::base
