#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exthost::model {

enum class Cloud { public_cloud, fairfax, mooncake, blackforest };

/// `public`, `fairfax`, `mooncake`, `blackforest`.
std::string_view to_string(Cloud cloud);
std::optional<Cloud> parse_cloud(std::string_view name);

/// A Dogfood, RC, MPAC, … : one row of domain.md h1. (Its air-gapped portals are left out: nothing public
/// says how extensions are hosted there.)
struct PortalEnvironment {
  std::string_view name;         ///< `PROD`, `MPAC`, `RC`, `Preview`, `Canary`, `Dogfood`, `Fairfax`, …
  std::string_view portal_host;  ///< `portal.azure.com`
  Cloud cloud;
  std::string_view hosting_host;  ///< The shared host: `hosting.portal.azure.net`
  bool host_per_extension;  ///< Whether `<h>.<hosting_host>` is what registrations derive (not in Dogfood,
                            ///< MPAC).
  std::string_view registration_file;  ///< `Extensions.prod.json`
};

std::span<const PortalEnvironment> all_portal_environments();

/// By portal host (aliases such as `mpac.portal.azure.com` included, q14) or by name, in any letter case.
const PortalEnvironment* find_portal_environment(std::string_view host_or_name);

/// The environment that a cloud's users are in: PROD for the public cloud.
const PortalEnvironment& default_portal_environment(Cloud cloud);

/// The environment behind a hosting host in any of its spellings (domain.md f, h1, q14):
/// `demo.hosting.portal.azure.net`, `afd.hosting.portal.azure.net`, `hosting-ms.portal.azure.net`, … Null if
/// it is no hosting host.
const PortalEnvironment* find_hosting_environment(std::string_view host);

/// An Azure region: one line of the catalogue. Coordinates are of the metropolitan area or state that Azure
/// publishes.
struct Region {
  std::string_view name;          ///< `westus`
  std::string_view display_name;  ///< `West US`
  Cloud cloud;
  double latitude;
  double longitude;
  bool has_portal;  ///< False for a region that gets no user traffic (centraluseuap, usgovcentral; domain.md
                    ///< c).
};

std::span<const Region> all_regions();

/// Lower case without spaces: `West US` is `westus` (domain.md c, recommendation).
std::string normalise_region(std::string_view name);

/// By name or display name in any spelling; null if the catalogue has no such region.
const Region* find_region(std::string_view name);

}  // namespace exthost::model
