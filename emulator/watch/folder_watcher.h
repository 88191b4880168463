#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/watch/change_batcher.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// Calls an action when a folder changed: back end → batcher → action, as steps.
///
/// The first step acts at once, without waiting for an event: the back end was made before, so nothing falls
/// between the first look and the events. What comes while the action works is told apart, since a tool that
/// goes on writing then is no new burst. One thread steps it; `look`, `nudge` and `wake` may be called from
/// any.
class FolderWatcher {
 public:
  /// What woke the action.
  struct Turn {
    bool look = false;   ///< The folder changed, or may have, or a look that failed is due again.
    bool asked = false;  ///< Of a look: `look` was called.
    /// Of a look: nothing can have changed since the turn before but what is at or below these paths,
    /// relative to the folder; absent: anything.
    std::optional<std::vector<std::string>> touched = std::nullopt;
    bool nudged = false;  ///< `nudge` was called.
  };
  /// Does the work. Returns when to look again although no event came: for what failed and may mend itself,
  /// and to be sure. Where events come before that, it is when their batch is due.
  using Action = std::function<std::optional<Duration>(const Turn&)>;
  using OnNotice = std::function<void(const base::Error&)>;
  /// Begins what the action will need, ahead of it, while it is waited for whether more comes: those paths
  /// were touched. It must not show anything.
  using Prepare = std::function<void(const std::vector<std::string>& touched)>;

  /// `on_notice` and `prepare` may be empty.
  FolderWatcher(std::unique_ptr<WatchBackend> backend, Action action, OnNotice on_notice, MonotonicNow now,
                BatchTiming timing = {}, Prepare prepare = {});

  /// One turn: waits until something is due, at most about a minute, and acts on it. Fails if the back end
  /// does.
  base::Result<void> poll_once();

  /// Makes the next turn act with `look`, as if the folder had changed, and a turn that waits end its wait.
  /// Never blocks.
  void look();

  /// Makes the next turn act with `nudged`, and a turn that waits end its wait. Never blocks.
  void nudge();

  /// Ends a wait under way without acting, for a runner that wants to end.
  void wake();

 private:
  base::Result<WatchEvents> hear(Duration timeout);
  base::Result<void> hear_meanwhile();
  Duration time_to_wait(Instant now) const;

  std::unique_ptr<WatchBackend> backend_;
  Action action_;
  OnNotice on_notice_;
  Prepare prepare_;
  MonotonicNow now_;
  ChangeBatcher batcher_;
  std::optional<Instant> look_at_;  // a look that is due without an event
  std::atomic<bool> look_wanted_{false};
  std::atomic<bool> nudged_{false};
};

}  // namespace exthost::watch
