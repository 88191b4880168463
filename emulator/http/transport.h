#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::http {

/// One client's bytes, plain or over TLS, on one I/O thread. Everything but `post` belongs to that thread,
/// and all callbacks are made there, never from within the call that asked for them.
///
/// At most one read and one write may be under way. After `close` their callbacks still come, and tell of
/// failure.
class Transport {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Transport() = default;

  /// Runs `task` on the I/O thread. Thread-safe.
  virtual void post(std::function<void()> task) = 0;

  /// The TLS handshake, if any. False: there will be no conversation; the transport has said so to the client
  /// if it could.
  virtual void open(std::function<void(bool)> done) = 0;

  /// Some bytes into `buffer`; 0: the client has ended the connection, or it has failed.
  virtual void read(std::span<char> buffer, std::function<void(std::size_t)> done) = 0;

  /// All parts, in order; their bytes must stay until `done`. Fails if no byte can be written for `stall`.
  /// The deadline is used for this and cleared at the end.
  virtual void write(std::vector<std::string_view> parts, std::chrono::milliseconds stall,
                     std::function<void(bool)> done) = 0;

  /// `on_deadline` is called once if this time passes; a later call replaces the time, `kNever` clears it.
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  virtual void set_deadline(Clock::time_point when) = 0;
  std::function<void()> on_deadline;

  /// Ends our side and reads the client's remaining bytes away for up to `limit`, so that it gets to see our
  /// last answer rather than a reset; then closes.
  virtual void finish(std::chrono::milliseconds limit, std::function<void()> done) = 0;

  virtual void close() = 0;
};

}  // namespace exthost::http
