#pragma once

#include <deque>
#include <memory>

#include "emulator/base/clock.h"
#include "emulator/hosting/snapshot.h"

namespace exthost::hosting {

/// The snapshots of one extension that served at full five minutes lately: for who knows the service by a
/// look taken then, as the portal does (domain.md e10). Not thread-safe.
class PastSnapshots {
 public:
  static constexpr base::Duration kGrain = std::chrono::minutes(5);
  /// How far back it reaches.
  static constexpr base::Duration kReach = 2 * kGrain;

  /// `snapshot` served until `now`. Calls come in the order of time.
  void replaced(std::shared_ptr<const ExtensionSnapshot> snapshot, base::WallTime now);

  /// What served at `time`, a multiple of `kGrain` that is at most `kReach` before `now`; null: what serves
  /// now.
  std::shared_ptr<const ExtensionSnapshot> at(base::WallTime time, base::WallTime now);

 private:
  struct Past {
    std::shared_ptr<const ExtensionSnapshot> snapshot;
    base::WallTime until;
  };
  void forget_before(base::WallTime time);

  std::deque<Past> past_;  // oldest first
};

}  // namespace exthost::hosting
