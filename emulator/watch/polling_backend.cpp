#include "emulator/watch/polling_backend.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "emulator/package/source_file.h"

namespace exthost::watch {

std::vector<std::string> changed_paths(const std::vector<package::SourceFile>& before,
                                       const std::vector<package::SourceFile>& after) {
  std::vector<std::string> changed;
  auto old_file = before.begin();
  auto new_file = after.begin();
  while (old_file != before.end() || new_file != after.end()) {
    if (new_file == after.end() || (old_file != before.end() && old_file->path < new_file->path)) {
      changed.push_back((old_file++)->path);
    } else if (old_file == before.end() || new_file->path < old_file->path) {
      changed.push_back((new_file++)->path);
    } else {
      if (*old_file != *new_file) changed.push_back(new_file->path);
      ++old_file;
      ++new_file;
    }
  }
  return changed;
}

PollingBackend::PollingBackend(std::filesystem::path root, package::IgnoreOptions ignore, Duration interval)
    : root_(std::move(root)), ignore_(std::move(ignore)), interval_(interval) {
  look();
}

base::Result<WatchEvents> PollingBackend::wait(Duration timeout) {
  const Instant deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    if (next_look_ <= std::chrono::steady_clock::now()) {
      WatchEvents events = look();
      if (!events.empty()) return events;
    }
    std::unique_lock lock(mutex_);
    woken_condition_.wait_until(lock, std::min(deadline, next_look_), [this] { return woken_; });
    if (std::exchange(woken_, false) || deadline <= std::chrono::steady_clock::now()) return WatchEvents{};
  }
}

void PollingBackend::wake() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
  }
  woken_condition_.notify_one();
}

WatchEvents PollingBackend::look() {
  const auto wall_time = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t looked_at_ns = std::chrono::nanoseconds(wall_time).count();
  auto scanned = package::scan_folder(root_, ignore_, kMostFiles);

  WatchEvents events;
  if (scanned && seen_) {
    std::vector<std::string> paths = changed_paths(*seen_, *scanned);
    paths.insert(paths.end(), uncertain_.begin(), uncertain_.end());
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    for (std::string& path : paths) events.events.push_back({std::move(path), false});
  } else {
    events.lost = scanned.has_value() != seen_.has_value();
  }

  uncertain_.clear();
  seen_.reset();
  if (scanned) {
    for (const package::SourceFile& file : *scanned) {
      if (package::may_hide_change(file, looked_at_ns)) uncertain_.push_back(file.path);
    }
    seen_ = *std::move(scanned);
  }
  next_look_ = std::chrono::steady_clock::now() + interval_;
  return events;
}

}  // namespace exthost::watch
