#include <algorithm>
#include <array>
#include <string>

#include "emulator/base/text.h"
#include "emulator/model/cloud.h"

namespace exthost::model {
namespace {

constexpr auto kPublic = Cloud::public_cloud;

// Names as Azure Resource Manager spells them. Coordinates as ARM lists them, or else of the place that the
// region is announced for. The last column is Region::has_portal.
constexpr std::array kRegions = {
    // Americas
    Region{"brazilsouth", "Brazil South", kPublic, -23.55, -46.633, true},
    Region{"brazilsoutheast", "Brazil Southeast", kPublic, -22.90278, -43.2075, true},
    Region{"canadacentral", "Canada Central", kPublic, 43.653, -79.383, true},
    Region{"canadaeast", "Canada East", kPublic, 46.817, -71.217, true},
    Region{"centralus", "Central US", kPublic, 41.5908, -93.6208, true},
    Region{"centraluseuap", "Central US EUAP", kPublic, 41.5908, -93.6208, false},
    Region{"chilecentral", "Chile Central", kPublic, -33.447487, -70.673676, true},
    Region{"eastus", "East US", kPublic, 37.3719, -79.8164, true},
    Region{"eastus2", "East US 2", kPublic, 36.6681, -78.3889, true},
    Region{"eastus2euap", "East US 2 EUAP", kPublic, 36.6681, -78.3889, false},
    Region{"mexicocentral", "Mexico Central", kPublic, 20.588818, -100.389888, true},
    Region{"northcentralus", "North Central US", kPublic, 41.8819, -87.6278, true},
    Region{"southcentralus", "South Central US", kPublic, 29.4167, -98.5, true},
    Region{"westcentralus", "West Central US", kPublic, 40.89, -110.234, true},
    Region{"westus", "West US", kPublic, 37.783, -122.417, true},
    Region{"westus2", "West US 2", kPublic, 47.233, -119.852, true},
    Region{"westus3", "West US 3", kPublic, 33.448376, -112.074036, true},
    // Europe
    Region{"austriaeast", "Austria East", kPublic, 48.2201, 16.3798, true},
    Region{"belgiumcentral", "Belgium Central", kPublic, 50.8503, 4.3517, true},
    Region{"denmarkeast", "Denmark East", kPublic, 55.6761, 12.5683, true},
    Region{"francecentral", "France Central", kPublic, 46.3772, 2.373, true},
    Region{"francesouth", "France South", kPublic, 43.8345, 2.1972, true},
    Region{"germanynorth", "Germany North", kPublic, 53.073635, 8.806422, true},
    Region{"germanywestcentral", "Germany West Central", kPublic, 50.110924, 8.682127, true},
    Region{"italynorth", "Italy North", kPublic, 45.46888, 9.18109, true},
    Region{"northeurope", "North Europe", kPublic, 53.3478, -6.2597, true},
    Region{"norwayeast", "Norway East", kPublic, 59.913868, 10.752245, true},
    Region{"norwaywest", "Norway West", kPublic, 58.969975, 5.733107, true},
    Region{"polandcentral", "Poland Central", kPublic, 52.23334, 21.01666, true},
    Region{"spaincentral", "Spain Central", kPublic, 40.4259, -3.4209, true},
    Region{"swedencentral", "Sweden Central", kPublic, 60.67488, 17.14127, true},
    Region{"swedensouth", "Sweden South", kPublic, 55.6059, 13.0007, true},
    Region{"switzerlandnorth", "Switzerland North", kPublic, 47.451542, 8.564572, true},
    Region{"switzerlandwest", "Switzerland West", kPublic, 46.204391, 6.143158, true},
    Region{"uksouth", "UK South", kPublic, 50.941, -0.799, true},
    Region{"ukwest", "UK West", kPublic, 53.427, -3.084, true},
    Region{"westeurope", "West Europe", kPublic, 52.3667, 4.9, true},
    // Middle East and Africa
    Region{"israelcentral", "Israel Central", kPublic, 31.2655698, 33.4506633, true},
    Region{"qatarcentral", "Qatar Central", kPublic, 25.551462, 51.439327, true},
    Region{"southafricanorth", "South Africa North", kPublic, -25.73134, 28.21837, true},
    Region{"southafricawest", "South Africa West", kPublic, -34.075691, 18.843266, true},
    Region{"uaecentral", "UAE Central", kPublic, 24.466667, 54.366669, true},
    Region{"uaenorth", "UAE North", kPublic, 25.266666, 55.316666, true},
    // Asia and the Pacific
    Region{"australiacentral", "Australia Central", kPublic, -35.3075, 149.1244, true},
    Region{"australiacentral2", "Australia Central 2", kPublic, -35.3075, 149.1244, true},
    Region{"australiaeast", "Australia East", kPublic, -33.86, 151.2094, true},
    Region{"australiasoutheast", "Australia Southeast", kPublic, -37.8136, 144.9631, true},
    Region{"centralindia", "Central India", kPublic, 18.5822, 73.9197, true},
    Region{"eastasia", "East Asia", kPublic, 22.267, 114.188, true},
    Region{"indonesiacentral", "Indonesia Central", kPublic, -6.2088, 106.8456, true},
    Region{"japaneast", "Japan East", kPublic, 35.68, 139.77, true},
    Region{"japanwest", "Japan West", kPublic, 34.6939, 135.5022, true},
    Region{"jioindiacentral", "Jio India Central", kPublic, 21.146633, 79.08886, true},
    Region{"jioindiawest", "Jio India West", kPublic, 22.470701, 70.05773, true},
    Region{"koreacentral", "Korea Central", kPublic, 37.5665, 126.978, true},
    Region{"koreasouth", "Korea South", kPublic, 35.1796, 129.0756, true},
    Region{"malaysiawest", "Malaysia West", kPublic, 3.139, 101.6869, true},
    Region{"newzealandnorth", "New Zealand North", kPublic, -36.84853, 174.76349, true},
    Region{"southeastasia", "Southeast Asia", kPublic, 1.283, 103.833, true},
    Region{"southindia", "South India", kPublic, 12.9822, 80.1636, true},
    Region{"taiwannorth", "Taiwan North", kPublic, 25.033, 121.5654, true},
    Region{"westindia", "West India", kPublic, 19.088, 72.868, true},
    // Fairfax. usgovcentral stands in the default stage definition but not in ARM's list of today (domain.md
    // c), and
    // usgoviowa is retired.
    Region{"usdodcentral", "US DoD Central", Cloud::fairfax, 41.6005, -93.6091, true},
    Region{"usdodeast", "US DoD East", Cloud::fairfax, 36.6676, -78.3875, true},
    Region{"usgovarizona", "US Gov Arizona", Cloud::fairfax, 33.4484, -112.074, true},
    Region{"usgovcentral", "US Gov Central", Cloud::fairfax, 41.878, -93.0977, false},
    Region{"usgoviowa", "US Gov Iowa", Cloud::fairfax, 41.878, -93.0977, false},
    Region{"usgovtexas", "US Gov Texas", Cloud::fairfax, 29.4241, -98.4936, true},
    Region{"usgovvirginia", "US Gov Virginia", Cloud::fairfax, 37.3719, -79.8164, true},
    // Mooncake
    Region{"chinaeast", "China East", Cloud::mooncake, 31.2304, 121.4737, true},
    Region{"chinaeast2", "China East 2", Cloud::mooncake, 31.2304, 121.4737, true},
    Region{"chinaeast3", "China East 3", Cloud::mooncake, 32.0603, 118.7969, true},
    Region{"chinanorth", "China North", Cloud::mooncake, 39.9042, 116.4074, true},
    Region{"chinanorth2", "China North 2", Cloud::mooncake, 39.9042, 116.4074, true},
    Region{"chinanorth3", "China North 3", Cloud::mooncake, 40.768, 114.886, true},
    // Blackforest, closed in 2021; kept so that its old default definition can be explained.
    Region{"germanycentral", "Germany Central", Cloud::blackforest, 50.1109, 8.6821, true},
    Region{"germanynortheast", "Germany Northeast", Cloud::blackforest, 52.1205, 11.6276, true},
};

}  // namespace

std::span<const Region> all_regions() {
  return kRegions;
}

std::string normalise_region(std::string_view name) {
  std::string normal = base::to_lower(name);
  std::erase_if(normal, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  return normal;
}

const Region* find_region(std::string_view name) {
  // Every display name is its region's name with spaces and capitals; a test holds the table to that.
  const std::string normal = normalise_region(name);
  const auto found = std::find_if(kRegions.begin(), kRegions.end(),
                                  [&normal](const Region& region) { return region.name == normal; });
  return found == kRegions.end() ? nullptr : &*found;
}

}  // namespace exthost::model
