#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "emulator/http/conditions.h"
#include "emulator/storage/outcome.h"
#include "emulator/storage/records.h"

namespace exthost::storage {

/// Walks the parts of a blob's pieces that make up `range`, in order: `take(piece, first, length)`, which
/// returns Outcome<Done>. `range` must lie within the blob.
template <class Take>
Outcome<Done> for_each_part(const BlobRecord& record, http::ByteRange range, Take&& take) {
  std::uint64_t piece_begin = 0;
  const std::uint64_t range_end = range.first + range.length;
  for (const Piece& piece : record.pieces) {
    const std::uint64_t piece_end = piece_begin + piece.size_bytes;
    const std::uint64_t first = std::max(range.first, piece_begin);
    const std::uint64_t last = std::min(range_end, piece_end);
    if (first < last) {
      auto taken = take(piece, first - piece_begin, last - first);
      if (!taken) return taken;
    }
    if (piece_end >= range_end) break;
    piece_begin = piece_end;
  }
  return Done{};
}

inline Failure content_replaced(const BlobRecord& record) {
  return {Reason::content_replaced, "'" + record.name + "' was replaced while it was being read"};
}

}  // namespace exthost::storage
