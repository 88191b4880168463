#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "emulator/http/gate.h"
#include "emulator/http/message.h"
#include "emulator/http/server.h"

namespace exthost::http {

/// Finds the end of a request's head in bytes as they come, and refuses early what no parser should see:
/// over-long lines, bare CR or LF, control characters, folded fields (RFC 9112, 2.2, 5.2; limits.md, HTTP).
class HeadScanner {
 public:
  enum class State { incomplete, complete, malformed, line_too_long, head_too_large };

  explicit HeadScanner(const ServerLimits& limits)
      : line_limit_(limits.request_line_bytes), head_limit_(limits.header_bytes) {}

  /// `buffered` is everything from the head's first byte; it begins with what was passed before.
  State scan(std::string_view buffered);

  /// The head's length with its empty line. Only after `complete`.
  std::size_t size() const { return position_; }

 private:
  std::size_t line_limit_;
  std::size_t head_limit_;
  std::size_t position_ = 0;  // everything before it has been judged
  std::size_t line_begin_ = 0;
  std::size_t first_line_ = 0;  // length of the request line with its line end; 0 until it has been seen
};

/// A head as the parser understood it: grammar was checked, meaning was not.
struct ParsedHead {
  std::string method;
  std::string target;
  int http_minor = 1;
  Headers headers;
};

/// How a request's body and its connection are to be handled.
struct MessageFraming {
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  bool expect_continue = false;
  bool keep_alive = false;  ///< As the client wishes.

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

/// Where a body ends and whether the connection goes on, or the refusal. After a refusal nothing more of the
/// connection can be trusted: Transfer-Encoding together with Content-Length and the like (RFC 9112, 6.3
/// and 11.2).
std::variant<MessageFraming, Response> decide_framing(const ParsedHead& head);

/// What a listener adds to a request.
struct ListenerFacts {
  bool secure = false;
  std::uint16_t port = 0;
  const GateRules* gate = nullptr;
  TargetRules target;
};

/// The request that a service sees, its body apart, or the refusal: the gate (gate.h), then the target, then
/// methods that no service has (CONNECT, TRACE). A target in absolute form is accepted if it names the host
/// of the Host header.
std::variant<Request, Response> complete_request(ParsedHead head, const ListenerFacts& listener,
                                                 std::string remote);

}  // namespace exthost::http
