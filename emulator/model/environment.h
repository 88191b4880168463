#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/model/problem.h"

namespace exthost::model {

/// A portal host as `trustedAuthority` names it, in every form seen: with a scheme, a port, a trailing colon,
/// percent-encoded, any letter case (domain.md f). Then a `.localhost` suffix is dropped, and a bare local
/// name
/// (`localhost`, `127.0.0.1`, `[::1]`, with or without port) becomes `portal_host_in_force`. Empty if there
/// is no host in it. `aliases` maps further authorities, with or without port, as settings give them
/// (`authorityAliases`); they come first. `mpac.portal.azure.com` becomes `ms.portal.azure.com` (q14). What
/// is no host name gives an empty string too. Idempotent.
std::string normalise_authority(std::string_view trusted_authority, std::string_view portal_host_in_force,
                                const std::map<std::string, std::string>& aliases = {});

/// The hosts whose file may answer for `host`, best first: `ms.portal.azure.com`, `portal.azure.com`,
/// `azure.com` (domain.md f, rule 3; q10). Last comes the environment's own host, if `host` is an old name of
/// it.
std::vector<std::string> environment_candidates(std::string_view host);

/// `Content/Config/<host>.json`.
std::string environment_file_path(std::string_view host);
inline constexpr std::string_view kDefaultEnvironmentPath = "Content/Config/default.json";

/// What an extension sees as `window.fx.environment`'s settings, and where they came from.
struct EnvironmentConfig {
  std::string settings;   ///< A JSON object as text: default.json overlaid, one level deep (q9), by the
                          ///< environment's file.
  std::string host;       ///< The host that was asked for.
  std::string file;       ///< `Content/Config/portal.azure.com.json`
  bool fallback = false;  ///< The file belongs to a more generic host.
  std::vector<std::string>
      overridden;  ///< Keys of default.json that the environment's file replaced, in its order.
  std::vector<Problem> problems;  ///< Notes and warnings: a byte-order mark, a whole object replaced (q9).
};

struct EnvironmentRules {
  bool deep_merge = false;  ///< Merge objects key by key at every depth; production's way is not known (q9).
  bool default_may_be_missing = false;  ///< Legacy zips: the base is then `{}`, with a warning (q16).
};

/// Reads a file of the version by path, letter case ignored; absent if the package has none.
using PackageFileReader = std::function<base::Result<std::optional<std::string>>(std::string_view path)>;

/// Picks and merges. Errors: `not_found` with kNoEnvironmentFile, naming the files tried and the hosts that
/// have one (the answer is then HTTP 400, domain.md f rule 4); `invalid_input` if a file is not a JSON object
/// (kEnvironmentNotJson), or kDefaultEnvironmentMissing if there is no default.json (q16). `host` is
/// normalised; failures of `read` are passed on.
base::Result<EnvironmentConfig> load_environment(std::string_view host, const PackageFileReader& read,
                                                 const EnvironmentRules& rules = {});

}  // namespace exthost::model
