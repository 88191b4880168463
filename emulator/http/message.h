#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::http {

struct Header {
  std::string name;
  std::string value;
};

/// Header fields in order; names compared without letter case. Values are never percent-decoded.
class Headers {
 public:
  /// The first value, or absent.
  std::optional<std::string_view> get(std::string_view name) const;
  /// The first value, or empty: where absent and empty mean the same.
  std::string_view value(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  void add(std::string name, std::string value);
  /// Replaces every field of that name by one.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
  const std::vector<Header>& all() const { return fields_; }

 private:
  std::vector<Header> fields_;
};

struct QueryParameter {
  std::string name;  ///< Decoded once; `+` stays `+`. A malformed escape leaves the text as sent.
  std::string value;
};

/// A request target in origin form, decoded once and checked (limits.md: no NUL, control character, encoded
/// slash or backslash, no `..` that leaves the root).
struct Target {
  std::string raw;        ///< As sent.
  std::string raw_path;   ///< As sent, before `?`.
  std::string raw_query;  ///< As sent, after `?`; empty if there is none.
  std::string path;       ///< Decoded; begins with `/`. Dot segments are resolved; doubled slashes are kept.
  std::vector<QueryParameter> query;

  /// The first parameter of that name, letter case ignored.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

struct TargetRules {
  bool allow_encoded_slash = false;  ///< Blob names may have them; nothing else may.
  bool allow_backslash = false;      ///< Storage reads it as `/`: that is what `path` then holds.
};
/// Fails with `invalid_input` and kBadTarget. The decoded path is valid UTF-8.
base::Result<Target> parse_target(std::string_view raw, const TargetRules& rules = {});

/// A request's body, pulled in pieces by the thread that handles it. Blocks; use it only where
/// Service::may_block said so.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// Fills part of `buffer`; 0 at the end. Fails if the client stops sending, is too slow, or sends too much.
  virtual base::Result<std::size_t> read(std::span<char> buffer) = 0;
};

struct Request {
  std::string method;  ///< Upper case as sent: `GET`.
  Target target;
  Headers headers;
  int http_minor = 1;   ///< 0 for HTTP/1.0.
  bool secure = false;  ///< Came over TLS.
  std::string host;     ///< The Host header's name, lower-cased, without port and brackets; `localhost` if
                        ///< HTTP/1.0 sent none.
  std::string
      production_host;     ///< `host` without a `.localhost` suffix if it had one, else empty (design.md 2).
  std::uint16_t port = 0;  ///< The listener's.
  std::string remote;      ///< The peer's address, for logs.
  std::optional<std::uint64_t> content_length;  ///< Absent for chunked bodies and where there is none.
  BodyReader* body = nullptr;  ///< Null if there is none, or if the service said that it does not block.
                               ///< Valid during handle().

  /// `https://host:port` as the client sees this listener.
  std::string origin() const;
};

/// The whole body, or `invalid_input` with kBodyTooLarge if it is longer than `limit_bytes`.
base::Result<std::string> read_body(const Request& request, std::size_t limit_bytes);

/// Bytes owned by somebody who is kept alive for as long as they are being sent.
struct Slice {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

/// A body that is produced in pieces on a worker thread, of known length.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t length() const = 0;
  virtual base::Result<std::size_t> read(std::span<char> buffer) = 0;
};

/// The far end of an open stream. Thread-safe; never blocks. A client that lets 1 MiB pile up is
/// disconnected.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  virtual void send(std::string bytes) = 0;
  virtual void close() = 0;
};

/// A body without end, such as server-sent events. `open` is called once, on a worker, when the head has been
/// sent; what it returns is destroyed when the connection is gone.
struct StreamBody {
  std::function<std::shared_ptr<void>(std::shared_ptr<StreamSink>)> open;
};

using Body = std::variant<std::string, std::vector<Slice>, std::shared_ptr<BodySource>, StreamBody>;

/// The server adds Date (unless a handler did), Connection and Content-Length (unless a handler answered HEAD
/// with its own Content-Length), and leaves the body out of answers to HEAD and of 204 and 304.
struct Response {
  int status = 200;
  std::string reason;  ///< Empty: the standard phrase.
  Headers headers;
  Body body;

  static Response text(int status, std::string text);
  static Response html(int status, std::string html);
  static Response json(int status, std::string json);
  /// `application/problem+json` with `code`, `title` and `detail` (ux.md 6).
  static Response problem(int status, std::string_view code, std::string_view detail);
};

std::uint64_t body_length(const Body& body);  ///< 0 for streams.
/// For tests and small bodies: the whole body as one string. Not for streams.
base::Result<std::string> body_text(const Body& body);
std::string_view standard_reason(int status);

/// What a listener serves: a function from request to response.
class Service {
 public:
  virtual ~Service() = default;

  /// False if `handle` needs no disk, no lock held long, no body and no waiting for this request: it then
  /// runs on the connection's I/O thread; otherwise on a worker. Called on the I/O thread; must be quick.
  virtual bool may_block(const Request& request) const = 0;

  /// Called from several threads at once. Must not throw; if it does, the server answers 500 without the
  /// exception's text.
  virtual Response handle(const Request& request) = 0;
};

}  // namespace exthost::http
