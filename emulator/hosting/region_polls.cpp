#include "emulator/hosting/region_polls.h"

#include <algorithm>

namespace exthost::hosting {
namespace {

constexpr base::Duration kTick{1};

bool take_due(RegionDeployment& region, base::WallTime now) {
  const auto later =
      std::find_if(region.pending.begin(), region.pending.end(),
                   [now](const RegionDeployment::Pending& pending) { return pending.due > now; });
  if (later == region.pending.begin()) return false;
  region.active = std::prev(later)->revision;
  region.pending.erase(region.pending.begin(), later);
  return true;
}

}  // namespace

bool poll_region(RegionDeployment& region, const DataCenter& center, base::Duration poll_interval,
                 base::WallTime now, const Look& look, Take take) {
  region.last_poll = now;
  if (look.failure) {
    region.last_error = LastError{look.failure->message, look.failure->code, look.failure->cause, now};
    return take_due(region, now);
  }
  region.last_error.reset();
  const bool was_current = region.active == look.revision;
  if (take == Take::at_once || region.active == nullptr) {
    region.pending.clear();
    region.active = look.revision;
    return !was_current;
  }
  const auto& newest = region.pending.empty() ? region.active : region.pending.back().revision;
  if (newest != look.revision) {
    region.pending.push_back({look.revision, takes_revision_at(center, poll_interval, now)});
  }
  return take_due(region, now);
}

std::optional<base::WallTime> next_needed_poll(const RegionDeployment& region, const DataCenter& center,
                                               base::Duration poll_interval, base::WallTime now,
                                               bool knows_container) {
  if (region.down) return std::nullopt;
  const base::WallTime next = next_poll(center.phase, poll_interval, now + kTick);
  if (!knows_container) return next;
  if (region.pending.empty()) return std::nullopt;
  return std::max(region.pending.front().due, next);
}

std::uint64_t polls_between(base::Duration phase, base::Duration poll_interval, base::WallTime from,
                            base::WallTime to) {
  const base::Duration between =
      previous_poll(phase, poll_interval, to) - previous_poll(phase, poll_interval, from);
  return between <= base::Duration::zero() ? 0 : static_cast<std::uint64_t>(between / poll_interval);
}

base::WallTime previous_poll(base::Duration phase, base::Duration poll_interval, base::WallTime now) {
  return next_poll(phase, poll_interval, now + kTick) - poll_interval;
}

}  // namespace exthost::hosting
