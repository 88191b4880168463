#pragma once

#include <filesystem>
#include <memory>

#include "emulator/package/tree_rules.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// Watches by inotify: every folder below the root, since editors replace files.
///
/// A folder is watched first and listed then, so that nothing falls between the two. After an overflow all
/// watches are made anew. A root that is not there, or is replaced by another folder, is looked for until it
/// is there. What `ignore` leaves out (package::TreeRules) is not told, and its folders cost no watches;
/// where .gitignore files count, a change of one is told as `lost`, and all watches are made anew by it.
class InotifyBackend final : public WatchBackend {
 public:
  /// Fails with kWatchLimit if the system gives no more instances or watches; `wait` may fail so later.
  static base::Result<std::unique_ptr<InotifyBackend>> open(const std::filesystem::path& root,
                                                            const package::IgnoreOptions& ignore);
  ~InotifyBackend() override;

  base::Result<WatchEvents> wait(Duration timeout) override;
  void wake() override;

 private:
  class Impl;
  explicit InotifyBackend(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::watch
