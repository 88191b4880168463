#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "emulator/http/message.h"

namespace exthost::http {

/// What lies between a service that sends into a stream and the connection that writes it. Thread-safe.
///
/// Neither side waits for the other: what is sent is kept here, up to kBacklogLimit, until the connection
/// takes it.
class StreamChannel final : public StreamSink {
 public:
  static constexpr std::size_t kBacklogLimit = 1024 * 1024;

  /// `notify` asks the I/O thread to call `take`; called on any thread, once until the next `take`
  /// and once more for an overflow. It is called under this object's lock, so that it never runs after
  /// `detach`: it may do no more than post.
  explicit StreamChannel(std::function<void()> notify) : notify_(std::move(notify)) {}

  void send(std::string bytes) override;
  void close() override;

  /// The I/O thread's side: everything to be written now.
  struct Batch {
    std::string bytes;
    bool ended = false;  ///< Nothing will follow `bytes`.
  };
  Batch take();
  /// The client let too much pile up: disconnect it, even in the middle of a write.
  bool overflowed() const;
  /// The bytes of the last batch have reached the client's system and no longer count.
  void written();

  /// Keeps what the service returned for as long as the connection lives.
  void hold(std::shared_ptr<void> subscription);
  /// The connection is gone: later sends do nothing, and `notify` is let go. Returns what was held, for the
  /// caller to free without any lock.
  std::shared_ptr<void> detach();

 private:
  void notify_once();  // with the lock held

  std::function<void()> notify_;
  mutable std::mutex mutex_;
  std::string pending_;
  std::size_t in_flight_ = 0;
  bool notified_ = false;
  bool ended_ = false;
  bool overflow_ = false;
  bool detached_ = false;
  std::shared_ptr<void> subscription_;
};

}  // namespace exthost::http
