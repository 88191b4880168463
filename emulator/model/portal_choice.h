#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/portal_url.h"
#include "emulator/model/traffic_manager.h"

namespace exthost::model {

// Which portal a URL is about: its environment and the region of the user (domain.md h1, h5). What does not
// exist is passed over, with a reason.

/// `ms.portal.azure.com.localhost` to `ms.portal.azure.com`; empty for a host that is only local.
std::string production_host(std::string_view host);

/// The environment whose portal a host is, also as a `.localhost` name; null if it is none's, or only local.
const PortalEnvironment* find_environment_of_host(std::string_view host);

/// By its portal's host, by its own name or by its cloud's (`public` is PROD); null if there is none.
const PortalEnvironment* find_environment(std::string_view wanted);

/// The environment that was asked for (`wanted`: a portal host, an environment's name or a cloud's), else
/// that of the URL's host, else the one in force. `own_host`: a name that this machine is reached by, which
/// names no environment and is no mistake; or empty.
const PortalEnvironment& choose_environment(const PortalUrl& url, std::string_view wanted,
                                            std::string_view own_host, const PortalEnvironment& in_force,
                                            std::vector<Reason>& reasons);

/// Where a user is who looks at the portal.
struct RegionWish {
  std::string region;    ///< Any spelling; or empty.
  std::string location;  ///< `lat,lon`; or empty.
};

/// The region that was asked for, else the URL's `region`, else the nearest to the location asked for or to
/// the URL's `location`, else the default. Normalised; always one of `cloud` unless it is the default.
/// Traffic Manager passes over regions that are down; one that was asked for by name stands.
std::string choose_region(const PortalUrl& url, const RegionWish& wish, Cloud cloud,
                          const std::string& default_region, const RegionIsUp& is_up,
                          std::vector<Reason>& reasons);

/// The extension of a deep link, `#blade/<extension>/…` (h4); or empty.
std::string blade_extension(std::string_view fragment);

/// Whether the URL says something about the extension: overrides, sideloads or opens it.
bool names_extension(const PortalUrl& url, std::string_view extension);

}  // namespace exthost::model
