#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "emulator/base/guarded.h"
#include "emulator/package/tree_rules.h"
#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

struct BackendOptions {
  package::IgnoreOptions ignore;               ///< What is not told, as for package::scan_folder.
  std::optional<Duration> poll_every;          ///< Set (`--poll-fs`): poll, never inotify.
  Duration fallback_interval = Duration(250);  ///< Between looks, where inotify can't be had.
};

/// The back end for a folder: inotify, or polling where that was asked for, where the file system sends no
/// events (network and host-shared ones), or where inotify's limits are reached. Never fails: the last two
/// come as a notice of the first wait (kWatchLimit, or without a code), and a folder that is not there yet is
/// waited for.
std::unique_ptr<WatchBackend> open_folder_backend(const std::filesystem::path& root,
                                                  const BackendOptions& options);

/// The same for one file: nothing else in its folder is told, and the folders there are not watched. That the
/// folder vanished or came back is told as `lost`.
std::unique_ptr<WatchBackend> open_file_backend(const std::filesystem::path& file, BackendOptions options);

/// A back end that is replaced by polling when it fails: `lost` and the reason as a notice, once. `wait`
/// never fails.
class FallbackBackend final : public WatchBackend {
 public:
  using MakeBackend = std::function<std::unique_ptr<WatchBackend>()>;

  /// `substitute` makes the polling back end, whose `wait` does not fail; `interval` is what the notice says
  /// of it. `notice`, if there is one, is told by the first wait.
  FallbackBackend(std::shared_ptr<WatchBackend> first, MakeBackend substitute, Duration interval,
                  std::optional<base::Error> notice = std::nullopt);

  base::Result<WatchEvents> wait(Duration timeout) override;
  void wake() override;

 private:
  base::Guarded<std::shared_ptr<WatchBackend>> current_;  // guarded: wake() comes from other threads
  MakeBackend substitute_;
  Duration interval_;
  std::optional<base::Error> notice_;
};

/// The name of a file system that sends no events for changes made elsewhere (`NFS`), or absent. Pure; `type`
/// is statfs's.
std::optional<std::string> silent_file_system(unsigned long type);

}  // namespace exthost::watch
