#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace exthost::hosting {

/// Runs one job, again and again, but never twice at once. Requests that come while it runs are served
/// together by one more run. The job runs on the thread that asked first; it must not throw and must not ask
/// itself. Thread-safe.
class SingleFlight {
 public:
  explicit SingleFlight(std::function<void()> job) : job_(std::move(job)) {}

  /// Sees to it that a run begins after this call; does not wait if another thread is to do it.
  void request();

  /// Returns when a run that began after this call has ended. After `close`: at once.
  void run();

  /// Waits for the run under way; after that nothing runs any more. Idempotent.
  void close();

 private:
  void run_until_served(std::unique_lock<std::mutex>& lock);

  std::function<void()> job_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false;
  bool again_ = false;
  bool closed_ = false;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
};

}  // namespace exthost::hosting
