#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/hosting/cdn_rules.h"
#include "emulator/hosting/data_center.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/http/message.h"
#include "emulator/model/environment.h"
#include "emulator/model/resolution.h"

namespace exthost::hosting {

/// What every answer is made with besides the snapshot of its extension. Immutable.
struct ServingRules {
  Fidelity fidelity = Fidelity::dev;
  std::string default_region;
  std::string portal_host;
  std::map<std::string, std::string> authority_aliases;
  std::vector<std::string> portal_origins;
  HostingLimits limits;
  model::EnvironmentRules environment;
  model::StampCase stamp_case = model::StampCase::ignored_if_unique;
  CdnSettings cdn{};
};

/// The version that answers a request, in the deployment that is active in the request's region.
struct Selection {
  std::shared_ptr<const Revision> revision;  ///< Null: nothing was ever synced there, and the rest is empty.
  model::Resolution resolution;
  const HeldVersion* version =
      nullptr;  ///< Set exactly if the resolution found one. Lives as long as the snapshot.
};

/// What a region has of the extension. `snapshot.regions` is parallel to `centers`. A region that is no data
/// centre of ours is answered by the first one that has something, as Front Door would find one; null if none
/// has.
const RegionDeployment* deployment_in(const ExtensionSnapshot& snapshot,
                                      const std::vector<DataCenter>& centers, std::string_view region);

Selection select_version(const ExtensionSnapshot& snapshot, const std::vector<DataCenter>& centers,
                         std::string_view region, std::string_view stamp,
                         model::StampCase letter_case = model::StampCase::ignored_if_unique);

/// What a revision serves in a region to requests without a stamp; both empty for no revision.
struct StageVersion {
  std::string stage;
  std::string version;
};
StageVersion default_version(const Revision* revision, std::string_view region);

/// The region that a request names (query `region`, else header `x-exthost-region`), else the default,
/// normalised. Absent if it could not be a region's name.
std::optional<std::string> region_of(const http::Request& request, const ServingRules& rules);

/// The region whose data centre answers a request: the one that it names, else the default one, or while that
/// is down the nearest to it that is up. `invalid_input` (kBadTarget) for what could be no region's name,
/// `unavailable` (kRegionDown) if the one that was named is down, or all are.
base::Result<std::string> answering_region(const http::Request& request, const ServingRules& rules,
                                           const ExtensionSnapshot& snapshot,
                                           const std::vector<DataCenter>& centers);

/// The portal host that bare `localhost` and a missing authority stand for: that of the hosting host asked
/// for, if it is one of production's (`ms.hosting.portal.azure.net.localhost`), else the one in the settings.
std::string portal_in_force(const http::Request& request, const ServingRules& rules);

}  // namespace exthost::hosting
