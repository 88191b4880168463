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

/// A clock that also runs work when it falls due. Thread-safe.
///
/// A real scheduler runs tasks on its own threads, two of them at once if it must; the virtual one
/// (virtual_scheduler.h) runs them on the thread that advances it, ordered by due time and then by the order
/// in which they were scheduled. A task may schedule and cancel tasks. A task must not throw.
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
/// `Fri, 20 Nov 2026 12:04:11 GMT`, as HTTP headers want it.
std::string to_http_date(WallTime time);
/// `261120-120411`: the suffix of minted versions (domain.md (b): the recommended `yyMMdd-HHmm`, with
/// seconds).
std::string to_version_stamp(WallTime time);

/// `250ms`, `30s`, `5m`, `1h`, `2d`, or several in a row (`1h30m`), each with its unit and none negative.
/// Absent for anything else, and for what is longer than a hundred years.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace exthost::base
