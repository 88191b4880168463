#include "emulator/http/body_pipe.h"

#include <algorithm>
#include <utility>

namespace exthost::http {

base::Result<std::size_t> BodyPipe::read(std::span<char> buffer) {
  if (buffer.empty()) return std::size_t{0};
  std::unique_lock lock(mutex_);
  if (paused_ && !finished_ && !error_ && bytes_.size() - taken_ <= kHighWater / 2) {
    paused_ = false;
    lock.unlock();
    resume_();
    lock.lock();
  }
  const auto ready = [this] { return taken_ < bytes_.size() || finished_ || error_.has_value(); };
  if (!ready()) {
    const WorkerPool::Waiting waiting(workers_);
    arrived_.wait(lock, ready);
  }
  if (taken_ == bytes_.size()) {
    if (error_) return *error_;
    return std::size_t{0};
  }
  const std::size_t count = std::min(buffer.size(), bytes_.size() - taken_);
  std::copy_n(bytes_.data() + taken_, count, buffer.data());
  taken_ += count;
  return count;
}

void BodyPipe::push(std::string_view bytes) {
  {
    std::lock_guard lock(mutex_);
    if (finished_ || error_) return;
    if (taken_ == bytes_.size() || taken_ > kHighWater / 2) {
      bytes_.erase(0, taken_);
      taken_ = 0;
    }
    bytes_ += bytes;
  }
  arrived_.notify_one();
}

bool BodyPipe::wants_more() {
  std::lock_guard lock(mutex_);
  if (finished_ || error_) return false;
  paused_ = bytes_.size() - taken_ >= kHighWater;
  return !paused_;
}

void BodyPipe::finish() {
  {
    std::lock_guard lock(mutex_);
    finished_ = true;
  }
  arrived_.notify_one();
}

void BodyPipe::fail(base::Error error) {
  {
    std::lock_guard lock(mutex_);
    if (finished_ || error_) return;
    error_ = std::move(error);
  }
  arrived_.notify_one();
}

std::size_t BodyPipe::buffered() const {
  std::lock_guard lock(mutex_);
  return bytes_.size() - taken_;
}

}  // namespace exthost::http
