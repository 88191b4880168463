#pragma once

#include "emulator/base/steered_scheduler.h"

namespace exthost::base {

/// A clock that stands still until somebody moves it, and has no threads: every task runs on the thread that
/// moves it. For tests, and for what asks a hosting service once and lets it go.
class VirtualScheduler final : public SteeredScheduler {
 public:
  explicit VirtualScheduler(WallTime start) : SteeredScheduler(Options{start, 0, 0}) {}

  /// Runs what is due now, without moving the clock.
  void run_due() { advance(Duration::zero()); }
};

}  // namespace exthost::base
