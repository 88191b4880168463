#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/clock.h"
#include "emulator/http/message.h"

namespace exthost::http {

/// What a conditional request asks of a representation (RFC 9110, 13).
enum class Condition { proceed, not_modified, failed };

/// `etag` with its quotes, strong or weak; empty if there is none. If-None-Match outranks If-Modified-Since,
/// and so on.
Condition evaluate_conditions(const Request& request, std::string_view etag,
                              std::optional<base::WallTime> last_modified);

/// Whether a request only reads: GET or HEAD.
bool is_read(const Request& request);

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};
/// whole: no range, several ranges, a malformed one, or an If-Range that does not match. unsatisfiable: 416.
enum class RangeKind { whole, partial, unsatisfiable };
struct RangeDecision {
  RangeKind kind = RangeKind::whole;
  ByteRange range;
};
/// Judges a Range header's value against a size. One range only (limits.md).
RangeDecision decide_range(std::string_view range_header, std::uint64_t size);
/// The same for a whole request: GET only, and If-Range honoured.
RangeDecision decide_range(const Request& request, std::uint64_t size, std::string_view etag,
                           std::optional<base::WallTime> last_modified);

/// Content-Range of a 206, `bytes 0-9/100`: `range` of a representation of `size` bytes.
std::string content_range(const ByteRange& range, std::uint64_t size);
/// Content-Range of a 416, `bytes */100`.
std::string unsatisfied_content_range(std::uint64_t size);

std::optional<base::WallTime> parse_http_date(std::string_view text);

/// Whether the client takes `coding` (`gzip`, `br`), quality values considered.
bool accepts_encoding(const Request& request, std::string_view coding);

/// The type of a file by its extension, with charset for text; `application/octet-stream` if unknown.
std::string_view content_type_for(std::string_view path);

}  // namespace exthost::http
