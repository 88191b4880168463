#include "tests/unit/storage/model_lease.h"

#include <chrono>
#include <utility>

namespace exthost::test::model {

std::string state_of(const Lease& lease, Time now) {
  if (lease.id.empty()) return "available";
  if (lease.broken) return now < *lease.broken ? "breaking" : "broken";
  return lease.seconds == -1 || now < lease.ends ? "leased" : "expired";
}

bool locked(const Lease& lease, Time now) {
  const std::string state = state_of(lease, now);
  return state == "leased" || state == "breaking";
}

std::string wrong_lease(const Lease& lease, const std::string& sent, const std::string& thing, Time now) {
  if (sent.empty()) return "";
  if (lease.id.empty()) return "LeaseNotPresentWith" + thing + "Operation";
  if (!locked(lease, now)) return "LeaseLost";
  return sent == lease.id ? "" : "LeaseIdMismatchWith" + thing + "Operation";
}
std::string missing_lease(const Lease& lease, const std::string& sent, const std::string& thing, Time now) {
  if (sent.empty() && locked(lease, now)) return "LeaseIdMissing";
  return wrong_lease(lease, sent, thing, now);
}

std::string act(Lease& lease, const LeaseAction& asked, Time now) {
  const std::string state = state_of(lease, now);
  const auto begin = [&](std::string id, int duration) {
    lease = Lease();
    lease.id = std::move(id);
    lease.seconds = duration;
    if (duration != -1) lease.ends = now + std::chrono::seconds(duration);
  };
  if (asked.action == "acquire") {
    const bool own = lease.id == asked.proposed;
    if (state == "breaking") return own ? "LeaseIsBreakingAndCannotBeAcquired" : "LeaseAlreadyPresent";
    if (state == "leased" && !own) return "LeaseAlreadyPresent";
    begin(asked.proposed, asked.seconds);
    return "";
  }
  if (asked.action == "renew") {
    if (lease.id.empty() || asked.id != lease.id) return "LeaseIdMismatchWithLeaseOperation";
    if (lease.broken) return "LeaseIsBrokenAndCannotBeRenewed";
    begin(lease.id, lease.seconds);
    return "";
  }
  if (asked.action == "change") {
    if (state != "leased" && state != "breaking") return "LeaseNotPresentWithLeaseOperation";
    if (asked.id != lease.id && asked.proposed != lease.id) return "LeaseIdMismatchWithLeaseOperation";
    if (state == "breaking") return "LeaseIsBreakingAndCannotBeChanged";
    lease.id = asked.proposed;
    return "";
  }
  if (asked.action == "release") {
    if (lease.id.empty() || asked.id != lease.id) return "LeaseIdMismatchWithLeaseOperation";
    lease = Lease();
    return "";
  }
  if (lease.id.empty()) return "LeaseNotPresentWithLeaseOperation";
  if (state == "broken") return "";
  // It is over when the caller wants, but never later than it would have been.
  std::optional<Time> over;
  if (state == "breaking") over = lease.broken;
  if (state == "leased" && lease.seconds != -1) over = lease.ends;
  if (state == "expired") over = now;
  std::optional<Time> wanted;
  if (asked.break_period) wanted = now + std::chrono::seconds(*asked.break_period);
  if (!over) {
    lease.broken = wanted.value_or(now);
  } else {
    lease.broken = wanted && *wanted < *over ? *wanted : *over;
  }
  return "";
}

}  // namespace exthost::test::model
