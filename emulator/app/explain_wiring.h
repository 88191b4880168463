#pragma once

#include <string>

#include "emulator/app/settings.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/model/explanation.h"

namespace exthost::app {

/// What model::explain is asked with: the registrations and defaults of the settings, and what `hosting` has
/// at the moment it is asked. `hosting` must outlive it. `hosting_origin`: empty if nothing listens.
model::ExplainBasis explain_basis(const Settings& settings, const hosting::HostingService& hosting,
                                  const std::string& hosting_origin);

}  // namespace exthost::app
