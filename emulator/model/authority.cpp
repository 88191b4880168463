// trustedAuthority and the files that may answer for it (domain.md f).

#include <algorithm>
#include <optional>

#include "emulator/base/text.h"
#include "emulator/model/cloud.h"
#include "emulator/model/environment.h"

namespace exthost::model {
namespace {

constexpr std::string_view kLocalSuffix = ".localhost";
constexpr std::size_t kLongestHost = 253;

/// Percent-decoded until nothing is left to decode: the value is seen encoded once and, by way of redirects,
/// twice.
std::optional<std::string> fully_decoded(std::string_view text) {
  constexpr int kMostTimes = 4;
  std::string current(text);
  for (int i = 0; i < kMostTimes && current.find('%') != std::string::npos; ++i) {
    auto decoded = base::percent_decode(current);
    if (!decoded) return std::nullopt;
    current = std::move(*decoded);
  }
  return current;
}

/// `https://user@host:1/path` to `host:1`.
std::string_view authority_of(std::string_view url) {
  if (const auto scheme_end = url.find("://"); scheme_end != std::string_view::npos) {
    url.remove_prefix(scheme_end + 3);
  } else if (url.starts_with("//")) {
    url.remove_prefix(2);
  }
  url = url.substr(0, url.find_first_of("/?#\\"));
  if (const auto user_end = url.rfind('@'); user_end != std::string_view::npos)
    url.remove_prefix(user_end + 1);
  return url;
}

/// The host in `host`, `host:`, `host:1`, `[::1]:1` or `::1`; nothing if there is something else.
std::optional<std::string_view> host_of(std::string_view authority) {
  if (authority == "::1") return "[::1]";
  const std::size_t host_end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  const std::string_view host = authority.substr(0, host_end);
  std::string_view port = authority.substr(host.size());
  if (port.empty()) return host;
  if (port.front() != ':') return std::nullopt;
  port.remove_prefix(1);
  const bool is_number = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? std::optional(host) : std::nullopt;
}

bool is_local_name(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > kLongestHost) return false;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return std::all_of(host.begin(), host.end(), allowed) && host.front() != '.' && host.back() != '.' &&
         host.find("..") == std::string_view::npos;
}

/// The name that an environment's file goes by (q14), or nothing if it is no host name.
std::string canonical(std::string_view host) {
  const std::string lowered = base::to_lower(host);
  if (lowered == "mpac.portal.azure.com") return "ms.portal.azure.com";
  return is_host_name(lowered) ? lowered : std::string();
}

std::optional<std::string> alias_of(std::string_view authority,
                                    const std::map<std::string, std::string>& aliases) {
  for (const auto& [other, host] : aliases) {
    if (base::equals_ignoring_case(other, authority)) return canonical(host);
  }
  return std::nullopt;
}

}  // namespace

std::string normalise_authority(std::string_view trusted_authority, std::string_view portal_host_in_force,
                                const std::map<std::string, std::string>& aliases) {
  const auto decoded = fully_decoded(trusted_authority);
  if (!decoded) return {};
  std::string lowered = base::to_lower(base::trim(*decoded));
  std::string_view authority = authority_of(lowered);
  while (authority.ends_with(':')) authority.remove_suffix(1);
  if (auto alias = alias_of(authority, aliases)) return *alias;

  const auto found = host_of(authority);
  if (!found) return {};
  std::string_view host = *found;
  const auto drop_root_dot = [&host] {
    if (host.ends_with('.')) host.remove_suffix(1);
  };
  drop_root_dot();
  while (host.ends_with(kLocalSuffix)) {
    host.remove_suffix(kLocalSuffix.size());
    drop_root_dot();
  }
  if (auto alias = alias_of(host, aliases)) return *alias;
  return canonical(is_local_name(host) ? portal_host_in_force : host);
}

std::vector<std::string> environment_candidates(std::string_view host) {
  std::vector<std::string> candidates;
  if (host.empty()) return candidates;
  candidates.emplace_back(host);
  for (auto dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.')) {
    host.remove_prefix(dot + 1);
    if (host.find('.') == std::string_view::npos) break;  // a single label is no portal's domain
    candidates.emplace_back(host);
  }
  // A portal's old name, portal.microsoftazure.cn, is also served by the file of its new one (h1).
  const PortalEnvironment* environment = find_portal_environment(candidates.front());
  const bool is_known =
      environment == nullptr || candidates.front().find('.') == std::string::npos ||
      std::find(candidates.begin(), candidates.end(), environment->portal_host) != candidates.end();
  if (!is_known) candidates.emplace_back(environment->portal_host);
  return candidates;
}

std::string environment_file_path(std::string_view host) {
  return "Content/Config/" + std::string(host) + ".json";
}

}  // namespace exthost::model
