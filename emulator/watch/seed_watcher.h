#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/watch/folder_watcher.h"
#include "emulator/watch/seed_sync.h"
#include "emulator/watch/watch_runner.h"

namespace exthost::watch {

/// What a seed folder's loop tells. Called on its thread; each may be empty.
struct SeedCallbacks {
  std::function<void(const SeedReport&)> on_synced;    ///< Something was put or removed.
  std::function<void(const base::Error&)> on_problem;  ///< Once per cause while it lasts.
  /// All problems that last, whenever they are others than before; none: the container has what the folder
  /// has.
  std::function<void(const std::vector<base::Error>&)> on_lasting;
  std::function<void(const base::Error&)> on_notice;  ///< Watching goes on in another way.
};

/// Keeps a container at the state of its seed folder. `poll_once` is one turn, the first copies all; `start`
/// hands the turns to a thread, until destruction.
class SeedWatcher {
 public:
  SeedWatcher(std::unique_ptr<SeedSync> sync, std::unique_ptr<WatchBackend> backend, SeedCallbacks callbacks,
              MonotonicNow now);

  base::Result<void> poll_once() { return watcher_.poll_once(); }
  void start();

 private:
  std::optional<Duration> act();
  void tell(const std::vector<base::Error>& problems);
  void tell_end(const base::Error& error) const;

  std::unique_ptr<SeedSync> sync_;
  SeedCallbacks callbacks_;
  std::set<std::string> told_;  // problems told, while they last
  unsigned failures_ = 0;
  FolderWatcher watcher_;
  std::unique_ptr<WatchRunner> runner_;  // last: it uses all of the above
};

}  // namespace exthost::watch
