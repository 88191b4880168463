#include "emulator/model/cloud.h"

#include <algorithm>
#include <array>

#include "emulator/base/result.h"
#include "emulator/base/text.h"

namespace exthost::model {
namespace {

constexpr std::string_view kProd = "Extensions.prod.json";

// domain.md h1. PROD stands ahead of the environments that share its hosting service.
constexpr std::array kEnvironments = {
    PortalEnvironment{"PROD", "portal.azure.com", Cloud::public_cloud, "hosting.portal.azure.net", true,
                      kProd},
    PortalEnvironment{"MPAC", "ms.portal.azure.com", Cloud::public_cloud, "ms.hosting.portal.azure.net",
                      false, kProd},
    PortalEnvironment{"RC", "rc.portal.azure.com", Cloud::public_cloud, "hosting.portal.azure.net", true,
                      kProd},
    PortalEnvironment{"Preview", "preview.portal.azure.com", Cloud::public_cloud, "hosting.portal.azure.net",
                      true, kProd},
    PortalEnvironment{"Canary", "canary.portal.azure.com", Cloud::public_cloud, "hosting.portal.azure.net",
                      true, kProd},
    PortalEnvironment{"Dogfood", "df.onecloud.azure-test.net", Cloud::public_cloud,
                      "hosting.onecloud.azure-test.net", false, "Extensions.dogfood.json"},
    PortalEnvironment{"Fairfax", "portal.azure.us", Cloud::fairfax, "hosting.azureportal.usgovcloudapi.net",
                      true, "Extensions.ff.json"},
    PortalEnvironment{"Mooncake", "portal.azure.cn", Cloud::mooncake, "hosting.azureportal.chinacloudapi.cn",
                      true, "Extensions.mc.json"},
    PortalEnvironment{"Blackforest", "portal.microsoftazure.de", Cloud::blackforest, "hosting.azure-api.de",
                      true, "Extensions.bf.json"},
    PortalEnvironment{"Intune", "intune.microsoft.com", Cloud::public_cloud, "hosting.portal.azure.net", true,
                      kProd},
    PortalEnvironment{"Entra", "entra.microsoft.com", Cloud::public_cloud, "hosting.portal.azure.net", true,
                      kProd},
};

struct Alias {
  std::string_view other;
  std::string_view portal_host;
};
constexpr std::array kPortalAliases = {
    Alias{"mpac.portal.azure.com", "ms.portal.azure.com"},  // q14
    Alias{"portal.microsoftazure.cn", "portal.azure.cn"},   // its old name, h1
    Alias{"df", "df.onecloud.azure-test.net"},
    Alias{"ms", "ms.portal.azure.com"},  // env=ms and env=portal, as the portal writes them (h3)
    Alias{"portal", "portal.azure.com"},
    Alias{"production", "portal.azure.com"},
};

// Hosts of the hosting service beside the one in the table; each answers for its sub-domains too (domain.md
// f, h1, q14).
constexpr std::array kHostingAliases = {
    Alias{"hosting-ms.portal.azure.net", "ms.portal.azure.com"},
    Alias{"hosting.azure-test.net", "df.onecloud.azure-test.net"},
};

const PortalEnvironment* by_portal_host(std::string_view host) {
  const auto found = std::find_if(
      kEnvironments.begin(), kEnvironments.end(),
      [host](const PortalEnvironment& row) { return base::equals_ignoring_case(row.portal_host, host); });
  return found == kEnvironments.end() ? nullptr : &*found;
}

const PortalEnvironment* by_exact_host_or_name(std::string_view word) {
  for (const auto& alias : kPortalAliases) {
    if (base::equals_ignoring_case(alias.other, word)) return by_portal_host(alias.portal_host);
  }
  for (const auto& row : kEnvironments) {
    if (base::equals_ignoring_case(row.name, word)) return &row;
  }
  return by_portal_host(word);
}

bool is_or_is_below(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

/// `demo-ms.hosting.portal.azure.net`: MPAC's way to spell an extension's own host.
bool is_mpac_extension_host(std::string_view host) {
  constexpr std::string_view kSuffix = "-ms.hosting.portal.azure.net";
  return host.size() > kSuffix.size() && host.ends_with(kSuffix);
}

}  // namespace

std::string_view to_string(Cloud cloud) {
  switch (cloud) {
    case Cloud::public_cloud:
      return "public";
    case Cloud::fairfax:
      return "fairfax";
    case Cloud::mooncake:
      return "mooncake";
    case Cloud::blackforest:
      return "blackforest";
  }
  return "public";
}

std::optional<Cloud> parse_cloud(std::string_view name) {
  for (const Cloud cloud : {Cloud::public_cloud, Cloud::fairfax, Cloud::mooncake, Cloud::blackforest}) {
    if (base::equals_ignoring_case(name, to_string(cloud))) return cloud;
  }
  return std::nullopt;
}

std::span<const PortalEnvironment> all_portal_environments() {
  return kEnvironments;
}

const PortalEnvironment* find_portal_environment(std::string_view host_or_name) {
  if (const auto* found = by_exact_host_or_name(host_or_name)) return found;
  // A custom domain, such as aad.portal.azure.com, is the environment that its parent is.
  for (auto dot = host_or_name.find('.'); dot != std::string_view::npos; dot = host_or_name.find('.')) {
    host_or_name.remove_prefix(dot + 1);
    if (const auto* found = by_portal_host(host_or_name)) return found;
  }
  return nullptr;
}

const PortalEnvironment& default_portal_environment(Cloud cloud) {
  const auto found = std::find_if(kEnvironments.begin(), kEnvironments.end(),
                                  [cloud](const PortalEnvironment& row) { return row.cloud == cloud; });
  EXTHOST_CHECK(found != kEnvironments.end());
  return *found;
}

const PortalEnvironment* find_hosting_environment(std::string_view host) {
  const std::string wanted = base::to_lower(host);
  if (is_mpac_extension_host(wanted)) return by_portal_host("ms.portal.azure.com");
  for (const auto& alias : kHostingAliases) {
    if (is_or_is_below(wanted, alias.other)) return by_portal_host(alias.portal_host);
  }
  // The longest match wins: MPAC's host is below PROD's.
  const PortalEnvironment* best = nullptr;
  for (const auto& row : kEnvironments) {
    const bool longer = best == nullptr || row.hosting_host.size() > best->hosting_host.size();
    if (longer && is_or_is_below(wanted, row.hosting_host)) best = &row;
  }
  return best;
}

}  // namespace exthost::model
