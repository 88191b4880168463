#pragma once

#include <memory>
#include <vector>

#include "emulator/hosting/content.h"
#include "emulator/hosting/data_center.h"
#include "emulator/hosting/request_route.h"
#include "emulator/hosting/selection.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/http/message.h"

namespace exthost::hosting {

// Serving one extension (domain.md f): functions of the request, the extension's snapshot and the rules.
// Nothing here waits, and nothing is remembered between requests. `route` is of kind page or content and
// names the extension of `snapshot`.

/// The index page, or with `environmentjson=true` the environment JSON.
///
/// 400 if the version has no settings for the portal, 404 with the stamps that exist if the stamp is unknown,
/// 503 if nothing was ever synced. A page is cacheable for ever if `pageVersion` names the version served and
/// no `sessionId` makes the URL one session's; with `cacheability=2` it is to be asked for again, and 304 if
/// it is the same; otherwise, and always in `dev`, it is not (i5, i6, q15).
http::Response serve_page(const http::Request& request, const Route& route,
                          const std::shared_ptr<const ExtensionSnapshot>& snapshot,
                          const std::vector<DataCenter>& centers, const ServingRules& rules);

/// A file of a version.
http::Response serve_extension_content(const http::Request& request, const Route& route,
                                       const std::shared_ptr<const ExtensionSnapshot>& snapshot,
                                       const std::vector<DataCenter>& centers, const ServingRules& rules,
                                       const InflatedFiles& inflated);

/// A refusal: `application/problem+json`, or a small HTML page if a browser navigates.
http::Response refuse(const http::Request& request, int status, std::string_view code,
                      const std::string& detail);

/// What production sends with everything that other origins may read (domain.md f, "Response headers").
void add_open_headers(http::Response& response);

}  // namespace exthost::hosting
