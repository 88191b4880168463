#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/base/journal.h"
#include "emulator/control/publishing_parts.h"
#include "emulator/hosting/hosting_service.h"

namespace exthost::app {

/// Tells the journal what became of a publish or an edit, as `publish`, `promote`, `rollback`, `friendly` or
/// `config.put`. Returns the event's number.
std::uint64_t tell_change(base::Journal& journal, const std::string& type,
                          const control::ContainerChange& change);
/// `version.removed`
std::uint64_t tell_removed(base::Journal& journal, const std::string& extension, const std::string& version);

/// The event that tells of such an edit.
std::string event_of(const control::ConfigWish& wish);

/// What is worth knowing about a change of config.json that its plan does not say: that a watcher or a seed
/// folder will change it again, that regions take it later, that a name may be a stage misspelt.
std::vector<std::string> notes_on(const control::ContainerChange& change, const ExtensionSettings& extension,
                                  const Settings& settings);

/// The versions that the hosting service holds, with the SHA-256 of each zip, empty if it is not yet known.
std::map<std::string, std::string> held_versions(const hosting::HostingService& hosting,
                                                 const std::string& extension);

/// What each stage has in the newest good deployment, in rollout order.
std::vector<control::ExtensionRow::Pointer> stages_of(const hosting::HostingService& hosting,
                                                      const std::string& extension);

}  // namespace exthost::app
