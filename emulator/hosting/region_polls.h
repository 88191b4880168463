#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "emulator/base/clock.h"
#include "emulator/hosting/data_center.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/hosting/sync_plan.h"

namespace exthost::hosting {

// What a data centre's poll of an extension does, and when the next one has something to do: functions of
// values.

/// What one look at a container came to, for the data centres that poll then. Immutable.
struct Look {
  std::uint64_t changes = 0;  ///< The container's change count that it is of.
  /// The container would give the same until its change count is another one.
  bool lasting = false;
  std::optional<SyncFailure> failure;        ///< Else it was good.
  std::shared_ptr<const Revision> revision;  ///< If it was good: the newest there is.
};

/// How a data centre takes what its poll finds.
enum class Take {
  after_its_lag,  ///< At the first of its polls that is its lag or more behind this one (domain.md e5).
  at_once,
};

/// The data centre polls at `now`: it learns what the look came to, and takes what has become due. One that
/// has nothing yet takes what there is at once. True if another revision is active after it. Not for one that
/// is down.
bool poll_region(RegionDeployment& region, const DataCenter& center, base::Duration poll_interval,
                 base::WallTime now, const Look& look, Take take);

/// The next poll after `now` that can change anything but when it was and how often it failed; absent if none
/// can before the container changes. `knows_container`: its last poll saw the container as it is, and a
/// change would be told.
std::optional<base::WallTime> next_needed_poll(const RegionDeployment& region, const DataCenter& center,
                                               base::Duration poll_interval, base::WallTime now,
                                               bool knows_container);

/// How many polls that phase has after `from`, up to and with `to`.
std::uint64_t polls_between(base::Duration phase, base::Duration poll_interval, base::WallTime from,
                            base::WallTime to);

/// When a data centre that polls without a break did so last, at `now` or before.
base::WallTime previous_poll(base::Duration phase, base::Duration poll_interval, base::WallTime now);

}  // namespace exthost::hosting
