#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

namespace exthost::hosting {

/// Lets tasks in until it is closed, and knows when the last one is out. Thread-safe.
class TaskGate {
 public:
  /// Runs `task` unless the gate is closed.
  template <class Task>
  void pass(Task&& task) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      ++inside_;
    }
    std::forward<Task>(task)();
    const std::lock_guard lock(mutex_);
    if (--inside_ == 0) empty_.notify_all();
  }

  /// Lets nobody in any more and waits until those inside are out. Not from inside. Idempotent.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    empty_.wait(lock, [this] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  int inside_ = 0;
  bool closed_ = false;
};

}  // namespace exthost::hosting
