#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "emulator/watch/watch_backend.h"

namespace exthost::testing {

/// Monotonic time that moves when a test says so.
class ManualTime {
 public:
  watch::Instant now() const { return now_; }
  void advance(watch::Duration by) { now_ += by; }
  watch::MonotonicNow source() {
    return [this] { return now_; };
  }

 private:
  watch::Instant now_{std::chrono::hours(1)};
};

/// A back end that tells what a test put in.
///
/// With a ManualTime no wait takes real time: the time is moved to the next thing to tell, or by the timeout.
/// Without one a wait really waits, until something is told.
class MemoryWatchBackend final : public watch::WatchBackend {
 public:
  explicit MemoryWatchBackend(ManualTime* time = nullptr) : time_(time) {}

  /// Told by the next wait that reaches this time: `after` from now.
  void tell(watch::WatchEvents events, watch::Duration after = watch::Duration::zero()) {
    {
      std::lock_guard lock(mutex_);
      const watch::Instant at = (time_ != nullptr ? time_->now() : watch::Instant::min()) + after;
      queue_.push_back({at, std::move(events)});
    }
    condition_.notify_one();
  }
  void tell(const std::string& path, watch::Duration after = watch::Duration::zero()) {
    watch::WatchEvents events;
    events.events.push_back({path, false});
    tell(std::move(events), after);
  }
  void tell_lost() {
    watch::WatchEvents events;
    events.lost = true;
    tell(std::move(events));
  }
  /// Every wait fails from now on.
  void fail(base::Error error) { failure_ = std::move(error); }

  base::Result<watch::WatchEvents> wait(watch::Duration timeout) override {
    if (failure_) return *failure_;
    std::unique_lock lock(mutex_);
    if (time_ == nullptr) {
      condition_.wait_for(lock, timeout, [this] { return woken_ || !queue_.empty(); });
    }
    const bool woken = std::exchange(woken_, false);
    if (woken && (queue_.empty() || time_ != nullptr)) return watch::WatchEvents{};
    const watch::Instant until = time_ != nullptr ? time_->now() + timeout : watch::Instant::max();
    if (queue_.empty() || queue_.front().at > until) {
      if (time_ != nullptr) time_->advance(timeout);
      return watch::WatchEvents{};
    }
    Told next = std::move(queue_.front());
    queue_.pop_front();
    if (time_ != nullptr && next.at > time_->now()) {
      time_->advance(std::chrono::ceil<watch::Duration>(next.at - time_->now()));
    }
    return std::move(next.events);
  }

  void wake() override {
    {
      std::lock_guard lock(mutex_);
      woken_ = true;
    }
    condition_.notify_one();
  }

 private:
  struct Told {
    watch::Instant at;
    watch::WatchEvents events;
  };

  ManualTime* time_;
  std::optional<base::Error> failure_;
  std::mutex mutex_;
  std::condition_variable condition_;
  std::deque<Told> queue_;
  bool woken_ = false;
};

}  // namespace exthost::testing
