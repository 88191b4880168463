#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exthost::test {

/// An answer as it came over the wire.
struct RawResponse {
  int status = 0;
  std::string head;  ///< Status line and fields, with their line ends.
  std::string body;  ///< Chunks are put together; `complete` is false if the connection ended within it.
  bool complete = true;

  /// The first value of a field, or absent.
  std::optional<std::string> header(std::string_view name) const;
};

/// A TCP client that sends exactly the bytes it is given. Every wait ends after 20 s at the latest, as if the
/// server had closed. Not thread-safe.
class RawHttpClient {
 public:
  explicit RawHttpClient(std::uint16_t port, const std::string& address = "127.0.0.1");
  ~RawHttpClient();
  RawHttpClient(const RawHttpClient&) = delete;
  RawHttpClient& operator=(const RawHttpClient&) = delete;

  bool connected() const { return descriptor_ >= 0; }
  /// For a library that speaks over the same socket, such as OpenSSL.
  int descriptor() const { return descriptor_; }

  /// Sends all of it; false if the server has closed.
  bool send(std::string_view bytes);
  /// Sends what the system takes without waiting.
  std::size_t send_without_waiting(std::string_view bytes);
  /// Ends our side only.
  void end_sending();

  /// The next answer; absent if the server closes without one. `without_body` for answers to HEAD.
  std::optional<RawResponse> read_response(bool without_body = false);
  /// What comes until `mark` has been seen (with it) or the server closes.
  std::string read_until(std::string_view mark);
  std::string read_until_closed();

 private:
  bool receive();  // one read; false at the end
  bool fill(std::size_t size);
  std::string take(std::size_t size);
  bool read_chunks(std::string& body);

  int descriptor_ = -1;
  std::string buffer_;
};

/// One request on a connection of its own.
std::optional<RawResponse> fetch_raw(std::uint16_t port, std::string_view request, bool without_body = false);

}  // namespace exthost::test
