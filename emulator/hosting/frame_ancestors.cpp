#include "emulator/hosting/frame_ancestors.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "emulator/base/text.h"
#include "emulator/model/cloud.h"

namespace exthost::hosting {
namespace {

constexpr std::string_view kLocalSuffix = ".localhost";

/// Hosts that extensions trust together with all below them (domain.md o, "Trust"), besides the portals of
/// the catalogue.
constexpr std::array<std::string_view, 7> kTrustedSuffixes = {
    "portal.azure.com",           "portal.microsoftazure.de",      "portal.azure.cn",  "portal.azure.us",
    "portal.azure.eaglex.ic.gov", "portal.azure.microsoft.scloud", "portal.azure.net",
};
constexpr std::array<std::string_view, 2> kProductShells = {"intune.microsoft.com",
                                                            "entra.microsoft.com"};  // h1

struct Authority {
  std::string scheme;  ///< Empty if the authority named none.
  std::string host;    ///< Lower case; an IPv6 address with its brackets.
  std::string port;    ///< With its colon, or empty.
};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_host(std::string_view host) {
  if (host == "[::1]") return true;
  return !host.empty() &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

/// Takes `https://host:port/…` apart; absent if it could not stand in a header as a source of a policy.
std::optional<Authority> parse_authority(std::string_view text) {
  std::string lower = base::to_lower(base::percent_decode(text).value_or(std::string(text)));
  Authority authority;
  for (const std::string_view scheme : {"https", "http"}) {
    const std::string prefix = std::string(scheme) + "://";
    if (lower.rfind(prefix, 0) != 0) continue;
    authority.scheme = scheme;
    lower.erase(0, prefix.size());
    break;
  }
  lower = lower.substr(0, lower.find('/'));
  const std::size_t colon = lower.find(':', lower.rfind(']') == std::string::npos ? 0 : lower.rfind(']'));
  authority.host = lower.substr(0, colon);
  if (colon != std::string::npos && colon + 1 < lower.size()) authority.port = lower.substr(colon);
  const bool digits =
      authority.port.empty() || authority.port.find_first_not_of("0123456789", 1) == std::string::npos;
  if (!digits || authority.port.size() > 6 || !is_host(authority.host)) return std::nullopt;
  return authority;
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || ends_with(host, kLocalSuffix) || host == "127.0.0.1" || host == "[::1]";
}

bool is_or_is_below(std::string_view host, std::string_view parent) {
  return host == parent || (ends_with(host, parent) && host[host.size() - parent.size() - 1] == '.');
}

bool is_portal(std::string_view host) {
  if (std::find(kProductShells.begin(), kProductShells.end(), host) != kProductShells.end()) return true;
  if (model::find_portal_environment(host) != nullptr) return true;
  return std::any_of(kTrustedSuffixes.begin(), kTrustedSuffixes.end(),
                     [&](std::string_view suffix) { return is_or_is_below(host, suffix); });
}

}  // namespace

std::string frame_ancestors(std::string_view trusted_authority,
                            const std::vector<std::string>& portal_origins,
                            const std::map<std::string, std::string>& aliases) {
  std::string policy = "frame-ancestors 'self'";
  for (const std::string& origin : portal_origins) policy += " " + origin;
  const std::optional<Authority> authority = parse_authority(trusted_authority);
  if (!authority) return policy;

  const std::string source = authority->host + authority->port;
  const bool local = is_this_machine(authority->host);
  if (!local && !is_portal(authority->host) && aliases.count(source) == 0) return policy;
  // Production's portals are https only; a portal of this machine may have been started without it.
  if (!local || authority->scheme != "http") policy += " https://" + source;
  if (local && authority->scheme != "https") policy += " http://" + source;
  return policy;
}

}  // namespace exthost::hosting
