#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/app/settings_change.h"
#include "emulator/base/guarded.h"
#include "emulator/base/journal.h"

namespace exthost::app {

/// The settings of an emulator that runs, and what becomes of them when they are read again (ux.md 4).
///
/// What can be changed meanwhile is changed at once: sources, `log.level` and `storage.outage`. What cannot,
/// and differs since the settings were read last, is told by name. Any thread.
class SettingsInForce {
 public:
  /// What puts a change into effect. Called by `reload`, on its thread.
  struct Effects {
    /// By hosting service name, of an extension whose container is ours.
    std::function<void(const std::string& extension, const std::optional<SourceSettings>& source)>
        change_source;
    std::function<void(const std::string& level)> change_log_level;
    std::function<void(storage::Outage outage)> change_outage;
  };

  /// `journal` outlives this.
  SettingsInForce(const Settings& at_start, Effects effects, base::Journal& journal);

  /// Those of the start, but for what was changed since. Whoever holds a snapshot keeps it as it is.
  std::shared_ptr<const Settings> now() const { return in_force_.get(); }

  /// The settings were read again. What could be changed is in force, and told (`settings.changed`), when
  /// this returns; what takes effect at the next start is told too (`settings.waits`, kSettingWaits). One
  /// reload waits for the one before.
  void reload(const Settings& settings);

 private:
  void make_change(const SettingsChange& change, const Settings& settings, Settings next);

  const Effects effects_;
  base::Journal& journal_;
  std::mutex reloading_;
  Settings read_last_;  // as the settings were read last; under `reloading_`
  base::Published<Settings> in_force_;
};

}  // namespace exthost::app
