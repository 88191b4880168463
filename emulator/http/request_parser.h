#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <variant>

#include "emulator/http/request_head.h"

namespace exthost::http {

/// The grammar of one request, head and body: the only part that knows Boost.Beast. Not thread-safe. For one
/// request.
class RequestParser {
 public:
  explicit RequestParser(std::size_t field_limit);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// The head, from exactly its bytes (HeadScanner), or the refusal: 400, 431 or 505.
  std::variant<ParsedHead, Response> parse_head(std::string_view bytes);

  enum class BodyState { incomplete, complete, malformed };
  struct BodyStep {
    BodyState state = BodyState::incomplete;
    std::size_t consumed = 0;
  };
  using Emit = std::function<void(std::string_view)>;

  /// Takes as much of `bytes` as can be understood, passing the body's own bytes to `emit`; what is not
  /// consumed must be given again with more behind it. Chunk headers and trailers count as malformed when
  /// longer than 8 KiB.
  BodyStep parse_body(std::string_view bytes, const Emit& emit);

  /// True if the whole request has been seen.
  bool complete() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::http
