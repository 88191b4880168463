#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace exthost::hosting {

/// Runs what need not be done at once a little later, on a thread of its own and in real time, so that
/// neither serving nor a clock that is moved waits for the disk. A burst of requests of one asker costs one
/// run.
///
/// Thread-safe. The thread begins with the first request.
class Saver {
 public:
  explicit Saver(std::chrono::milliseconds delay) : delay_(delay) {}
  ~Saver() { close(); }

  /// Runs `job` about `delay` from now, unless one of that asker is waiting already. It must not throw.
  void ask(const void* asker, std::function<void()> job);

  /// Drops what waits, and returns when nothing runs any more. Later requests are ignored. Idempotent.
  void close();

 private:
  void run();

  const std::chrono::milliseconds delay_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<const void*, std::function<void()>> waiting_;
  bool closed_ = false;
  std::thread thread_;  // made by the first request, ended by close
};

}  // namespace exthost::hosting
