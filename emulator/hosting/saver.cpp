#include "emulator/hosting/saver.h"

#include <utility>

namespace exthost::hosting {

void Saver::ask(const void* asker, std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_.try_emplace(asker, std::move(job));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void Saver::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (changed_.wait_for(lock, delay_, [this] { return closed_; })) return;
    auto due = std::exchange(waiting_, {});
    lock.unlock();
    for (const auto& [asker, job] : due) job();
    due.clear();  // what the jobs held goes outside the lock
    lock.lock();
  }
}

void Saver::close() {
  std::thread ending;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting_.clear();
    ending = std::move(thread_);
    changed_.notify_all();
  }
  if (ending.joinable()) ending.join();
}

}  // namespace exthost::hosting
