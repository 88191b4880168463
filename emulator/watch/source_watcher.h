#pragma once

#include <filesystem>
#include <memory>

#include "emulator/package/builder.h"
#include "emulator/watch/change_batcher.h"
#include "emulator/watch/folder_watcher.h"
#include "emulator/watch/publisher.h"
#include "emulator/watch/ready_file.h"
#include "emulator/watch/rebuilder.h"
#include "emulator/watch/watch_runner.h"

namespace exthost::watch {

struct SourceSettings {
  std::filesystem::path folder;
  package::IgnoreOptions ignore;  ///< As for package::scan_folder.
  std::filesystem::path
      ready;  ///< Absolute; the folder is built only when this file was written. Empty: always.
  package::Overlay overlay;  ///< As for package::PackageBuilder. The back end need not watch it: see `look`.
  BatchTiming timing;
  unsigned threads = 2;  ///< For the first build.
};

/// Keeps a container at the newest state of a source folder (design.md 4, a saved file).
///
/// `poll_once` is one turn; the first builds and publishes what is there. `start` hands the turns to a
/// thread.
///
/// With a ready file it is that file which the back end watches, and the first turn builds only if it is
/// there. While it is not, a build is under way: the folder is left alone until the file is written.
class SourceWatcher {
 public:
  /// `publisher` outlives this.
  SourceWatcher(SourceSettings settings, std::unique_ptr<WatchBackend> backend, Publisher& publisher,
                SourceCallbacks callbacks, MonotonicNow now);

  /// One turn on this thread; not once `start` was called.
  base::Result<void> poll_once() { return watcher_.poll_once(); }

  /// Begins turning on a thread of its own, until destruction.
  void start();

  /// Has the folder looked at as if something in it had changed, unless a build is under way. Any thread;
  /// never blocks.
  void look() { watcher_.look(); }

  /// config.json was changed by another. Any thread; never blocks: the loop sees to it.
  void config_changed() { watcher_.nudge(); }

 private:
  std::optional<Duration> act(const FolderWatcher::Turn& turn);
  bool may_build(bool asked);

  const std::filesystem::path folder_;
  SourceCallbacks callbacks_;
  package::PackageBuilder builder_;
  Rebuilder rebuilder_;
  std::optional<ReadyFile> ready_;
  bool told_waiting_ = false;
  bool unfinished_ = false;  // the last build or publish is to be tried again
  bool calm_due_ = false;    // the next look without an event is the one after what events brought about
  FolderWatcher watcher_;
  std::unique_ptr<WatchRunner> runner_;  // last: it uses all of the above
};

}  // namespace exthost::watch
