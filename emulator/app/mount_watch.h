#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/base/journal.h"
#include "emulator/storage/mounted_blob_store.h"
#include "emulator/watch/folder_watcher.h"
#include "emulator/watch/watch_runner.h"

namespace exthost::app {

/// The folders that the settings mount as containers.
std::vector<storage::Mount> mounts_of(const Settings& settings);

/// Has the store look at a mounted folder whenever somebody changes something there, so that those who follow
/// the store hear of it. Nothing but news depends on it: what is read is what the folder has.
class MountWatch {
 public:
  /// Nothing is watched any more: changes are seen by requests and polls, and are not announced.
  using OnFailure = std::function<void(const base::Error&)>;

  /// `store` and `journal` outlive this.
  /// `poll_every` as for watch::BackendOptions. `on_failure` is called on the watch's thread.
  MountWatch(storage::MountedBlobStore& store, const storage::Mount& mount, base::Journal& journal,
             std::optional<base::Duration> poll_every, OnFailure on_failure);

  /// The first look, on this thread: changes from here on are told.
  void first_turn();
  /// Goes on on a thread of its own, until destruction.
  void start();

 private:
  void tell(const std::string& type, const base::Error& error);
  void fail(const base::Error& error);

  const std::string container_;
  base::Journal& journal_;
  const OnFailure on_failure_;
  watch::FolderWatcher watcher_;
  std::unique_ptr<watch::WatchRunner> runner_;  // last: it uses all of the above
};

}  // namespace exthost::app
