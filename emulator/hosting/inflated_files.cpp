#include "emulator/hosting/inflated_files.h"

#include <string>
#include <string_view>
#include <utility>

namespace exthost::hosting {
namespace {

constexpr std::uint64_t kCapacityBytes = 8ull << 20;
constexpr std::size_t kShards = 8;
constexpr std::uint64_t kLargestFile = 64 * 1024;

template <class T>
bool is_same(const std::weak_ptr<const T>& known, const std::shared_ptr<const T>& asked) {
  return !known.owner_before(asked) && !asked.owner_before(known);
}

http::Slice slice_of(std::shared_ptr<const std::string> bytes) {
  const std::string_view view = *bytes;
  return {std::move(bytes), view};
}

}  // namespace

InflatedFiles::InflatedFiles() : recent_(kCapacityBytes, kShards) {}

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
