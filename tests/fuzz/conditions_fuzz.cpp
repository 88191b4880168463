// Range headers and dates: a part that is decided on lies within the representation, and a date
// written out again is the same one.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"
#include "emulator/http/conditions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
    const http::RangeDecision decision = http::decide_range(text, length);
    if (decision.kind != http::RangeKind::partial) continue;
    EXTHOST_CHECK(decision.range.length > 0 && decision.range.first < length);
    EXTHOST_CHECK(decision.range.length <= length - decision.range.first);
  }
  if (const auto date = http::parse_http_date(text)) {
    EXTHOST_CHECK(http::parse_http_date(base::to_http_date(*date)) == date);
  }
  return 0;
}
