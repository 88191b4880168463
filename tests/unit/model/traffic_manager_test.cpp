#include "emulator/model/traffic_manager.h"

#include <string>

#include "tests/support/catch.h"

namespace exthost::model {
namespace {

bool always(const Region&) {
  return true;
}

std::string nearest(double latitude, double longitude, Cloud cloud = Cloud::public_cloud) {
  const Region* region = nearest_region({latitude, longitude}, cloud, all_regions(), always);
  return region == nullptr ? "" : std::string(region->name);
}

}  // namespace

TEST_CASE("A user is sent to the nearest region") {
  CHECK(nearest(47.6, -122.3).substr(0, 6) == "westus");  // Seattle
  CHECK(nearest(52.37, 4.9) == "westeurope");             // Amsterdam
  CHECK(nearest(1.35, 103.8) == "southeastasia");         // Singapore
}

TEST_CASE("Distance goes around the globe, across the date line") {
  const std::vector<Region> regions = {{"far", "Far", Cloud::public_cloud, 0, 100, true},
                                       {"near", "Near", Cloud::public_cloud, 0, -179, true}};
  const Region* region = nearest_region({0, 179}, Cloud::public_cloud, regions, always);
  REQUIRE(region != nullptr);
  CHECK(region->name == "near");
}

TEST_CASE("Regions without a portal, of another cloud or in bad health get no user") {
  const std::vector<Region> regions = {{"virtual", "Virtual", Cloud::public_cloud, 0, 0, false},
                                       {"other", "Other", Cloud::fairfax, 0, 1, true},
                                       {"sick", "Sick", Cloud::public_cloud, 0, 2, true},
                                       {"well", "Well", Cloud::public_cloud, 0, 90, true}};
  const auto healthy = [](const Region& region) { return region.name != "sick"; };
  const Region* region = nearest_region({0, 0}, Cloud::public_cloud, regions, healthy);
  REQUIRE(region != nullptr);
  CHECK(region->name == "well");
  CHECK(nearest_region({0, 0}, Cloud::mooncake, regions, healthy) == nullptr);
}

TEST_CASE("A location is two numbers of degrees") {
  const auto seattle = parse_location("47.6, -122.3");
  REQUIRE(seattle);
  CHECK(seattle->latitude == Approx(47.6));
  CHECK(seattle->longitude == Approx(-122.3));
  for (const char* text :
       {"", "47.6", "47.6,", ",1", "91,0", "0,181", "1e1,0", "nan,0", "1,2,3", "47.6N,1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_location(text));
  }
}

}  // namespace exthost::model
