#include "emulator/model/traffic_manager.h"

#include <charconv>
#include <cmath>

#include "emulator/base/text.h"

namespace exthost::model {
namespace {

constexpr double kRadiansPerDegree = 3.14159265358979323846 / 180.0;

/// Grows with the great-circle distance: the haversine of the angle between the two places.
double haversine(Location a, Location b) {
  const double half_latitude = (b.latitude - a.latitude) * kRadiansPerDegree / 2;
  const double half_longitude = (b.longitude - a.longitude) * kRadiansPerDegree / 2;
  const double s = std::sin(half_latitude);
  const double t = std::sin(half_longitude);
  return s * s + std::cos(a.latitude * kRadiansPerDegree) * std::cos(b.latitude * kRadiansPerDegree) * t * t;
}

std::optional<double> parse_degrees(std::string_view text, double limit) {
  text = base::trim(text);
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) <= limit))
    return std::nullopt;
  return value;
}

}  // namespace

std::optional<Location> parse_location(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const std::optional<double> latitude = parse_degrees(text.substr(0, comma), 90);
  const std::optional<double> longitude = parse_degrees(text.substr(comma + 1), 180);
  if (!latitude || !longitude) return std::nullopt;
  return Location{*latitude, *longitude};
}

const Region* nearest_region(Location user, Cloud cloud, std::span<const Region> regions,
                             const std::function<bool(const Region&)>& healthy) {
  const Region* nearest = nullptr;
  double shortest = 0;
  for (const Region& region : regions) {
    if (region.cloud != cloud || !region.has_portal || !healthy(region)) continue;
    const double distance = haversine(user, Location{region.latitude, region.longitude});
    if (nearest == nullptr || distance < shortest) {
      nearest = &region;
      shortest = distance;
    }
  }
  return nearest;
}

std::string_view answering_region(std::string_view region, const RegionIsUp& is_up) {
  if (!is_up || is_up(region)) return region;
  const Region* place = find_region(region);
  if (place == nullptr) return region;
  const Region* nearest = nearest_region({place->latitude, place->longitude}, place->cloud, all_regions(),
                                         [&](const Region& other) { return is_up(other.name); });
  return nearest == nullptr ? std::string_view() : nearest->name;
}

}  // namespace exthost::model
