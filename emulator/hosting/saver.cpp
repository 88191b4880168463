#include "emulator/hosting/saver.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace exthost::hosting {
namespace {

constexpr int kNice = 10;

}  // namespace

void Saver::ask(const void* asker, std::function<void()> job) {
  const Instant now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const auto [waiting, is_new] =
      waiting_.try_emplace(asker, Waiting{std::move(job), {}, now + timing_.longest});
  waiting->second.due = std::min(now + timing_.quiet, waiting->second.latest);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  if (is_new) changed_.notify_all();  // else it is only due later than the thread thinks
}

void Saver::run() {
  // On Linux of this thread alone. Where it is not granted, saving only takes its share from those who are
  // waited for.
  ::setpriority(PRIO_PROCESS, 0, kNice);
  std::unique_lock lock(mutex_);
  while (!closed_) {
    const auto next = next_due();
    if (next == waiting_.end()) {
      changed_.wait(lock);
      continue;
    }
    const Instant due = next->second.due;
    if (std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    std::function<void()> job = std::move(next->second.job);
    waiting_.erase(next);
    lock.unlock();
    job();
    job = nullptr;  // what it held goes outside the lock
    lock.lock();
  }
}

std::map<const void*, Saver::Waiting>::iterator Saver::next_due() {
  return std::min_element(waiting_.begin(), waiting_.end(), [](const auto& left, const auto& right) {
    return left.second.due < right.second.due;
  });
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
