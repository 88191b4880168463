#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "emulator/app/instance.h"
#include "emulator/app/settings.h"
#include "emulator/app/terminal.h"

namespace exthost::app {

/// The portal link that opens an extension as its developer wants to see it: `dev` if a source is watched,
/// else by region. `extension` is its portal name.
std::string portal_link(const InstanceRecord& record, const std::string& extension, bool has_source);

/// What start prints when all is ready (ux.md 2): the links first, then what was found, then what to do next.
/// Pure.
std::vector<std::string> banner_lines(const InstanceRecord& record, const Settings& settings,
                                      std::chrono::milliseconds took, bool certificate_trusted,
                                      const Terminal& terminal);

}  // namespace exthost::app
