#include "emulator/hosting/single_flight.h"

namespace exthost::hosting {

void SingleFlight::run_until_served(std::unique_lock<std::mutex>& lock) {
  running_ = true;
  do {
    again_ = false;
    ++begun_;
    lock.unlock();
    job_();
    lock.lock();
    ended_ = begun_;
    changed_.notify_all();
  } while (again_ && !closed_);
  running_ = false;
  changed_.notify_all();
}

void SingleFlight::request() {
  std::unique_lock lock(mutex_);
  if (closed_) return;
  if (running_) {
    again_ = true;
    return;
  }
  run_until_served(lock);
}

void SingleFlight::run() {
  std::unique_lock lock(mutex_);
  if (closed_) return;
  if (!running_) {
    run_until_served(lock);
    return;
  }
  again_ = true;
  const std::uint64_t wanted = begun_ + 1;
  changed_.wait(lock, [&] { return ended_ >= wanted || (closed_ && !running_); });
}

void SingleFlight::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  changed_.wait(lock, [&] { return !running_; });
}

}  // namespace exthost::hosting
