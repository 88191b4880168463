#include "emulator/storage/lease.h"

#include <algorithm>

#include "emulator/base/text.h"

namespace exthost::storage {
namespace {

using Kind = LeaseAction::Kind;

Failure refused(std::string_view code) {
  return {Reason::lease_refused, "the lease does not allow it: " + std::string(code), std::string(code)};
}

// Ids are GUIDs, which clients write in either case.
bool same(std::string_view left, std::string_view right) {
  return base::equals_ignoring_case(left, right);
}

Lease started(std::string id, std::optional<std::chrono::seconds> duration, base::WallTime now) {
  Lease lease;
  lease.id = std::move(id);
  lease.duration = duration;
  if (duration) lease.ends = now + *duration;
  return lease;
}

Outcome<Lease> acquire(const Lease& lease, LeaseState state, const LeaseAction& action, base::WallTime now) {
  const bool own = same(lease.id, action.proposed_id);
  if (state == LeaseState::leased && !own) return refused("LeaseAlreadyPresent");
  if (state == LeaseState::breaking) {
    return refused(own ? "LeaseIsBreakingAndCannotBeAcquired" : "LeaseAlreadyPresent");
  }
  return started(action.proposed_id, action.duration, now);
}

Outcome<Lease> renew(const Lease& lease, LeaseState state, const LeaseAction& action, base::WallTime now) {
  if (state == LeaseState::available || !same(lease.id, action.id)) {
    return refused("LeaseIdMismatchWithLeaseOperation");
  }
  if (state == LeaseState::breaking || state == LeaseState::broken) {
    return refused("LeaseIsBrokenAndCannotBeRenewed");
  }
  return started(lease.id, lease.duration, now);
}

Outcome<Lease> change(const Lease& lease, LeaseState state, const LeaseAction& action) {
  if (!is_locked(state)) return refused("LeaseNotPresentWithLeaseOperation");
  // A change that is sent again finds its new id in force.
  const bool own = same(lease.id, action.id) || same(lease.id, action.proposed_id);
  if (!own) return refused("LeaseIdMismatchWithLeaseOperation");
  if (state == LeaseState::breaking) return refused("LeaseIsBreakingAndCannotBeChanged");
  Lease changed = lease;
  changed.id = action.proposed_id;
  return changed;
}

Outcome<Lease> release(const Lease& lease, LeaseState state, const LeaseAction& action) {
  if (state == LeaseState::available || !same(lease.id, action.id)) {
    return refused("LeaseIdMismatchWithLeaseOperation");
  }
  return Lease();
}

Outcome<Lease> break_it(const Lease& lease, LeaseState state, const LeaseAction& action, base::WallTime now) {
  if (state == LeaseState::available) return refused("LeaseNotPresentWithLeaseOperation");
  Lease broken = lease;
  if (state == LeaseState::broken) return broken;
  // A break never makes a lease longer than it would have been.
  std::optional<base::WallTime> latest;
  if (state == LeaseState::breaking) {
    latest = lease.broken_from;
  } else if (lease.duration) {
    latest = std::max(lease.ends, now);
  }
  const std::optional<base::WallTime> wanted =
      action.break_period ? std::optional<base::WallTime>(now + *action.break_period) : std::nullopt;
  if (latest && wanted) {
    broken.broken_from = std::min(*latest, *wanted);
  } else {
    broken.broken_from = wanted ? *wanted : latest.value_or(now);
  }
  return broken;
}

std::string code_for(std::string_view what, LeasedThing thing) {
  return std::string(what) + (thing == LeasedThing::blob ? "BlobOperation" : "ContainerOperation");
}

}  // namespace

LeaseState lease_state(const Lease& lease, base::WallTime now) {
  if (lease.id.empty()) return LeaseState::available;
  if (lease.broken_from) return now < *lease.broken_from ? LeaseState::breaking : LeaseState::broken;
  if (lease.duration && now >= lease.ends) return LeaseState::expired;
  return LeaseState::leased;
}

std::string_view to_string(LeaseState state) {
  switch (state) {
    case LeaseState::available:
      return "available";
    case LeaseState::leased:
      return "leased";
    case LeaseState::expired:
      return "expired";
    case LeaseState::breaking:
      return "breaking";
    case LeaseState::broken:
      return "broken";
  }
  return "available";
}

Outcome<Lease> apply_lease_action(const Lease& lease, const LeaseAction& action, base::WallTime now) {
  const LeaseState state = lease_state(lease, now);
  switch (action.kind) {
    case Kind::acquire:
      return acquire(lease, state, action, now);
    case Kind::renew:
      return renew(lease, state, action, now);
    case Kind::change:
      return change(lease, state, action);
    case Kind::release:
      return release(lease, state, action);
    case Kind::break_it:
      return break_it(lease, state, action, now);
  }
  base::abort_with("a lease action that is none");
}

std::chrono::seconds remaining_break(const Lease& lease, base::WallTime now) {
  if (!lease.broken_from || *lease.broken_from <= now) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(*lease.broken_from - now);
}

std::optional<Failure> refuse_unleased_write(const Lease& lease, std::string_view id, LeasedThing thing,
                                             base::WallTime now) {
  if (id.empty() && is_locked(lease_state(lease, now))) return refused("LeaseIdMissing");
  return refuse_wrong_lease(lease, id, thing, now);
}

std::optional<Failure> refuse_wrong_lease(const Lease& lease, std::string_view id, LeasedThing thing,
                                          base::WallTime now) {
  if (id.empty()) return std::nullopt;
  const LeaseState state = lease_state(lease, now);
  if (state == LeaseState::available) return refused(code_for("LeaseNotPresentWith", thing));
  if (!is_locked(state)) return refused("LeaseLost");
  if (!same(lease.id, id)) return refused(code_for("LeaseIdMismatchWith", thing));
  return std::nullopt;
}

Lease after_write(const Lease& lease, base::WallTime now) {
  return is_locked(lease_state(lease, now)) ? lease : Lease();
}

}  // namespace exthost::storage
