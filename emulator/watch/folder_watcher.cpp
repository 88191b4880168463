#include "emulator/watch/folder_watcher.h"

#include <algorithm>
#include <utility>

namespace exthost::watch {
namespace {

constexpr Duration kLongestWait = std::chrono::minutes(1);

}  // namespace

FolderWatcher::FolderWatcher(std::unique_ptr<WatchBackend> backend, Action action, OnNotice on_notice,
                             MonotonicNow now, BatchTiming timing, Prepare prepare)
    : backend_(std::move(backend)),
      action_(std::move(action)),
      on_notice_(std::move(on_notice)),
      prepare_(std::move(prepare)),
      now_(std::move(now)),
      batcher_(timing),
      look_at_(now_()) {}

base::Result<void> FolderWatcher::poll_once() {
  auto events = hear(time_to_wait(now_()));
  if (!events) return std::move(events).error();

  const Instant now = now_();
  batcher_.add(*events, now);
  Turn turn;
  const bool more_may_come = batcher_.due().has_value();
  auto batch = batcher_.take(now);
  const bool due = look_at_ && *look_at_ <= now && (batch || !more_may_come);
  if (due) look_at_.reset();
  turn.asked = look_wanted_.exchange(false);
  turn.look = batch || due || turn.asked;
  if (batch && !batch->lost && !due && !turn.asked) turn.touched = std::move(batch->paths);
  turn.nudged = nudged_.exchange(false);
  if (!turn.look && !turn.nudged) {
    const auto touched = prepare_ ? batcher_.take_hint() : std::nullopt;
    if (!touched) return {};
    prepare_(*touched);
    return hear_meanwhile();
  }

  if (const auto again = action_(turn)) {
    const Instant at = now_() + *again;
    look_at_ = look_at_ ? std::min(*look_at_, at) : at;
  }
  return hear_meanwhile();
}

base::Result<void> FolderWatcher::hear_meanwhile() {
  // A wake may be taken here that was meant for the next wait; the flags that came with it are seen by then.
  auto meanwhile = hear(Duration::zero());
  if (!meanwhile) return std::move(meanwhile).error();
  batcher_.worked(*meanwhile, now_());
  return {};
}

base::Result<WatchEvents> FolderWatcher::hear(Duration timeout) {
  auto events = backend_->wait(timeout);
  if (events && events->notice && on_notice_) on_notice_(*events->notice);
  return events;
}

void FolderWatcher::look() {
  look_wanted_ = true;
  backend_->wake();
}

void FolderWatcher::nudge() {
  nudged_ = true;
  backend_->wake();
}

void FolderWatcher::wake() {
  backend_->wake();
}

Duration FolderWatcher::time_to_wait(Instant now) const {
  if (nudged_ || look_wanted_) return Duration::zero();
  Instant until = now + kLongestWait;
  if (const auto due = batcher_.due()) {
    until = std::min(until, *due);
  } else if (look_at_) {
    until = std::min(until, *look_at_);
  }
  return std::max(Duration::zero(), std::chrono::ceil<Duration>(until - now));
}

}  // namespace exthost::watch
