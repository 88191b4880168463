#include "emulator/package/zip_parts.h"

#include <algorithm>
#include <bit>
#include <memory>

#include "emulator/base/hash.h"
#include "emulator/package/deflate.h"
#include "emulator/package/parallel.h"
#include "emulator/package/zip_writer.h"

namespace exthost::package {
namespace {

constexpr std::uint64_t kAverageBytes = 192 * 1024;  // of a part: what one small change writes anew
constexpr std::uint64_t kMostParts = 64;
constexpr std::uint64_t kLargeEntry = 128 * 1024;

struct Nothing {};  // hashing needs nothing that a thread would keep

/// Of so many entries one begins a part. A power of two, so that it seldom is another when the folder grows.
std::uint32_t entries_a_part(std::span<const Entry> entries) {
  std::uint64_t small = 0;
  std::uint64_t bytes = 0;
  for (const Entry& entry : entries) {
    if (entry.stored.size() >= kLargeEntry) continue;
    ++small;
    bytes += local_size(entry);
  }
  const std::uint64_t parts = std::clamp<std::uint64_t>(bytes / kAverageBytes, 1, kMostParts);
  return static_cast<std::uint32_t>(std::bit_ceil(std::max<std::uint64_t>(small / parts, 1)));
}

}  // namespace

std::vector<std::size_t> part_starts(std::span<const Entry> entries) {
  std::vector<std::size_t> starts;
  if (entries.empty()) return starts;
  const std::uint32_t one_of = entries_a_part(entries);
  bool after_large = false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool large = entries[i].stored.size() >= kLargeEntry;
    const bool named = crc32_of(entries[i].name) % one_of == 0;
    if (i == 0 || large || after_large || named) starts.push_back(i);
    after_large = large;
  }
  return starts;
}

PartList::PartList(std::span<const Entry> entries, ZipTime time, std::string_view zip, const PartList& before,
                   std::span<const std::optional<std::size_t>> kept, unsigned threads)
    : starts_(part_starts(entries)), entries_(entries.size()) {
  std::vector<std::size_t> fresh;
  std::vector<std::uint64_t> offsets;
  std::uint64_t offset = 0;
  for (std::size_t part = 0; part < starts_.size(); ++part) {
    const std::size_t begin = starts_[part];
    const std::size_t end = end_of(part);
    offsets.push_back(offset);
    bool same = kept[begin].has_value();
    for (std::size_t i = begin; i < end; ++i) {
      offset += local_size(entries[i]);
      same = same && kept[i] && *kept[i] == *kept[begin] + (i - begin);
    }
    const auto known = same ? before.find(*kept[begin], end - begin) : std::nullopt;
    parts_.push_back(known ? before.parts_[*known] : ZipPart{offset - offsets.back(), {}});
    if (!known) fresh.push_back(part);
  }
  offsets.push_back(offset);
  fresh.push_back(parts_.size());
  parts_.push_back({zip.empty() ? 0 : zip.size() - offset, {}});  // the directory
  parallel_for(
      fresh.size(), fresh.size() > 2 ? threads : 1, [] { return std::make_unique<Nothing>(); },
      [&](Nothing&, std::size_t index) {
        ZipPart& part = parts_[fresh[index]];
        if (!zip.empty()) {
          part.sha256 = base::sha256_hex(zip.substr(offsets[fresh[index]], part.size_bytes));
          return true;
        }
        auto bytes = std::make_shared<std::string>();
        if (fresh[index] < starts_.size()) {
          const std::size_t begin = starts_[fresh[index]];
          bytes->reserve(part.size_bytes);
          append_files(*bytes, entries.subspan(begin, end_of(fresh[index]) - begin), time);
        } else {
          append_directory(*bytes, entries, time);
        }
        part = {bytes->size(), base::sha256_hex(*bytes), bytes};
        return true;
      });
}

std::vector<ZipPart> PartList::take() {
  std::vector<ZipPart> taken = parts_;
  for (ZipPart& part : parts_) part.bytes = nullptr;
  return taken;
}

std::size_t PartList::end_of(std::size_t part) const {
  return part + 1 < starts_.size() ? starts_[part + 1] : entries_;
}

/// The part that is made of just those entries.
std::optional<std::size_t> PartList::find(std::size_t first_entry, std::size_t count) const {
  const auto start = std::lower_bound(starts_.begin(), starts_.end(), first_entry);
  if (start == starts_.end() || *start != first_entry) return std::nullopt;
  const auto part = static_cast<std::size_t>(start - starts_.begin());
  if (end_of(part) - first_entry != count) return std::nullopt;
  return part;
}

}  // namespace exthost::package
