#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/environment.h"
#include "emulator/model/resolution.h"

namespace exthost::model {

/// What the hosting service has of one extension: everything that decides about its answers, as values and
/// as functions that always answer the same.
struct HostedState {
  /// What one good sync found.
  struct Config {
    std::shared_ptr<const Deployment> deployment;  ///< Never null.
    base::WallTime synced_at;
  };
  /// What one region has of it.
  struct InRegion {
    std::optional<Config> active;           ///< Absent: nothing was ever synced there.
    std::optional<Config> pending;          ///< Found, but the region has not taken it yet.
    base::WallTime pending_due;             ///< When it does, if something is pending.
    std::optional<base::Error> last_error;  ///< Of its last look at the container, if that failed.
    bool down = false;                      ///< Its data centre answers nobody.
  };

  std::string hosting_service_name;
  std::string container;                                        ///< Its URL.
  std::function<InRegion(std::string_view region)> in_region;   ///< `region` is normalised.
  std::function<bool(std::string_view version)> holds_version;  ///< Whether the version's files are there.
  /// A file of a version by its path, as PackageFileReader has it.
  std::function<base::Result<std::optional<std::string>>(std::string_view version, std::string_view path)>
      read_file;
  StampCase stamp_case = StampCase::ignored_if_unique;
  EnvironmentRules environment_rules;
};

/// A name that a URL may have for a version.
struct KnownStamp {
  std::string name;
  std::string version;
  StampKind kind = StampKind::none;
};

/// Every stage, in rollout order, and then every friendly name, in file order.
std::vector<KnownStamp> stamps_of(const Deployment& deployment);

struct HostingQuestion {
  std::string region;               ///< Normalised.
  std::string stamp;                ///< Or empty.
  std::optional<std::string> host;  ///< As normalise_authority gives it; absent: settings are of no interest.
};

/// What a request to the hosting service gets, and why.
struct HostingAnswer {
  Resolution resolution;                         ///< Its own reasons are the middle part of `reasons`.
  std::vector<KnownStamp> stamps;                ///< Of the config.json in force in the region.
  std::string host;                              ///< As asked for.
  std::optional<EnvironmentConfig> environment;  ///< Set if the settings were asked for and are there.
  std::optional<base::Error> environment_failure;
  std::string config_source;    ///< Which config.json is in force: the container and the time; or empty.
  std::vector<Reason> reasons;  ///< All of them, in the order in which the rules were applied.
  int status = 200;             ///< What the user's browser gets: 200, 400, 404 or 503.

  /// Why there is no page, or null.
  const base::Error* failure() const;
};

/// The one function behind every answer about hosting (q7): which config.json is in force in the region (e3,
/// e5, e7), which version it gives (resolve_version), and which settings file goes with the portal's host
/// (load_environment).
HostingAnswer answer_request(const HostedState& state, const HostingQuestion& question);

/// resolve_version as the hosting service asks it: a build number names one of the config's versions (q21).
Resolution resolve_request(const Deployment& deployment, std::string_view region, std::string_view stamp,
                           StampCase letter_case = StampCase::ignored_if_unique);

/// Whether a normalised name could be a region's, known or not. A request that names anything else is refused
/// with 400.
bool is_region_name(std::string_view name);

/// The HTTP status of a refusal to serve a page, by the error's code: 503 while nothing was synced or the
/// data centre is down, 404 for an extension or a stamp that does not exist (domain.md, Appendix B), 400 if
/// the version has no settings for the portal (domain.md f, rule 4).
int status_of_refusal(std::string_view code);

}  // namespace exthost::model
