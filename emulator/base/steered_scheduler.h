#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "emulator/base/clock.h"

namespace exthost::base {

/// A clock that can be steered, and threads that run what falls due on it.
///
/// Time flows at a rate of the machine's: 1 is real time, 60 a minute a second, 0 stands still. Besides, it
/// can be moved ahead at any rate. It never goes back. As long as nobody steers a clock that was made for
/// real time, its wall time is the machine's, whatever becomes of that; delays are always measured on the
/// monotonic clock, so setting the machine's clock moves no task.
///
/// - While time flows, the threads run what falls due, several tasks at once if they must.
/// - While it stands still, they run what is due at once (a delay of zero), one task at a time, in the order
///   of scheduling.
/// - While it is moved, tasks run on the thread that moves it, each with `now()` at the moment it is due: by
///   due time, then by the order of scheduling. The order is the same in every run.
///
/// Thread-safe. Destruction drops what is not yet due and waits for tasks under way.
class SteeredScheduler : public Scheduler {
 public:
  struct Options {
    std::optional<WallTime> start;  ///< Absent: the machine's time.
    double rate = 1;                ///< Not negative.
    unsigned threads = 1;           ///< 0: tasks run only on threads that move the clock.
  };
  explicit SteeredScheduler(Options options);
  ~SteeredScheduler() override;

  WallTime now() const override;
  TaskId run_after(Duration delay, std::function<void()> task) override;
  bool cancel(TaskId task) override;

  double rate() const;

  /// How fast time flows from here on. Not negative. Waits while another thread moves the clock.
  void set_rate(double rate);

  /// Where moving the clock led.
  struct Travel {
    WallTime from;
    WallTime to;
    bool reached = false;  ///< The condition held at `to`.
    bool ended = false;    ///< `end_steering` was called before the whole way was made.
  };

  /// Moves the clock ahead and returns when all that falls due on the way, what tasks schedule on it
  /// included, has happened. Before that it waits for tasks under way. Movements exclude each other, and no
  /// task may make one. Takes as long as the tasks do.
  Travel advance(Duration by);

  /// The same, but stops at the first moment at which `condition` holds once all that is due has happened;
  /// that may be now. `condition` is asked on this thread, and must neither move the clock nor wait for a
  /// task.
  Travel advance_until(const std::function<bool()>& condition, Duration at_most);

  /// A movement under way ends after the task that runs now, and later ones move nothing. For the end of the
  /// program. Never waits.
  void end_steering();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::base
