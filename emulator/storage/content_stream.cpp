#include "emulator/storage/content_stream.h"

#include <algorithm>

namespace exthost::storage {
namespace {

constexpr std::uint64_t kReadBytes = 128 * 1024;  // what opening the file anew is small beside

}  // namespace

std::uint64_t ContentStream::length() const {
  std::uint64_t total = 0;
  for (const Part& part : parts_) total += part.length;
  return total;
}

base::Result<std::size_t> ContentStream::read(std::span<char> buffer) {
  if (part_ == parts_.size() || buffer.empty()) return std::size_t{0};
  const Part& part = parts_[part_];
  const std::uint64_t length =
      std::min({static_cast<std::uint64_t>(buffer.size()), part.length - done_, kReadBytes});
  auto slice = files_->read(part.hash, part.size_bytes, part.first + done_, length);
  if (!slice) return std::move(slice).error();
  if (!*slice) return base::Error{base::ErrorKind::corrupt, "the content " + part.hash + " has vanished", ""};
  std::copy((*slice)->bytes.begin(), (*slice)->bytes.end(), buffer.begin());
  done_ += length;
  if (done_ == part.length) {
    ++part_;
    done_ = 0;
  }
  return static_cast<std::size_t>(length);
}

}  // namespace exthost::storage
