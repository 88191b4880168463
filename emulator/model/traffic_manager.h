#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/model/cloud.h"

namespace exthost::model {

/// A place on Earth, in degrees.
struct Location {
  double latitude = 0;
  double longitude = 0;
};

/// Reads `47.6,-122.3`: latitude -90 to 90, longitude -180 to 180. Absent if it is anything else.
std::optional<Location> parse_location(std::string_view text);

/// Where Traffic Manager's Performance profile sends a user: the nearest region of `cloud` by great-circle
/// distance that has a portal and of which `healthy` says so (domain.md h5). Distance stands in for latency.
/// Null if there is none.
const Region* nearest_region(Location user, Cloud cloud, std::span<const Region> regions,
                             const std::function<bool(const Region&)>& healthy);

/// Whether a region's data centre answers. Null stands for: all do.
using RegionIsUp = std::function<bool(std::string_view region)>;

/// Which region answers those who would be answered by `region`: itself if it is up or not in the catalogue,
/// else the nearest to it of its cloud that is up; empty if none is.
std::string_view answering_region(std::string_view region, const RegionIsUp& is_up);

}  // namespace exthost::model
