#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/hosting/data_center.h"

namespace exthost::hosting {

/// What every region serves, worked out the long way: each poll of each data centre is made, one after the
/// other (domain.md e). It shares no rule with the program, so a rule that changes is written twice. Only the
/// data centres' phases and lags come from there.
class RolloutModel {
 public:
  /// The version of each of the five stages; what a good config.json says.
  using Content = std::vector<std::string>;

  struct Container {
    std::optional<Content> config;  ///< Absent: it is no valid one.
    std::set<std::string> zips;
    bool reachable = true;
  };

  struct Region {
    std::string name;
    base::Duration phase{0}, lag{0};
    std::optional<Content> active;
    std::deque<std::pair<Content, base::WallTime>> coming;
    bool failing = false, down = false;
  };

  RolloutModel(const std::vector<DataCenter>& centers, base::WallTime start, bool at_once)
      : now_(start), at_once_(at_once) {
    for (const DataCenter& center : centers)
      regions.push_back({center.region, center.phase, center.lag, {}, {}});
  }

  Container container;
  std::vector<Region> regions;

  void advance(base::Duration by) {
    const base::WallTime end = now_ + by;
    for (;;) {
      base::WallTime next = end + base::Duration(1);
      for (const Region& region : regions) next = std::min(next, poll_after(region, now_));
      if (next > end) break;
      now_ = next;
      for (Region& region : regions) {
        if (poll_after(region, now_ - base::Duration(1)) == now_) poll(region, at_once_);
      }
    }
    now_ = end;
  }

  /// Whatever the phases are: at a start, or when somebody asks for it.
  void poll_now(bool taking_at_once, std::optional<std::size_t> only = std::nullopt) {
    for (std::size_t i = 0; i < regions.size(); ++i) {
      if (!only || *only == i) poll(regions[i], taking_at_once || at_once_);
    }
  }

  /// All data centres end and begin again with what they had.
  void restart() {
    for (Region& region : regions) region.failing = region.down = false;
    poll_now(false);
  }

  static std::string served_by(const Region& region) {
    if (!region.active) return "";
    static const std::map<std::string, std::size_t> kStages = {
        {"centraluseuap", 0}, {"westcentralus", 1}, {"southcentralus", 2}, {"westus", 3}};
    const auto stage = kStages.find(region.name);
    return (*region.active)[stage == kStages.end() ? 4 : stage->second];
  }

  static std::string health_of(const Region& region) {
    if (region.down) return "down";
    if (!region.active) return "never-synced";
    return region.failing ? "last-good" : "healthy";
  }

  bool any_failing() const {
    return std::any_of(regions.begin(), regions.end(),
                       [](const Region& region) { return region.failing && !region.down; });
  }

 private:
  static constexpr base::Duration kInterval{60'000};

  static base::WallTime poll_after(const Region& region, base::WallTime time) {
    const auto since = (time.time_since_epoch() - region.phase).count();
    return base::WallTime(base::Duration((since / kInterval.count() + 1) * kInterval.count())) + region.phase;
  }

  /// What a look sees. Zips that are there are fetched once and then kept, also if others are missing.
  std::optional<Content> look() {
    if (!container.reachable || !container.config) return std::nullopt;
    bool complete = true;
    for (const std::string& version : *container.config) {
      if (container.zips.count(version) > 0) held_.insert(version);
      complete = complete && held_.count(version) > 0;
    }
    return complete ? container.config : std::nullopt;
  }

  void poll(Region& region, bool taking_at_once) {
    if (region.down) return;
    const std::optional<Content> seen = look();
    region.failing = !seen.has_value();
    if (seen && (taking_at_once || !region.active)) {
      region.active = seen;
      region.coming.clear();
    } else if (seen && *seen != (region.coming.empty() ? *region.active : region.coming.back().first)) {
      region.coming.emplace_back(*seen, poll_after(region, now_ + region.lag - base::Duration(1)));
    }
    while (!region.coming.empty() && region.coming.front().second <= now_) {
      region.active = region.coming.front().first;
      region.coming.pop_front();
    }
  }

  base::WallTime now_;
  bool at_once_;
  std::set<std::string> held_;
};

}  // namespace exthost::hosting
