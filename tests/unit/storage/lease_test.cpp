// What each action makes of a lease in each state, and what the lease then allows.
#include "emulator/storage/lease.h"

#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::storage;
using namespace std::chrono_literals;
using Kind = LeaseAction::Kind;

namespace {

const base::WallTime kNow{base::Duration{1'700'000'000'000}};

LeaseAction action(Kind kind, const std::string& id, const std::string& proposed = "") {
  LeaseAction action;
  action.kind = kind;
  action.id = id;
  action.proposed_id = proposed;
  action.duration = 30s;
  return action;
}

Lease make(LeaseState state) {
  Lease lease;
  if (state == LeaseState::available) return lease;
  lease.id = "A";
  lease.duration = 30s;
  lease.ends = state == LeaseState::expired ? kNow : kNow + 20s;
  if (state == LeaseState::breaking) lease.broken_from = kNow + 10s;
  if (state == LeaseState::broken) lease.broken_from = kNow;
  return lease;
}

std::string after(LeaseState state, const LeaseAction& action) {
  const auto lease = apply_lease_action(make(state), action, kNow);
  if (!lease) return lease.failure().code;
  const LeaseState now = lease_state(*lease, kNow);
  return std::string(to_string(now)) + (lease->id.empty() ? "" : " " + lease->id);
}

constexpr LeaseState kStates[] = {LeaseState::available, LeaseState::leased, LeaseState::breaking,
                                  LeaseState::broken, LeaseState::expired};

}  // namespace

TEST_CASE("Each action in each state has Azure's outcome") {
  const std::string present = "LeaseAlreadyPresent";
  const std::string mismatch = "LeaseIdMismatchWithLeaseOperation";
  const std::string none = "LeaseNotPresentWithLeaseOperation";
  const std::string no_renewal = "LeaseIsBrokenAndCannotBeRenewed";
  struct Row {
    const char* name;
    LeaseAction action;
    std::string outcomes[5];  // available, leased, breaking, broken, expired; the lease there is A
  };
  const Row rows[] = {
      {"acquire A",
       action(Kind::acquire, "", "A"),
       {"leased A", "leased A", "LeaseIsBreakingAndCannotBeAcquired", "leased A", "leased A"}},
      {"acquire B", action(Kind::acquire, "", "B"), {"leased B", present, present, "leased B", "leased B"}},
      {"renew A", action(Kind::renew, "A"), {mismatch, "leased A", no_renewal, no_renewal, "leased A"}},
      {"renew B", action(Kind::renew, "B"), {mismatch, mismatch, mismatch, mismatch, mismatch}},
      {"change A to B",
       action(Kind::change, "A", "B"),
       {none, "leased B", "LeaseIsBreakingAndCannotBeChanged", none, none}},
      {"change B to A",
       action(Kind::change, "B", "A"),
       {none, "leased A", "LeaseIsBreakingAndCannotBeChanged", none, none}},
      {"change B to C", action(Kind::change, "B", "C"), {none, mismatch, mismatch, none, none}},
      {"release A",
       action(Kind::release, "A"),
       {mismatch, "available", "available", "available", "available"}},
      {"release B", action(Kind::release, "B"), {mismatch, mismatch, mismatch, mismatch, mismatch}},
      {"break", action(Kind::break_it, ""), {none, "breaking A", "breaking A", "broken A", "broken A"}},
  };
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < 5; ++i) {
      CAPTURE(row.name, to_string(kStates[i]));
      CHECK(after(kStates[i], row.action) == row.outcomes[i]);
    }
  }
}

TEST_CASE("A break takes the period asked for, and never longer than the lease had left") {
  LeaseAction breaks = action(Kind::break_it, "");
  const auto left = [&](const Lease& lease, std::optional<std::chrono::seconds> period) {
    breaks.break_period = period;
    return remaining_break(*apply_lease_action(lease, breaks, kNow), kNow);
  };
  CHECK(left(make(LeaseState::leased), std::nullopt) == 20s);
  CHECK(left(make(LeaseState::leased), 5s) == 5s);
  CHECK(left(make(LeaseState::leased), 60s) == 20s);
  CHECK(left(make(LeaseState::breaking), std::nullopt) == 10s);
  CHECK(left(make(LeaseState::breaking), 60s) == 10s);
  CHECK(left(make(LeaseState::breaking), 0s) == 0s);
  Lease infinite;
  infinite.id = "A";
  CHECK(left(infinite, std::nullopt) == 0s);
  CHECK(left(infinite, 60s) == 60s);
}

TEST_CASE("An infinite lease does not expire, and a finite one runs anew when it is renewed") {
  Lease infinite;
  infinite.id = "A";
  CHECK(lease_state(infinite, kNow + std::chrono::hours(100'000)) == LeaseState::leased);
  const Lease lease = make(LeaseState::leased);
  CHECK(lease_state(lease, kNow + 19s) == LeaseState::leased);
  CHECK(lease_state(lease, kNow + 20s) == LeaseState::expired);
  const auto renewed = apply_lease_action(lease, action(Kind::renew, "A"), kNow + 19s);
  CHECK(lease_state(*renewed, kNow + 48s) == LeaseState::leased);
  CHECK(lease_state(*renewed, kNow + 49s) == LeaseState::expired);
}

TEST_CASE("A write needs the id of a lease in force, and none of another") {
  struct Row {
    LeaseState state;
    const char* without_id;
    const char* with_its_id;
    const char* with_another;
  };
  const Row rows[] = {
      {LeaseState::available, "", "LeaseNotPresentWithBlobOperation", "LeaseNotPresentWithBlobOperation"},
      {LeaseState::leased, "LeaseIdMissing", "", "LeaseIdMismatchWithBlobOperation"},
      {LeaseState::breaking, "LeaseIdMissing", "", "LeaseIdMismatchWithBlobOperation"},
      {LeaseState::broken, "", "LeaseLost", "LeaseLost"},
      {LeaseState::expired, "", "LeaseLost", "LeaseLost"},
  };
  for (const Row& row : rows) {
    CAPTURE(to_string(row.state));
    const auto code = [&](const char* id) {
      const auto refusal = refuse_unleased_write(make(row.state), id, LeasedThing::blob, kNow);
      return refusal ? refusal->code : std::string();
    };
    CHECK(code("") == row.without_id);
    CHECK(code("a") == row.with_its_id);  // ids are GUIDs: letter case means nothing
    CHECK(code("B") == row.with_another);
    CHECK_FALSE(refuse_wrong_lease(make(row.state), "", LeasedThing::blob, kNow));
  }
  CHECK(refuse_wrong_lease(make(LeaseState::leased), "B", LeasedThing::container, kNow)->code ==
        "LeaseIdMismatchWithContainerOperation");
}

TEST_CASE("A write over a lease that has ended leaves nothing to renew") {
  CHECK(after_write(make(LeaseState::leased), kNow).id == "A");
  CHECK(after_write(make(LeaseState::breaking), kNow).id == "A");
  CHECK(after_write(make(LeaseState::expired), kNow).id.empty());
  CHECK(after_write(make(LeaseState::broken), kNow).id.empty());
}
