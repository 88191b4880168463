#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/clock.h"
#include "emulator/http/message.h"

namespace exthost::hosting {

// What the CDN edge goes by (domain.md i): functions of values.

/// The emulated CDN, as the settings have it.
struct CdnSettings {
  bool on = false;
  /// Fetches from the origin are HTTP/1.0 without Accept-Encoding, as those of some CDNs are (i2). Else they
  /// are HTTP/1.1 and take what the client takes.
  bool origin_http_1_0 = true;
  /// Whose content a namespace has: `az123456` to a hosting service name, both lower case. Any other
  /// namespace is the hosting service name itself.
  std::map<std::string, std::string> namespaces;
};

/// `az123456` of `az123456.vo.msecnd.net` or `az123456.azureedge.net`, the CDN's host forms (i1). Absent if
/// it is no host of a CDN. `production_host` as http::Request has it.
std::optional<std::string> cdn_namespace(std::string_view production_host);

/// The hosting service name behind a namespace.
std::string extension_of_namespace(const CdnSettings& settings, const std::string& name);

/// The edge's host for an extension: that of the first namespace which is mapped to it, else of its own name.
std::string cdn_host_for(const CdnSettings& settings, const std::string& hosting_service_name);

/// What a miss asks the origin for: `/CDN/` inserted right after the host (i2), and the extension's name
/// where the URL leaves it to the namespace. Raw, with the query.
///
///     /Content/a.js, /CDN/Content/a.js     /CDN/<extension>/Content/a.js
///     /<ext>/Content/a.js                  /CDN/<ext>/Content/a.js
std::string origin_target(const http::Target& target, const std::string& extension);

/// For how long an answer may be kept, by its status and Cache-Control: `s-maxage`, else `max-age`. Absent:
/// not at all. Only 200 is kept, and nothing that says no-store, private or no-cache.
std::optional<base::Duration> time_to_keep(const http::Response& response);

/// Whether the answer forbids shared caches: `private` or `no-store`.
bool is_private(const http::Response& response);

/// What a purge takes away. Empty members take everything.
struct CdnPurge {
  std::string host;       ///< Of production, lower case: only this edge's.
  std::string path;       ///< Decoded, without the query; a `*` at its end stands for anything.
  std::string extension;  ///< Hosting service name, lower case.
};

/// Reads a purge's URL: absolute, or a path alone. A query is passed over, since a path is purged with all
/// its queries. Fails with `invalid_input` and kBadRequestBody.
base::Result<CdnPurge> parse_purge(std::string_view url);

/// What a purge goes by of a kept answer.
struct CdnAddress {
  std::string host;       ///< Of production, lower case.
  std::string path;       ///< Decoded, as the client asked for it.
  std::string full_path;  ///< The same with the extension's name in it: `/demo/Content/a.js`.
  std::string extension;  ///< Lower case.
};

/// Paths are compared without letter case.
bool is_purged(const CdnAddress& address, const CdnPurge& purge);

}  // namespace exthost::hosting
