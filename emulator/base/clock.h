#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace exthost::base {

using Duration = std::chrono::milliseconds;
/// Wall time, UTC, to the millisecond.
using WallTime = std::chrono::sys_time<Duration>;

/// The emulator's idea of what time it is. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
};

/// The machine's own time.
class MachineClock final : public Clock {
 public:
  WallTime now() const override;
};

/// A clock that also runs work when it falls due. Thread-safe.
///
/// Which thread runs a task, and in which order, is for the scheduler to say (steered_scheduler.h). A task
/// may schedule and cancel tasks. A task must not throw.
class Scheduler : public Clock {
 public:
  using TaskId = std::uint64_t;

  /// Runs `task` once, `delay` from now (at once if it is zero or less).
  virtual TaskId run_after(Duration delay, std::function<void()> task) = 0;

  /// True if the task had not begun and now never will. False says nothing about whether it has ended.
  virtual bool cancel(TaskId task) = 0;
};

/// `2026-11-20T12:04:11.093Z`.
std::string to_iso8601(WallTime time);
/// `2027-01-01`, `2027-01-01T00:00Z`, with seconds or up to seven digits of them; absent for anything else.
/// What is below a millisecond is left out.
std::optional<WallTime> parse_iso8601(std::string_view text);
/// `Fri, 20 Nov 2026 12:04:11 GMT`, as HTTP headers want it.
std::string to_http_date(WallTime time);
/// `261120-120411`: the suffix of minted versions (domain.md (b): the recommended `yyMMdd-HHmm`, with
/// seconds).
std::string to_version_stamp(WallTime time);

/// `250ms`, `30s`, `5m`, `1h`, `2d`, or several in a row (`1h30m`), each with its unit and none negative.
/// Absent for anything else, and for what is longer than a hundred years.
std::optional<Duration> parse_duration(std::string_view text);
/// `1h30m`, as parse_duration reads it. `duration` must not be negative.
std::string to_duration_text(Duration duration);

}  // namespace exthost::base
