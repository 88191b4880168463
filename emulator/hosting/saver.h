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
/// run, after it.
///
/// Thread-safe. The thread begins with the first request.
class Saver {
 public:
  struct Timing {
    std::chrono::milliseconds quiet;    ///< After the last request of an asker.
    std::chrono::milliseconds longest;  ///< After the first one, however many follow.
  };

  explicit Saver(Timing timing) : timing_(timing) {}
  ~Saver() { close(); }

  /// Runs `job` when the asker has been quiet, or it has waited for the longest. One of that asker that waits
  /// already is run instead. It must not throw.
  void ask(const void* asker, std::function<void()> job);

  /// Drops what waits, and returns when nothing runs any more. Later requests are ignored. Idempotent.
  void close();

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Waiting {
    std::function<void()> job;
    Instant due;
    Instant latest;
  };
  void run();
  std::map<const void*, Waiting>::iterator next_due();

  const Timing timing_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<const void*, Waiting> waiting_;
  bool closed_ = false;
  std::thread thread_;  // made by the first request, ended by close
};

}  // namespace exthost::hosting
