#pragma once

#include <cstddef>
#include <cstdint>
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
  bool operator==(const ZipPart&) const = default;
};

/// Where the parts of a zip of those entries begin, as their indices; the first is 0.
///
/// What decides is what an entry is called and how long it is, not where it stands: when a file changes,
/// comes or goes, the parts without it stay as they are. A large entry is a part of its own. There are some
/// dozens of parts at most, but for those. Pure.
std::vector<std::size_t> part_starts(std::span<const Entry> entries);

/// The parts of a zip that `assemble_zip` wrote of those entries; the last is its directory. What was hashed
/// for the zip before is not hashed again.
class PartList {
 public:
  PartList() = default;

  /// `kept[i]` is where the i-th entry stands in `before`, byte for byte the same; absent if it does not.
  PartList(std::string_view zip, std::span<const Entry> entries, const PartList& before,
           std::span<const std::optional<std::size_t>> kept, unsigned threads);

  const std::vector<ZipPart>& parts() const { return parts_; }

 private:
  std::optional<std::size_t> find(std::size_t first_entry, std::size_t count) const;

  std::vector<ZipPart> parts_;
  std::vector<std::size_t> starts_;  // of all parts but the directory
  std::size_t entries_ = 0;
};

}  // namespace exthost::package
