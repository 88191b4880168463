#pragma once

#include <optional>
#include <string>

#include "emulator/base/clock.h"

/// Leases, said again in the plainest way (account_model.h).
namespace exthost::test::model {

using Time = base::WallTime;

struct Lease {
  std::string id;              // empty: none
  int seconds = -1;            // -1: for ever
  Time ends;                   // unless for ever
  std::optional<Time> broken;  // broken, and from then on over
};

/// `available`, `leased`, `expired`, `breaking` or `broken`.
std::string state_of(const Lease& lease, Time now);
bool locked(const Lease& lease, Time now);

/// The code with which the lease of a `Blob` or a `Container` refuses a request that has sent this id, or
/// empty; the second, where one must be sent.
std::string wrong_lease(const Lease& lease, const std::string& sent, const std::string& thing, Time now);
std::string missing_lease(const Lease& lease, const std::string& sent, const std::string& thing, Time now);

struct LeaseAction {
  std::string action;  // as in the header
  std::string id;
  std::string proposed;
  int seconds = -1;
  std::optional<int> break_period;
};
/// Changes the lease as Lease Blob and Lease Container say; the code that refuses it, or empty.
std::string act(Lease& lease, const LeaseAction& asked, Time now);

}  // namespace exthost::test::model
