#include "emulator/base/virtual_scheduler.h"

#include <algorithm>

namespace exthost::base {

VirtualScheduler::VirtualScheduler(WallTime start) : now_(start) {}

WallTime VirtualScheduler::now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

Scheduler::TaskId VirtualScheduler::run_after(Duration delay, std::function<void()> task) {
  std::lock_guard lock(mutex_);
  const TaskId id = next_id_++;
  tasks_.emplace(std::pair(now_ + std::max(delay, Duration::zero()), id), std::move(task));
  return id;
}

bool VirtualScheduler::cancel(TaskId task) {
  std::function<void()> dropped;  // freed outside the lock: its captures may have destructors that call us
  std::lock_guard lock(mutex_);
  const auto found = std::find_if(tasks_.begin(), tasks_.end(),
                                  [task](const auto& entry) { return entry.first.second == task; });
  if (found == tasks_.end()) return false;
  dropped = std::move(found->second);
  tasks_.erase(found);
  return true;
}

void VirtualScheduler::advance(Duration by) {
  std::lock_guard advancing(advancing_);
  const WallTime target = now() + std::max(by, Duration::zero());
  while (true) {
    std::function<void()> task;
    {
      std::lock_guard lock(mutex_);
      const auto next = tasks_.begin();
      if (next == tasks_.end() || next->first.first > target) {
        now_ = target;
        return;
      }
      now_ = next->first.first;
      task = std::move(next->second);
      tasks_.erase(next);
    }
    task();
  }
}

}  // namespace exthost::base
