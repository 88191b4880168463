#pragma once

#include <memory>

#include "emulator/base/clock.h"

namespace exthost::base {

/// The machine's clock, and a few threads that run what falls due.
///
/// Wall time comes from the system clock, delays are measured on the monotonic one: setting the system's
/// clock moves `now()` and no task. Destruction drops what is not yet due and waits for tasks under way.
class RealScheduler final : public Scheduler {
 public:
  explicit RealScheduler(unsigned threads);
  ~RealScheduler() override;

  WallTime now() const override;
  TaskId run_after(Duration delay, std::function<void()> task) override;
  bool cancel(TaskId task) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::base
