#include "emulator/package/same_content.h"

#include <algorithm>

#include "emulator/package/deflate.h"

namespace exthost::package {

namespace {

bool have_same_content(const Entry& left, const Entry& right) {
  if (left.crc32 != right.crc32 || left.size != right.size) return false;
  if (left.compression == right.compression && left.stored == right.stored) return true;
  const auto left_bytes = Package::expand(left);
  const auto right_bytes = Package::expand(right);
  return left_bytes && right_bytes && *left_bytes == *right_bytes;
}

}  // namespace

bool has_content(const Entry& entry, std::string_view bytes) {
  if (entry.size != bytes.size() || entry.crc32 != crc32_of(bytes)) return false;
  if (entry.compression == Compression::stored) return entry.stored == bytes;
  const auto expanded = Package::expand(entry);
  return expanded && *expanded == bytes;
}

bool same_content(const Package& left, const Package& right) {
  if (left.entries().size() != right.entries().size()) return false;
  return std::all_of(left.entries().begin(), left.entries().end(), [&](const Entry& entry) {
    const Entry* other = right.find(entry.name);
    return other != nullptr && other->name == entry.name && have_same_content(entry, *other);
  });
}

}  // namespace exthost::package
