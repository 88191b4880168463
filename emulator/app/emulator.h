#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/app/instance.h"
#include "emulator/app/settings.h"
#include "emulator/base/clock.h"
#include "emulator/base/ids.h"
#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/base/steered_scheduler.h"
#include "emulator/model/incident.h"

namespace spdlog {
class logger;
}

namespace exthost::app {

/// What an emulator is made with: everything real comes from outside, so that a test can bring its own.
struct EmulatorParts {
  base::SteeredScheduler&
      clock;                   ///< What polls, lags, incidents and blobs run on; the control API steers it.
  base::Scheduler& real_time;  ///< What keeps connections alive, and what those outside go by: certificates
                               ///< and signatures. Nobody steers it.
  base::IdSource& ids;
  std::shared_ptr<spdlog::logger> log;
  std::filesystem::path state_folder;  ///< Locked by the caller; exists.
  std::filesystem::path tls_folder;
  /// A line that an extension's build command printed. Any thread; empty: into the log.
  std::function<void(const std::string& extension, const std::string& line)> build_output{};
};

/// All of it, wired: storage, hosting, portal, control, and a watcher for each source and seed folder.
///
/// `start` returns when all listeners accept and the first sync of every extension has ended, well or not.
/// What happens after that is in the journal. Destruction stops everything; `stop` does so in an orderly way
/// first.
class Emulator {
 public:
  static base::Result<std::unique_ptr<Emulator>> start(const Settings& settings, EmulatorParts parts);
  ~Emulator();

  /// The URLs, the token and the extensions with their stages, as the ready file shows them.
  InstanceRecord record() const;

  base::Journal& journal();

  /// How many incidents were opened since the start, notes apart, and the incidents that are still known.
  std::uint64_t incidents_opened() const;
  std::vector<model::Incident> incidents() const;

  /// Starts every build command anew, and has every watched source folder looked at soon and what changed
  /// published. Not during or after `stop`. False if no folder is watched.
  bool rebuild_sources();

  /// Has an extension's build command started anew (`source.command`); `conflict` (kBuildCommandEnded) if it
  /// has none. Any thread, before `stop`; never blocks.
  base::Result<void> restart_build(const std::string& hosting_service_name);

  /// The settings were read again. What can be changed while it runs is in force when this returns: sources,
  /// `log.level` and `storage.outage`. What cannot, and differs since the settings were read last, is told by
  /// name (`settings.waits`, kSettingWaits). Any thread, before `stop`; may wait for a build to end.
  void reload(const Settings& settings);

  /// Called (on any thread, at most once) when somebody asks for an end through the control API.
  void on_stop_request(std::function<void()> call);

  /// Ends watchers, polls and streams, lets answers under way finish for `drain`, and writes what is not yet
  /// on disk. Hooks have as long again to be told.
  void stop(std::chrono::milliseconds drain);

 private:
  class Impl;
  explicit Emulator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::app
