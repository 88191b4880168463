#include "emulator/model/cloud.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "emulator/model/stage_definition.h"
#include "tests/support/catch.h"

using namespace exthost::model;

TEST_CASE("clouds are named in any letter case") {
  CHECK(parse_cloud("Fairfax") == Cloud::fairfax);
  CHECK(parse_cloud("public") == Cloud::public_cloud);
  CHECK_FALSE(parse_cloud("gov"));
  for (const Cloud cloud : {Cloud::public_cloud, Cloud::fairfax, Cloud::mooncake, Cloud::blackforest}) {
    CHECK(parse_cloud(to_string(cloud)) == cloud);
  }
}

TEST_CASE("a portal environment is found by host, custom domain, alias or name") {
  struct Row {
    const char* word;
    const char* name;
  };
  const auto row = GENERATE(values<Row>({
      {"portal.azure.com", "PROD"},
      {"PORTAL.AZURE.COM", "PROD"},
      {"prod", "PROD"},
      {"aad.portal.azure.com", "PROD"},
      {"ms.portal.azure.com", "MPAC"},
      {"mpac.portal.azure.com", "MPAC"},
      {"mpac", "MPAC"},
      {"ms", "MPAC"},
      {"portal", "PROD"},
      {"rc.portal.azure.com", "RC"},
      {"preview.portal.azure.com", "Preview"},
      {"canary.portal.azure.com", "Canary"},
      {"df.onecloud.azure-test.net", "Dogfood"},
      {"dogfood", "Dogfood"},
      {"portal.azure.us", "Fairfax"},
      {"portal.azure.cn", "Mooncake"},
      {"portal.microsoftazure.cn", "Mooncake"},
      {"portal.microsoftazure.de", "Blackforest"},
      {"intune.microsoft.com", "Intune"},
      {"entra.microsoft.com", "Entra"},
  }));
  INFO(row.word);
  const auto* environment = find_portal_environment(row.word);
  REQUIRE(environment != nullptr);
  CHECK(environment->name == row.name);
}

TEST_CASE("what is no portal is not found") {
  const auto* word =
      GENERATE("", "azure.com", "com", "example.com", "notportal.azure.com.evil.net", ".", "onecloud");
  INFO(word);
  CHECK(find_portal_environment(word) == nullptr);
}

TEST_CASE("each cloud has an environment of its own") {
  for (const Cloud cloud : {Cloud::public_cloud, Cloud::fairfax, Cloud::mooncake, Cloud::blackforest}) {
    CHECK(default_portal_environment(cloud).cloud == cloud);
  }
  CHECK(default_portal_environment(Cloud::public_cloud).portal_host == "portal.azure.com");
}

TEST_CASE("a hosting host tells its environment in each of its spellings") {
  struct Row {
    const char* host;
    const char* name;
  };
  const auto row = GENERATE(values<Row>({
      {"hosting.portal.azure.net", "PROD"},
      {"demo.hosting.portal.azure.net", "PROD"},
      {"afd.hosting.portal.azure.net", "PROD"},
      {"afd-v2.hosting.portal.azure.net", "PROD"},
      {"Demo.Hosting.Portal.Azure.Net", "PROD"},
      {"ms.hosting.portal.azure.net", "MPAC"},
      {"hosting-ms.portal.azure.net", "MPAC"},
      {"afd.hosting-ms.portal.azure.net", "MPAC"},
      {"demo-ms.hosting.portal.azure.net", "MPAC"},
      {"hosting.onecloud.azure-test.net", "Dogfood"},
      {"df.hosting.azure-test.net", "Dogfood"},
      {"demo.hosting.azureportal.usgovcloudapi.net", "Fairfax"},
      {"hosting.azureportal.chinacloudapi.cn", "Mooncake"},
      {"hosting.azure-api.de", "Blackforest"},
  }));
  INFO(row.host);
  const auto* environment = find_hosting_environment(row.host);
  REQUIRE(environment != nullptr);
  CHECK(environment->name == row.name);
}

TEST_CASE("other hosts are no hosting hosts") {
  const auto* host =
      GENERATE("", "portal.azure.com", "xhosting.portal.azure.net", "hosting.portal.azure.net.evil.com");
  INFO(host);
  CHECK(find_hosting_environment(host) == nullptr);
}

TEST_CASE("the catalogue holds each region once, on the globe, with a display name that spells it") {
  std::set<std::string_view> names;
  for (const auto& region : all_regions()) {
    INFO(region.name);
    CHECK(names.insert(region.name).second);
    CHECK(normalise_region(region.display_name) == region.name);
    CHECK(std::abs(region.latitude) <= 90);
    CHECK(std::abs(region.longitude) <= 180);
    CHECK((region.latitude != 0 && region.longitude != 0));
  }
  CHECK(names.size() >= 70);
}

TEST_CASE("the catalogue has every cloud's regions, those of its default stages among them") {
  const auto cloud = GENERATE(Cloud::public_cloud, Cloud::fairfax, Cloud::mooncake, Cloud::blackforest);
  const auto regions = all_regions();
  CHECK(std::any_of(regions.begin(), regions.end(),
                    [cloud](const Region& region) { return region.cloud == cloud && region.has_portal; }));
  for (const auto& stage : default_stage_definition(cloud).stages) {
    for (const auto& name : stage.regions) {
      INFO(name);
      REQUIRE(find_region(name) != nullptr);
      CHECK(find_region(name)->cloud == cloud);
    }
  }
}

TEST_CASE("a region is found in any spelling") {
  CHECK(normalise_region("West US 2") == "westus2");
  REQUIRE(find_region("WEST central us") != nullptr);
  CHECK(find_region("WEST central us")->name == "westcentralus");
  CHECK(find_region("US Gov Virginia")->cloud == Cloud::fairfax);
  CHECK(find_region("chinanorth")->cloud == Cloud::mooncake);
  CHECK(find_region("germanynortheast")->cloud == Cloud::blackforest);
  CHECK(find_region("middleearth") == nullptr);
  CHECK(find_region("") == nullptr);
}

TEST_CASE("no user traffic reaches Central US EUAP") {
  CHECK_FALSE(find_region("centraluseuap")->has_portal);
  CHECK(find_region("centralus")->has_portal);
}
