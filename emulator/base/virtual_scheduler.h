#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "emulator/base/clock.h"

namespace exthost::base {

/// A clock that stands still until it is told to move, and does everything due on the way before it arrives.
///
/// The order is the same in every run: by due time, then by the order of scheduling. Thread-safe; tasks run
/// on the thread that calls `advance` or `run_due`. Those two calls exclude each other, and no task may make
/// them.
class VirtualScheduler final : public Scheduler {
 public:
  explicit VirtualScheduler(WallTime start);

  WallTime now() const override;
  TaskId run_after(Duration delay, std::function<void()> task) override;
  bool cancel(TaskId task) override;

  /// Moves the clock by `by`, running each task at the moment it is due. What a task schedules within the
  /// span runs within this call too.
  void advance(Duration by);

  /// Runs what is due now, without moving the clock.
  void run_due() { advance(Duration::zero()); }

 private:
  mutable std::mutex mutex_;  // guards the three below; never held while a task runs
  std::mutex advancing_;      // held for a whole advance()
  WallTime now_;
  TaskId next_id_ = 1;
  std::map<std::pair<WallTime, TaskId>, std::function<void()>> tasks_;
};

}  // namespace exthost::base
