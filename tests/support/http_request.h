#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/http/message.h"

namespace exthost::test {

/// A body that is in memory.
class StringBody final : public http::BodyReader {
 public:
  explicit StringBody(std::string bytes) : bytes_(std::move(bytes)) {}
  base::Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t count = std::min(buffer.size(), bytes_.size() - sent_);
    if (count != 0) std::memcpy(buffer.data(), bytes_.data() + sent_, count);
    sent_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t sent_ = 0;
};

/// A request made by hand, for calling a Service without a socket: as a client on this machine would send it.
///
///     service.handle(HttpRequest("GET", "/a/b?c=d").header("Range", "bytes=0-3"))
///
/// A target that the server would refuse (limits.md) aborts the test program.
class HttpRequest {
 public:
  HttpRequest(std::string method, std::string_view target,
              const http::TargetRules& rules = {/*allow_encoded_slash=*/true, /*allow_backslash=*/true}) {
    request_.method = std::move(method);
    request_.target = *http::parse_target(target, rules);
    request_.remote = "127.0.0.1";
    host("127.0.0.1", 14432);
  }

  HttpRequest& header(std::string name, std::string value) {
    request_.headers.add(std::move(name), std::move(value));
    return *this;
  }

  HttpRequest& host(std::string name, std::uint16_t port) {
    constexpr std::string_view kSuffix = ".localhost";
    request_.host = name;
    request_.port = port;
    const bool local = name.size() > kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix;
    request_.production_host = local ? name.substr(0, name.size() - kSuffix.size()) : "";
    request_.headers.set("Host", name + ":" + std::to_string(port));
    return *this;
  }

  HttpRequest& secure(bool secure = true) {
    request_.secure = secure;
    return *this;
  }

  HttpRequest& remote(std::string address) {
    request_.remote = std::move(address);
    return *this;
  }

  /// Sets Content-Length too.
  HttpRequest& body(std::string bytes) {
    request_.headers.set("Content-Length", std::to_string(bytes.size()));
    request_.content_length = bytes.size();
    body_ = std::make_unique<StringBody>(std::move(bytes));
    request_.body = body_.get();
    return *this;
  }

  /// Announces another length than the body has.
  HttpRequest& says_length(std::uint64_t bytes) {
    request_.headers.set("Content-Length", std::to_string(bytes));
    request_.content_length = bytes;
    return *this;
  }

  operator const http::Request&() const { return request_; }  // NOLINT: it stands for one
  const http::Request& get() const { return request_; }

 private:
  http::Request request_;
  std::unique_ptr<StringBody> body_;
};

}  // namespace exthost::test
