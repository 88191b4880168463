// A request's bytes: where its head ends does not depend on how the bytes come, and no head that is let
// through can be read in two ways.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "emulator/base/result.h"
#include "emulator/http/request_head.h"
#include "emulator/http/request_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost;
  using State = http::HeadScanner::State;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const http::ServerLimits limits;

  http::HeadScanner whole(limits);
  const State state = whole.scan(bytes);
  http::HeadScanner halves(limits);
  State stepped = halves.scan(bytes.substr(0, size / 2));
  if (stepped == State::incomplete) stepped = halves.scan(bytes);
  EXTHOST_CHECK((stepped == State::complete) == (state == State::complete));
  if (state != State::complete) return 0;
  EXTHOST_CHECK(whole.size() == halves.size() && whole.size() <= size);

  const std::string_view head = bytes.substr(0, whole.size());
  EXTHOST_CHECK(head.substr(head.size() - 4) == "\r\n\r\n");
  http::RequestParser parser(limits.header_bytes);
  const auto parsed = parser.parse_head(head);
  if (const auto* refusal = std::get_if<http::Response>(&parsed)) {
    EXTHOST_CHECK(refusal->status == 400 || refusal->status == 431 || refusal->status == 505);
    return 0;
  }
  const auto framing = http::decide_framing(std::get<http::ParsedHead>(parsed));
  if (const auto* agreed = std::get_if<http::MessageFraming>(&framing)) {
    EXTHOST_CHECK(!(agreed->chunked && agreed->content_length));
  }
  return 0;
}
