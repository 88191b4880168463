#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "emulator/package/builder.h"
#include "emulator/watch/change_batcher.h"
#include "emulator/watch/folder_watcher.h"
#include "emulator/watch/publisher.h"
#include "emulator/watch/rebuilder.h"
#include "emulator/watch/watch_runner.h"

namespace exthost::watch {

struct SourceSettings {
  std::filesystem::path folder;
  std::vector<std::string> ignore;  ///< Globs, as for package::scan_folder.
  BatchTiming timing;
  unsigned threads = 2;  ///< For the first build.
};

/// Keeps a container at the newest state of a source folder (design.md 4, a saved file).
///
/// `poll_once` is one turn; the first builds and publishes what is there. `start` hands the turns to a
/// thread.
class SourceWatcher {
 public:
  /// `publisher` outlives this.
  SourceWatcher(SourceSettings settings, std::unique_ptr<WatchBackend> backend, Publisher& publisher,
                SourceCallbacks callbacks, MonotonicNow now);

  /// One turn on this thread; not once `start` was called.
  base::Result<void> poll_once() { return watcher_.poll_once(); }

  /// Begins turning on a thread of its own, until destruction.
  void start();

  /// config.json was changed by another. Any thread; never blocks: the loop sees to it.
  void config_changed() { watcher_.nudge(); }

 private:
  std::optional<Duration> act(const FolderWatcher::Turn& turn);

  SourceCallbacks callbacks_;
  package::PackageBuilder builder_;
  Rebuilder rebuilder_;
  FolderWatcher watcher_;
  std::unique_ptr<WatchRunner> runner_;  // last: it uses all of the above
};

}  // namespace exthost::watch
