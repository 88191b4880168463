#include "emulator/base/real_scheduler.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace exthost::base {
namespace {

using Steady = std::chrono::steady_clock;

/// Longer than any run, and far from overflowing the monotonic clock's nanoseconds.
constexpr Duration kLongestDelay = std::chrono::hours(24 * 366 * 10);

}  // namespace

class RealScheduler::Impl {
 public:
  explicit Impl(unsigned threads) {
    for (unsigned i = 0; i < std::max(threads, 1U); ++i) threads_.emplace_back([this] { run(); });
  }

  ~Impl() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  TaskId run_after(Duration delay, std::function<void()> task) {
    const Steady::time_point due = Steady::now() + std::clamp(delay, Duration::zero(), kLongestDelay);
    TaskId id = 0;
    {
      std::lock_guard lock(mutex_);
      id = next_id_++;
      tasks_.emplace(std::pair(due, id), std::move(task));
      due_times_.emplace(id, due);
    }
    changed_.notify_one();
    return id;
  }

  bool cancel(TaskId id) {
    std::function<void()> dropped;  // freed outside the lock: its captures may have destructors that call us
    std::lock_guard lock(mutex_);
    const auto due = due_times_.find(id);
    if (due == due_times_.end()) return false;
    const auto found = tasks_.find(std::pair(due->second, id));
    dropped = std::move(found->second);
    tasks_.erase(found);
    due_times_.erase(due);
    return true;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (tasks_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const auto next = tasks_.begin();
      const Steady::time_point due = next->first.first;
      if (due > Steady::now()) {
        changed_.wait_until(lock, due);
        continue;
      }
      {
        const std::function<void()> task = std::move(next->second);
        due_times_.erase(next->first.second);
        tasks_.erase(next);
        const bool more_waits = !tasks_.empty();
        lock.unlock();
        // This thread is busy now: another must watch for the task that is next.
        if (more_waits) changed_.notify_one();
        task();
      }
      lock.lock();
    }
  }

  std::mutex mutex_;  // guards the four below
  bool stopping_ = false;
  TaskId next_id_ = 1;
  std::map<std::pair<Steady::time_point, TaskId>, std::function<void()>> tasks_;
  std::map<TaskId, Steady::time_point> due_times_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
};

RealScheduler::RealScheduler(unsigned threads) : impl_(std::make_unique<Impl>(threads)) {}
RealScheduler::~RealScheduler() = default;

WallTime RealScheduler::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

Scheduler::TaskId RealScheduler::run_after(Duration delay, std::function<void()> task) {
  return impl_->run_after(delay, std::move(task));
}

bool RealScheduler::cancel(TaskId task) {
  return impl_->cancel(task);
}

}  // namespace exthost::base
