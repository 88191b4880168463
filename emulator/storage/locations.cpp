#include "emulator/storage/locations.h"

#include <utility>

#include "emulator/model/codes.h"

namespace exthost::storage {
namespace {

bool primary_is_down(Outage outage) {
  return outage == Outage::primary || outage == Outage::both;
}
bool secondary_is_down(Outage outage) {
  return outage == Outage::secondary || outage == Outage::both;
}

base::Error refused(std::string message) {
  return {base::ErrorKind::conflict, std::move(message), std::string(model::codes::kFailoverRefused)};
}

}  // namespace

base::Result<void> check_failover(std::string_view account, Outage outage, const Failovers& failed_over) {
  const std::string name(account);
  if (failed_over.find(account) != failed_over.end()) {
    return refused(name +
                   " failed over before and is locally redundant: it has no secondary location to "
                   "fail over to until 'exthost-emu storage failback'");
  }
  if (secondary_is_down(outage))
    return refused(name + " cannot fail over: its secondary location is out as well");
  return {};
}

base::Result<void> check_failback(std::string_view account, Outage outage, const Failovers& failed_over) {
  const std::string name(account);
  if (failed_over.find(account) == failed_over.end())
    return refused(name + " has not failed over: its primary location serves it");
  if (outage != Outage::none) {
    return refused(name + " cannot fail back while an outage is on (" + std::string(to_string(outage)) +
                   "): what was written since must be copied to the primary location");
  }
  return {};
}

Failovers Locations::failovers() const {
  return failed_over_.with([](const Failovers& current) { return current; });
}

void Locations::set_failovers(Failovers failed_over) {
  failed_over_.with([&](Failovers& current) {
    current.swap(failed_over);
    any_failed_over_.store(!current.empty());
  });
}

bool Locations::has_secondary(std::string_view account) const {
  if (!any_failed_over_.load()) return true;
  return failed_over_.with(
      [account](const Failovers& current) { return current.find(account) == current.end(); });
}

bool Locations::is_out(std::string_view account, bool secondary) const {
  const Outage outage = outage_.load();
  if (outage == Outage::none) return false;
  if (has_secondary(account)) return secondary ? secondary_is_down(outage) : primary_is_down(outage);
  return !secondary && secondary_is_down(outage);
}

}  // namespace exthost::storage
