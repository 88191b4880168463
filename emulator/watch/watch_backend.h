#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"

namespace exthost::watch {

using base::Duration;

/// Time for measuring and waiting: it never jumps, and a virtual emulator clock does not stop it, since files
/// and editors live in the machine's own time.
using Instant = std::chrono::steady_clock::time_point;
using MonotonicNow = std::function<Instant()>;

/// Files that a look at a folder goes through at most: a wrong folder (a home, a disk) ends in a message, not
/// in hours of looking. A seed may hold some packages' worth of them.
inline constexpr std::size_t kMostFiles = 200'000;

/// A hint that something happened at or below `path`. The disk is the truth; a scan decides what changed.
struct WatchEvent {
  std::string path;         ///< Relative to the watched folder, `/` separated; empty is the folder itself.
  bool unfinished = false;  ///< A writer still has the file open: more is likely to come.
  bool operator==(const WatchEvent&) const = default;
};

/// What one wait brought.
struct WatchEvents {
  std::vector<WatchEvent> events;
  bool lost = false;                  ///< Some events were lost: look at everything.
  std::optional<base::Error> notice;  ///< The way of watching changed, and why; said once.

  bool empty() const { return events.empty() && !lost && !notice; }
};

/// Tells that files below one folder changed.
///
/// From the moment it is made, every change to a file or folder below the root is told by a later `wait`: by
/// a hint for its path or for a folder above it, or by `lost`. Hints may come twice, late, or without a
/// change. Links are not followed: what a link inside the root leads to is watched where it lies. If the root
/// itself vanishes and comes back, `lost` says so.
class WatchBackend {
 public:
  virtual ~WatchBackend() = default;

  /// Waits until there is something to tell, `wake` is called, or `timeout` has passed. One thread at a time.
  /// A failure is final: this back end sees nothing any more.
  virtual base::Result<WatchEvents> wait(Duration timeout) = 0;

  /// Ends a wait under way, or else the next one, at once. Any thread.
  virtual void wake() = 0;
};

}  // namespace exthost::watch
