#pragma once

#include <string>
#include <vector>

#include "emulator/app/settings.h"

namespace exthost::app {

/// What differs between two sets of settings, by what can be done about it while the emulator runs.
struct SettingsChange {
  std::vector<std::string> sources;  ///< Extensions, by hosting service name, whose `source` is another.
  bool log_level = false;            ///< `log.level`
  bool outage = false;               ///< `storage.outage`
  /// What takes effect at the next start only, by its name in the settings file: `ports.base`,
  /// `extensions[demo].storage`, `extensions` if some came or went.
  std::vector<std::string> others;

  bool can_be_made() const { return log_level || outage || !sources.empty(); }
};

/// Pure. Where a value came from, and where in the file it stands, is no difference.
SettingsChange compare_settings(const Settings& before, const Settings& now);

}  // namespace exthost::app
