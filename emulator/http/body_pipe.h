#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/http/message.h"
#include "emulator/http/worker_pool.h"

namespace exthost::http {

/// Carries a request's body from the I/O thread to the worker that handles it, a bounded amount at a time.
/// Thread-safe.
///
/// Nothing is read from the client before the worker asks for the first byte; after that the I/O thread reads
/// ahead until kHighWater bytes lie here, and goes on when half of them have been taken.
class BodyPipe final : public BodyReader {
 public:
  static constexpr std::size_t kHighWater = 192 * 1024;

  /// `resume` asks the I/O thread to read on; called on the worker, never while reading is under way. It must
  /// not block.
  BodyPipe(WorkerPool& workers, std::function<void()> resume)
      : workers_(workers), resume_(std::move(resume)) {}

  base::Result<std::size_t> read(std::span<char> buffer) override;

  /// The I/O thread's side. What comes after the end or a failure is dropped.
  void push(std::string_view bytes);
  /// Whether to read on now; if not, `resume` will be called.
  bool wants_more();
  void finish();
  void fail(base::Error error);

  /// Bytes that lie here now.
  std::size_t buffered() const;

 private:
  WorkerPool& workers_;
  std::function<void()> resume_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::string bytes_;
  std::size_t taken_ = 0;  // of bytes_, from its front
  bool paused_ = true;
  bool finished_ = false;
  std::optional<base::Error> error_;
};

}  // namespace exthost::http
