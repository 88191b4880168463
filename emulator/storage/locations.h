#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/clock.h"
#include "emulator/base/guarded.h"
#include "emulator/base/result.h"
#include "emulator/storage/outage.h"

namespace exthost::storage {

/// Accounts that failed over, and when.
using Failovers = std::map<std::string, base::WallTime, std::less<>>;

/// Whether `account` may fail over to its secondary location, as Azure's customer-managed failover does
/// (domain.md a9): it has a secondary that is up. `conflict` (kFailoverRefused).
base::Result<void> check_failover(std::string_view account, Outage outage, const Failovers& failed_over);

/// Whether it may go back: it failed over, and both locations are up, since what the primary location lacks
/// is copied there first.
base::Result<void> check_failback(std::string_view account, Outage outage, const Failovers& failed_over);

/// Which location each account's endpoints are served from, and which locations are down. Both may change
/// while requests are answered.
///
/// Both locations read one store, so that a failover loses no write, and takes no time. An account that
/// failed over is served from its secondary location and is locally redundant: it has no `-secondary`
/// endpoint until it fails back. Thread-safe.
class Locations {
 public:
  explicit Locations(Outage outage = Outage::none) : outage_(outage) {}

  Outage outage() const { return outage_.load(); }
  /// Returns what was in force before.
  Outage set_outage(Outage outage) { return outage_.exchange(outage); }

  Failovers failovers() const;
  void set_failovers(Failovers failed_over);

  /// Of an account that nobody knows as of any other.
  bool has_secondary(std::string_view account) const;
  /// Whether the account's endpoint, or its `-secondary` alias, answers 503. One that is not there is not
  /// out.
  bool is_out(std::string_view account, bool secondary) const;

 private:
  std::atomic<Outage> outage_;
  std::atomic<bool> any_failed_over_{false};  // so that most requests take no lock
  base::Guarded<Failovers> failed_over_;
};

}  // namespace exthost::storage
