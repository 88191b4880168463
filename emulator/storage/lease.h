#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/clock.h"
#include "emulator/storage/outcome.h"

namespace exthost::storage {

/// A lease as it is stored. What it means follows from the time it is looked at (`lease_state`), so that
/// nothing has to happen when one ends.
struct Lease {
  std::string id;  ///< Empty: there is none.
  /// Absent: infinite.
  std::optional<std::chrono::seconds> duration;
  base::WallTime ends;                        ///< When it expires; of no meaning for an infinite one.
  std::optional<base::WallTime> broken_from;  ///< Once broken: when the break period is over.
  bool operator==(const Lease&) const = default;
};

enum class LeaseState { available, leased, expired, breaking, broken };

LeaseState lease_state(const Lease& lease, base::WallTime now);
/// `leased`, as `x-ms-lease-state` has it.
std::string_view to_string(LeaseState state);
/// Nobody may write without the lease's id.
constexpr bool is_locked(LeaseState state) {
  return state == LeaseState::leased || state == LeaseState::breaking;
}

/// What a client asks of a lease (Lease Blob, Lease Container).
struct LeaseAction {
  enum class Kind { acquire, renew, change, release, break_it };
  Kind kind = Kind::acquire;
  std::string id;                                    ///< The lease's own; of acquire and break: not used.
  std::string proposed_id;                           ///< Of acquire and change; acquire must have one.
  std::optional<std::chrono::seconds> duration;      ///< Of acquire; absent: infinite.
  std::optional<std::chrono::seconds> break_period;  ///< Of break; absent: what the lease allows.
};

/// The lease as the action leaves it, or Reason::lease_refused with Azure's code. Pure; the table of
/// transitions is that of Lease Blob in the Azure Storage reference.
Outcome<Lease> apply_lease_action(const Lease& lease, const LeaseAction& action, base::WallTime now);

/// How long a broken lease still locks, in whole seconds, rounded up.
std::chrono::seconds remaining_break(const Lease& lease, base::WallTime now);

/// The kind of thing that is leased: it stands in the codes.
enum class LeasedThing { blob, container };
/// Whether a write (or a deletion) with this `x-ms-lease-id` (empty: none was sent) may go on:
/// Reason::lease_refused with LeaseIdMissing, LeaseIdMismatchWith…Operation, LeaseNotPresentWith…Operation or
/// LeaseLost.
std::optional<Failure> refuse_unleased_write(const Lease& lease, std::string_view id, LeasedThing thing,
                                             base::WallTime now);
/// The same where the lease's id need not be sent, and must fit if it is.
std::optional<Failure> refuse_wrong_lease(const Lease& lease, std::string_view id, LeasedThing thing,
                                          base::WallTime now);
/// What a write leaves of a lease: one that has ended is forgotten, so that it can't be renewed over the
/// change.
Lease after_write(const Lease& lease, base::WallTime now);

}  // namespace exthost::storage
