#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/hosting/cdn_rules.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/http/message.h"

namespace exthost::hosting {

/// Where a page's loader finds a bundle: RequireJS tries the addresses in their order (domain.md d,
/// "Environment JSON").
struct BundlePath {
  std::string module;             ///< `Content/Dynamic/<hash>`, as the portal names its own (h6).
  std::vector<std::string> urls;  ///< Without `.js`.
};

/// What stands ahead of `/<extension>/Content/…` in a bundle's addresses, in the order of trying: the CDN's
/// edge if there is one, then the origin that was asked. Without an edge, or with `nocdn=force` in the URL
/// (h3), the origin in both of its forms, `//host` and `https://host`.
std::vector<std::string> bundle_origins(const http::Request& request, const CdnSettings& cdn,
                                        const std::string& hosting_service_name);

/// Every bundle of the version, in the order of the zip.
std::vector<BundlePath> bundle_paths(const HeldVersion& version, std::string_view hosting_service_name,
                                     const std::vector<std::string>& origins);

}  // namespace exthost::hosting
