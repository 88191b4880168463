#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/app/settings.h"
#include "emulator/base/clock.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/portal/portal_settings.h"

namespace exthost::app {

/// What the portal knows of the rest: registrations from the settings, origins once the ports are known.
portal::PortalSettings portal_settings(const Settings& settings, std::string own_origin,
                                       std::string hosting_origin);

/// The portal's question about a version, answered by the hosting service. Both outlive what is returned.
portal::ExplainVersion explain_for_portal(const hosting::HostingService& hosting, const base::Clock& clock,
                                          model::Fidelity fidelity);

/// The portal page's own files.
std::optional<std::string_view> find_portal_asset(std::string_view name);

}  // namespace exthost::app
