#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/package/builder.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// The paths that differ between two scans, both sorted by path; sorted. Pure.
std::vector<std::string> changed_paths(const std::vector<package::SourceFile>& before,
                                       const std::vector<package::SourceFile>& after);

/// Watches by looking: a scan of names and stats every `interval`. Works on every file system. A file that
/// was written too shortly before a look for its stat to tell a second write is told twice.
///
/// It tells changes of files; an empty folder is not told. A root that cannot be scanned is told as `lost`
/// once, and again when it can be scanned again.
class PollingBackend final : public WatchBackend {
 public:
  PollingBackend(std::filesystem::path root, package::IgnoreOptions ignore, Duration interval);

  base::Result<WatchEvents> wait(Duration timeout) override;
  void wake() override;

 private:
  WatchEvents look();

  const std::filesystem::path root_;
  const package::IgnoreOptions ignore_;
  const Duration interval_;
  std::optional<std::vector<package::SourceFile>> seen_;  // absent: the last scan failed
  std::vector<std::string> uncertain_;                    // may have changed since without showing it; sorted
  Instant next_look_;

  std::mutex mutex_;
  std::condition_variable woken_condition_;
  bool woken_ = false;
};

}  // namespace exthost::watch
