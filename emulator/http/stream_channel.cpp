#include "emulator/http/stream_channel.h"

#include <utility>

namespace exthost::http {

void StreamChannel::send(std::string bytes) {
  std::lock_guard lock(mutex_);
  if (ended_ || detached_ || bytes.empty()) return;
  if (pending_.size() + in_flight_ + bytes.size() > kBacklogLimit) {
    overflow_ = true;
    ended_ = true;
    pending_ = std::string();
    notified_ = true;
    notify_();  // also while a write that is not being read is under way, and was told of before
    return;
  } else if (pending_.empty()) {
    pending_ = std::move(bytes);
  } else {
    pending_ += bytes;
  }
  notify_once();
}

void StreamChannel::close() {
  std::lock_guard lock(mutex_);
  if (ended_ || detached_) return;
  ended_ = true;
  notify_once();
}

void StreamChannel::notify_once() {
  if (!std::exchange(notified_, true)) notify_();
}

StreamChannel::Batch StreamChannel::take() {
  std::lock_guard lock(mutex_);
  notified_ = false;
  in_flight_ = pending_.size();
  return {std::exchange(pending_, std::string()), ended_};
}

bool StreamChannel::overflowed() const {
  std::lock_guard lock(mutex_);
  return overflow_;
}

void StreamChannel::written() {
  std::lock_guard lock(mutex_);
  in_flight_ = 0;
}

void StreamChannel::hold(std::shared_ptr<void> subscription) {
  std::lock_guard lock(mutex_);
  if (!detached_) subscription_.swap(subscription);
}  // if it came too late, the parameter frees it after the lock

std::shared_ptr<void> StreamChannel::detach() {
  std::lock_guard lock(mutex_);
  detached_ = true;
  notify_ = nullptr;
  pending_ = std::string();
  return std::exchange(subscription_, nullptr);
}

}  // namespace exthost::http
