#pragma once

#include <vector>

#include "emulator/app/settings.h"
#include "emulator/app/settings_fields.h"

namespace exthost::app {

/// Reads `cdn.namespaces`: namespaces of the CDN, and the extension whose content each has.
void read_cdn_namespaces(SettingsFields& fields, const base::JsonMember& member,
                         hosting::CdnSettings& settings);

/// Puts hosting service names for the extensions that namespaces are mapped to, by either of their names,
/// once the extensions have theirs. A namespace of an extension that is not there is an error.
std::vector<model::Problem> complete_cdn(Settings& settings);

}  // namespace exthost::app
