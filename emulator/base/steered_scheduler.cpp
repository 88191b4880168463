#include "emulator/base/steered_scheduler.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/base/task_queue.h"

namespace exthost::base {
namespace {

using Steady = std::chrono::steady_clock;
using Time = TaskQueue::Time;

/// Longer than any run.
constexpr Duration kLongestDelay = std::chrono::hours(24 * 366 * 10);
/// Nobody waits longer than this without a look at the clock, so that no sum overflows at a tiny rate.
constexpr double kLongestWaitMicroseconds = 3600e6;

}  // namespace

/// Tasks are ordered on a line of time that begins with the scheduler. Wall time is where the line is, plus
/// `origin_`; or the machine's for as long as `follows_machine_`.
class SteeredScheduler::Impl {
 public:
  explicit Impl(const Options& options)
      : rate_(options.rate),
        origin_(options.start.value_or(MachineClock().now())),
        follows_machine_(!options.start && options.rate == 1) {
    EXTHOST_CHECK(options.rate >= 0);
    for (unsigned i = 0; i < options.threads; ++i) threads_.emplace_back([this] { run(); });
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

  WallTime now() const {
    if (follows_machine_) return MachineClock().now();
    std::lock_guard lock(mutex_);
    return wall_time();
  }

  TaskId run_after(Duration delay, std::function<void()> task) {
    TaskId id = 0;
    {
      std::lock_guard lock(mutex_);
      id = tasks_.put(line_time() + std::clamp(delay, Duration::zero(), kLongestDelay), std::move(task));
    }
    changed_.notify_one();
    return id;
  }

  bool cancel(TaskId id) {
    std::optional<TaskQueue::Task>
        dropped;  // freed outside the lock: its captures may have destructors that call us
    std::lock_guard lock(mutex_);
    dropped = tasks_.remove(id);
    return dropped.has_value();
  }

  double rate() const {
    std::lock_guard lock(mutex_);
    return rate_;
  }

  void set_rate(double rate) {
    EXTHOST_CHECK(rate >= 0);
    const std::lock_guard steering(steering_);
    {
      std::lock_guard lock(mutex_);
      if (rate == rate_) return;
      take_over();
      rate_ = rate;
    }
    changed_.notify_all();
  }

  Travel travel(Duration by, const std::function<bool()>* condition) {
    const std::lock_guard steering(steering_);
    std::unique_lock lock(mutex_);
    take_over();
    moving_ = true;
    idle_.wait(lock, [this] { return running_ == 0 || ended_; });
    Travel travel;
    travel.from = wall_time();
    const Time target = at_ + std::clamp(by, Duration::zero(), kLongestDelay * 10);
    while (!ended_) {
      run_due(lock);
      if (ended_) break;
      if (condition != nullptr) {
        lock.unlock();
        travel.reached = (*condition)();
        lock.lock();
        if (travel.reached) break;
      }
      const std::optional<Time> next = tasks_.next_due();
      if (!next || *next > target) {
        at_ = target;
        break;
      }
      at_ = std::max(at_, *next);
    }
    travel.to = wall_time();
    travel.ended = ended_ && !travel.reached && at_ < target;
    moving_ = false;
    anchored_ = Steady::now();
    lock.unlock();
    changed_.notify_all();
    return travel;
  }

  void end_steering() {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
    }
    idle_.notify_all();
  }

 private:
  // What follows needs `mutex_`.

  bool stands() const { return moving_ || rate_ == 0; }

  Time line_time() const {
    if (stands()) return at_;
    const auto passed = std::chrono::floor<Time>(Steady::now() - anchored_);
    if (rate_ == 1) return at_ + passed;
    return at_ + Time(static_cast<Time::rep>(static_cast<double>(passed.count()) * rate_));
  }

  WallTime wall_time() const {
    return follows_machine_ ? MachineClock().now() : origin_ + std::chrono::floor<Duration>(line_time());
  }

  /// From here on wall time is ours, and whole milliseconds are where it can be held.
  void take_over() {
    at_ = std::chrono::floor<Duration>(line_time());
    anchored_ = Steady::now();
    if (!follows_machine_) return;
    origin_ = MachineClock().now() - std::chrono::floor<Duration>(at_);
    follows_machine_ = false;
  }

  /// When to look at what is due then, or before. Time must flow.
  Steady::time_point when_to_look(Time due) const {
    const double wait = static_cast<double>((due - line_time()).count()) / rate_;
    return Steady::now() +
           std::chrono::microseconds(static_cast<std::int64_t>(std::min(wait, kLongestWaitMicroseconds)) + 1);
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const std::optional<Time> due = tasks_.next_due();
      const bool held = moving_ || (rate_ == 0 && running_ > 0);
      if (!due || held) {
        changed_.wait(lock);
      } else if (*due <= line_time()) {
        run_first(lock);
      } else if (stands()) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, when_to_look(*due));
      }
    }
  }

  /// Runs what is due where the line is, and what that schedules for the same moment.
  void run_due(std::unique_lock<std::mutex>& lock) {
    for (auto due = tasks_.next_due(); due && *due <= at_ && !ended_; due = tasks_.next_due())
      run_first(lock);
  }

  void run_first(std::unique_lock<std::mutex>& lock) {
    TaskQueue::Task task = tasks_.pop();
    ++running_;
    const bool more_waits = tasks_.next_due().has_value();
    lock.unlock();
    // This thread is busy now: another must watch for the task that is next.
    if (more_waits) changed_.notify_one();
    task();
    task = nullptr;
    lock.lock();
    if (--running_ == 0) idle_.notify_all();
  }

  std::mutex steering_;       // held for a whole change of the rate or movement; taken before the next
  mutable std::mutex mutex_;  // guards what follows; never held while a task runs
  TaskQueue tasks_;
  double rate_;
  bool moving_ = false;
  Time at_{0};                                   // where the line was...
  Steady::time_point anchored_ = Steady::now();  // ...at this time; while it stands, where it is
  WallTime origin_;
  std::atomic<bool> follows_machine_;  // becomes false once; read without the lock by now()
  unsigned running_ = 0;               // tasks under way
  bool stopping_ = false;
  bool ended_ = false;
  std::condition_variable changed_;  // for the threads
  std::condition_variable idle_;     // for who waits until no task is under way
  std::vector<std::thread> threads_;
};

SteeredScheduler::SteeredScheduler(Options options) : impl_(std::make_unique<Impl>(options)) {}
SteeredScheduler::~SteeredScheduler() = default;

WallTime SteeredScheduler::now() const {
  return impl_->now();
}

Scheduler::TaskId SteeredScheduler::run_after(Duration delay, std::function<void()> task) {
  return impl_->run_after(delay, std::move(task));
}

bool SteeredScheduler::cancel(TaskId task) {
  return impl_->cancel(task);
}

double SteeredScheduler::rate() const {
  return impl_->rate();
}

void SteeredScheduler::set_rate(double rate) {
  impl_->set_rate(rate);
}

SteeredScheduler::Travel SteeredScheduler::advance(Duration by) {
  return impl_->travel(by, nullptr);
}

SteeredScheduler::Travel SteeredScheduler::advance_until(const std::function<bool()>& condition,
                                                         Duration at_most) {
  return impl_->travel(at_most, &condition);
}

void SteeredScheduler::end_steering() {
  impl_->end_steering();
}

}  // namespace exthost::base
