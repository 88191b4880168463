#include "emulator/watch/folder_watcher.h"

#include <algorithm>
#include <utility>

namespace exthost::watch {
namespace {

constexpr Duration kLongestWait = std::chrono::minutes(1);

}  // namespace

FolderWatcher::FolderWatcher(std::unique_ptr<WatchBackend> backend, Action action, OnNotice on_notice,
                             MonotonicNow now, BatchTiming timing)
    : backend_(std::move(backend)),
      action_(std::move(action)),
      on_notice_(std::move(on_notice)),
      now_(std::move(now)),
      batcher_(timing),
      look_at_(now_()) {}

base::Result<void> FolderWatcher::poll_once() {
  auto events = backend_->wait(time_to_wait(now_()));
  if (!events) return std::move(events).error();
  if (events->notice && on_notice_) on_notice_(*events->notice);

  const Instant now = now_();
  batcher_.add(*events, now);
  Turn turn;
  turn.look = batcher_.take(now).has_value();
  if (look_at_ && *look_at_ <= now) {
    turn.look = true;
    look_at_.reset();
  }
  if (look_wanted_.exchange(false)) turn.look = true;
  turn.nudged = nudged_.exchange(false);
  if (!turn.look && !turn.nudged) return {};

  if (const auto again = action_(turn)) {
    const Instant at = now_() + *again;
    look_at_ = look_at_ ? std::min(*look_at_, at) : at;
  }
  return {};
}

void FolderWatcher::nudge() {
  nudged_ = true;
  backend_->wake();
}

void FolderWatcher::look() {
  look_wanted_ = true;
  backend_->wake();
}

void FolderWatcher::wake() {
  backend_->wake();
}

Duration FolderWatcher::time_to_wait(Instant now) const {
  Instant until = now + kLongestWait;
  if (const auto due = batcher_.due()) until = std::min(until, *due);
  if (look_at_) until = std::min(until, *look_at_);
  return std::max(Duration::zero(), std::chrono::ceil<Duration>(until - now));
}

}  // namespace exthost::watch
