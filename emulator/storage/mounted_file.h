#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "emulator/base/result.h"
#include "emulator/http/conditions.h"
#include "emulator/http/message.h"
#include "emulator/package/builder.h"

namespace exthost::storage {

/// Which file, and which state of it: inode, modification time and size. Two states with one text are told
/// apart by nothing but their bytes.
std::string version_text(const package::SourceFile& file);
/// Whether a write after `now_ns` may still leave the file with the same text.
bool may_change_unseen(const package::SourceFile& file, std::int64_t now_ns);

/// A file of somebody else's, open for reading as it was at one moment. It is never mapped: whoever truncates
/// a mapped file kills its readers. Thread-safe.
class MountedFile {
 public:
  /// `not_found` if there is no regular file at `path`.
  static base::Result<std::shared_ptr<const MountedFile>> open(const std::filesystem::path& path);
  ~MountedFile();
  MountedFile(const MountedFile&) = delete;
  MountedFile& operator=(const MountedFile&) = delete;

  const package::SourceFile& state() const { return state_; }

  /// Bytes from `offset` on; 0 only at the end. Fails with `conflict` if the file has changed since it was
  /// opened: all that was read before is of one state. Replacing or removing its name changes nothing here.
  base::Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const;

 private:
  MountedFile(int descriptor, package::SourceFile state)
      : descriptor_(descriptor), state_(std::move(state)) {}
  const int descriptor_;
  const package::SourceFile state_;
};

/// A part of a mounted file: as what the store takes in, and as what a connection sends.
class MountedFileReader final : public http::BodyReader, public http::BodySource {
 public:
  MountedFileReader(std::shared_ptr<const MountedFile> file, http::ByteRange range)
      : file_(std::move(file)), range_(range) {}

  std::uint64_t length() const override { return range_.length; }
  base::Result<std::size_t> read(std::span<char> buffer) override {
    const std::uint64_t left = range_.length - done_;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left));
    if (wanted == 0) return std::size_t{0};
    auto count = file_->read_at(range_.first + done_, buffer.first(wanted));
    if (count) done_ += *count;
    found_change_ = !count && count.error().kind == base::ErrorKind::conflict;
    return count;
  }
  /// Whether the last `read` failed because the file has changed.
  bool found_change() const { return found_change_; }

 private:
  std::shared_ptr<const MountedFile> file_;
  const http::ByteRange range_;
  std::uint64_t done_ = 0;
  bool found_change_ = false;
};

}  // namespace exthost::storage
