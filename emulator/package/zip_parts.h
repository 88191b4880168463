#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/package/package.h"

namespace exthost::package {

/// A run of a zip's bytes. Those of one zip are in order, without gaps, and make up the whole.
struct ZipPart {
  std::uint64_t size_bytes = 0;
  std::string sha256;  ///< Of its bytes, lower-case hexadecimal.
  /// They themselves, where the zip was not laid out as a whole; null too if the zip before had the same
  /// part.
  std::shared_ptr<const std::string> bytes = nullptr;
  bool operator==(const ZipPart& other) const {
    return size_bytes == other.size_bytes && sha256 == other.sha256;
  }
};

/// Where the parts of a zip of those entries begin, as their indices; the first is 0.
///
/// What decides is what an entry is called and how long it is, not where it stands: when a file changes,
/// comes or goes, the parts without it stay as they are. A large entry is a part of its own. There are some
/// dozens of parts at most, but for those. Pure.
std::vector<std::size_t> part_starts(std::span<const Entry> entries);

/// The parts of the zip that `assemble_zip` makes of entries; the last is its directory. What the zip before
/// had is neither laid out nor hashed again.
class PartList {
 public:
  PartList() = default;

  /// `kept[i]` is where the i-th entry stands in `before`, byte for byte the same; absent if it does not.
  /// `zip` is the whole, or empty if it was not laid out.
  PartList(std::span<const Entry> entries, ZipTime time, std::string_view zip, const PartList& before,
           std::span<const std::optional<std::size_t>> kept, unsigned threads);

  /// Gives away the bytes of what is new; sizes and hashes stay for the next list.
  std::vector<ZipPart> take();

 private:
  std::size_t end_of(std::size_t part) const;
  std::optional<std::size_t> find(std::size_t first_entry, std::size_t count) const;

  std::vector<ZipPart> parts_;
  std::vector<std::size_t> starts_;  // of all parts but the directory
  std::size_t entries_ = 0;
};

}  // namespace exthost::package
