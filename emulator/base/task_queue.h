#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace exthost::base {

/// What is due when: tasks by due time, and those of one moment by the order in which they were put in. Not
/// thread-safe.
class TaskQueue {
 public:
  /// A place on the owner's line of time.
  using Time = std::chrono::microseconds;
  using Task = std::function<void()>;

  /// Returns the task's id. Ids ascend from 1 and are never used again.
  std::uint64_t put(Time due, Task task) {
    const std::uint64_t id = next_id_++;
    tasks_.emplace(std::pair(due, id), std::move(task));
    due_times_.emplace(id, due);
    return id;
  }

  /// When the first task is due; absent if there is none.
  std::optional<Time> next_due() const {
    if (tasks_.empty()) return std::nullopt;
    return tasks_.begin()->first.first;
  }

  /// Takes the first task out. There must be one.
  Task pop() {
    const auto first = tasks_.begin();
    Task task = std::move(first->second);
    due_times_.erase(first->first.second);
    tasks_.erase(first);
    return task;
  }

  /// Takes this task out; absent if it is not here. What it holds is freed with what is returned.
  std::optional<Task> remove(std::uint64_t id) {
    const auto known = due_times_.find(id);
    if (known == due_times_.end()) return std::nullopt;
    const auto found = tasks_.find(std::pair(known->second, id));
    std::optional<Task> task = std::move(found->second);
    tasks_.erase(found);
    due_times_.erase(known);
    return task;
  }

 private:
  std::uint64_t next_id_ = 1;
  std::map<std::pair<Time, std::uint64_t>, Task> tasks_;
  std::unordered_map<std::uint64_t, Time> due_times_;  // of each task by its id
};

}  // namespace exthost::base
