#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/hosting/data_center.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/hosting/selection.h"
#include "emulator/hosting/snapshot.h"

namespace exthost::hosting {

// What the control API shows of an extension: functions of its snapshot.

/// Every stage, in rollout order, and then every friendly name, in file order.
std::vector<Explanation::Stamp> stamps_of(const model::Deployment& deployment);

ExtensionStatus describe_extension(const ExtensionSnapshot& snapshot,
                                   std::optional<base::WallTime> last_sync);

/// When syncs were and will be, for describe_regions.
struct PollTimes {
  std::optional<base::WallTime> last_sync;
  std::optional<base::WallTime> next_poll;  ///< Of the extension. Absent: no poll is due.
  base::WallTime now;
  base::Duration interval{0};
  Fidelity fidelity = Fidelity::dev;  ///< In `dev` all data centres share the extension's poll.
};

/// A row for each data centre, in their order.
std::vector<RegionStatus> describe_regions(const ExtensionSnapshot& snapshot,
                                           const std::vector<DataCenter>& centers, const PollTimes& times);

/// See HostingService::explain.
Explanation explain_request(const ExtensionSnapshot& snapshot, const std::vector<DataCenter>& centers,
                            const ServingRules& rules, std::string_view region, std::string_view stamp,
                            std::string_view authority);

}  // namespace exthost::hosting
