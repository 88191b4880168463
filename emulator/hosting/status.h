#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/hosting/data_center.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/hosting/selection.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/model/hosting_answer.h"

namespace exthost::hosting {

// What the control API shows of an extension: functions of its snapshot.

ExtensionStatus describe_extension(const ExtensionSnapshot& snapshot,
                                   std::optional<base::WallTime> last_sync);

/// A data centre's row, but for the times of its polls.
RegionStatus describe_region(const ExtensionSnapshot& snapshot, const DataCenter& center,
                             const RegionDeployment& deployment);

/// The extension as model::answer_request asks about it. Holds the snapshot; `centers` must outlive it.
model::HostedState hosted_state(std::shared_ptr<const ExtensionSnapshot> snapshot,
                                const std::vector<DataCenter>& centers, const ServingRules& rules);

}  // namespace exthost::hosting
