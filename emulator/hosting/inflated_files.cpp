#include "emulator/hosting/inflated_files.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exthost::hosting {
namespace {

constexpr std::uint64_t kCapacityBytes = 8ull << 20;
constexpr std::size_t kShards = 8;
constexpr std::uint64_t kLargestFile = 64 * 1024;

template <class T>
bool is_same(const std::weak_ptr<const T>& known, const std::shared_ptr<const T>& asked) {
  return !known.owner_before(asked) && !asked.owner_before(known);
}

/// Part of an entry that is inflated, and checked, when the first of its bytes are wanted.
class LateFile final : public http::BodySource {
 public:
  /// `entry` is of `package`.
  LateFile(std::shared_ptr<const package::Package> package, const package::Entry& entry,
           const http::ByteRange& range)
      : package_(std::move(package)), entry_(entry), range_(range) {}

  std::uint64_t length() const override { return range_.length; }

  base::Result<std::size_t> read(std::span<char> buffer) override {
    if (!text_) {
      auto text = package_->read(entry_);
      if (!text) return std::move(text).error();
      text_ = *std::move(text);
    }
    const std::string_view rest = std::string_view(*text_).substr(range_.first, range_.length).substr(done_);
    const std::size_t count = rest.copy(buffer.data(), buffer.size());
    done_ += count;
    return count;
  }

 private:
  const std::shared_ptr<const package::Package> package_;
  const package::Entry& entry_;
  const http::ByteRange range_;
  std::optional<std::string> text_;
  std::size_t done_ = 0;
};

http::Slice slice_of(std::shared_ptr<const std::string> bytes) {
  const std::string_view view = *bytes;
  return {std::move(bytes), view};
}

}  // namespace

InflatedFiles::InflatedFiles(std::uint64_t inline_bytes)
    : inline_bytes_(inline_bytes), recent_(kCapacityBytes, kShards) {}

base::Result<http::Body> InflatedFiles::body_of(const std::shared_ptr<const package::Package>& package,
                                                const package::Entry& entry,
                                                const http::ByteRange& range) const {
  if (entry.compression != package::Compression::stored && entry.size > inline_bytes_)
    return http::Body(std::make_shared<LateFile>(package, entry, range));
  auto slice = bytes_of(package, entry);
  if (!slice) return std::move(slice).error();
  slice->bytes = slice->bytes.substr(range.first, range.length);
  return http::Body(std::vector<http::Slice>{std::move(*slice)});
}

base::Result<http::Slice> InflatedFiles::bytes_of(const std::shared_ptr<const package::Package>& package,
                                                  const package::Entry& entry) const {
  if (entry.compression == package::Compression::stored) return http::Slice{package, entry.stored};
  auto look = recent_.look(&entry);
  if (look.value && !is_same(look.value->package, package)) {  // of a package that has gone
    { const Files::Changing change(recent_, &entry); }
    look = recent_.look(&entry);
  }
  if (look.value) return slice_of(look.value->bytes);
  auto text = package->read(entry);
  if (!text) return std::move(text).error();
  auto bytes = std::make_shared<const std::string>(std::move(*text));
  if (entry.size <= kLargestFile) recent_.keep(&entry, look.ticket, {package, bytes}, entry.size);
  return slice_of(std::move(bytes));
}

}  // namespace exthost::hosting
