#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/emulator.h"
#include "emulator/app/target.h"
#include "emulator/watch/folder_watcher.h"
#include "emulator/watch/watch_runner.h"

namespace exthost::app {

/// Reads the settings again when their file was saved, or when somebody asks for it, and hands them to the
/// emulator. A file that is wrong, or gone, is told in the journal (`settings.failed`, each problem with its
/// place) and changes nothing; that it is good again is told too (`settings.mended`).
class SettingsWatch {
 public:
  struct Options {
    bool follow = true;                          ///< Off (`--no-watch`): only when asked.
    std::optional<base::Duration> poll_every{};  ///< As watch::BackendOptions.
  };

  /// Reads all settings anew, whatever they come from. Called on the watch's thread.
  using Load = std::function<LoadedSettings()>;

  /// Begins, on a thread of its own. `file` is the settings file in force; `emulator` outlives this.
  SettingsWatch(const std::filesystem::path& file, Load load, Emulator& emulator, Options options);

  /// Any thread; returns at once.
  void reload() { watcher_.nudge(); }

 private:
  void act();
  void tell_notice(const base::Error& error);
  void refuse(const std::vector<model::Problem>& problems);

  const std::filesystem::path file_;
  const Load load_;
  Emulator& emulator_;
  std::vector<std::string> told_;  // what is wrong with the file, while it is
  watch::FolderWatcher watcher_;
  watch::WatchRunner runner_;  // last: it uses all of the above
};

}  // namespace exthost::app
