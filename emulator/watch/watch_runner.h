#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "emulator/watch/folder_watcher.h"

namespace exthost::watch {

/// A thread that steps a FolderWatcher until it is destroyed, or until the watcher fails, which it reports
/// once.
class WatchRunner {
 public:
  WatchRunner(FolderWatcher& watcher, std::function<void(const base::Error&)> on_failure);
  ~WatchRunner();
  WatchRunner(const WatchRunner&) = delete;
  WatchRunner& operator=(const WatchRunner&) = delete;

 private:
  FolderWatcher& watcher_;
  std::jthread thread_;
};

}  // namespace exthost::watch
