#include "emulator/model/resolution.h"

#include <algorithm>

#include "emulator/model/codes.h"
#include "emulator/model/version.h"
#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

Deployment deployment(const std::string& text, const StageDefinition& stages, const ConfigRules& rules = {}) {
  auto checked = read_deployment(text, stages, rules);
  REQUIRE(checked.value);
  return std::move(*checked.value);
}

const std::string kSample = R"({
    "$version": "3",
    "stage1": "1.0.0.5",
    "stage2": "1.0.0.4",
    "stage3": "1.0.0.3",
    "stage4": "1.0.0.2",
    "stage5": "1.0.0.1",
    "friendlyName": "2.0.0.0"
})";

Deployment sample() {
  return deployment(kSample, default_stage_definition(Cloud::public_cloud));
}

std::vector<std::string> codes_of(const Resolution& resolution) {
  std::vector<std::string> codes;
  for (const auto& reason : resolution.reasons) codes.push_back(reason.code);
  return codes;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("the region decides the stage and the stage the version") {
  struct Row {
    const char* region;
    const char* stage;
    const char* version;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"centraluseuap", "stage1", "1.0.0.5", "STAGE_MATCH"},
      {"westcentralus", "stage2", "1.0.0.4", "STAGE_MATCH"},
      {"southcentralus", "stage3", "1.0.0.3", "STAGE_MATCH"},
      {"westus", "stage4", "1.0.0.2", "STAGE_MATCH"},
      {"West US", "stage4", "1.0.0.2", "STAGE_MATCH"},
      {"southeastasia", "stage5", "1.0.0.1", "DEFAULT_STAGE"},
      {"centralus", "stage5", "1.0.0.1", "DEFAULT_STAGE"},  // q8: not Central US EUAP
      {"Southeast Asia", "stage5", "1.0.0.1", "DEFAULT_STAGE"},
  }));
  INFO(row.region);
  const auto resolution = resolve_version(sample(), {}, row.region, "");
  CHECK(resolution.found());
  CHECK(resolution.region == normalise_region(row.region));
  CHECK(resolution.stage == row.stage);
  CHECK(resolution.version == row.version);
  CHECK(resolution.kind == StampKind::none);
  CHECK(codes_of(resolution) == Codes{row.code, "STAGE_VERSION"});
}

TEST_CASE("reasons are sentences that cite the line of the config") {
  const auto resolution = resolve_version(sample(), {}, "westus", "");
  REQUIRE(resolution.reasons.size() == 2);
  CHECK(resolution.reasons[0].text ==
        "stage4 lists the region westus (built-in definition of the public cloud).");
  CHECK(resolution.reasons[1].text == "config.json sets stage4 to 1.0.0.2.");
  CHECK(resolution.reasons[1].source.to_string() == "config.json:6:15");
}

TEST_CASE("with a custom definition the region's line is cited") {
  const auto stages =
      read_stage_definition(R"({"ring0":["eastus","westus"],"world":["*"],"$sequence":["ring0","world"]})");
  REQUIRE(stages.value);
  const auto custom = deployment(R"({"$version":"3","ring0":"1.1","world":"1.0"})", *stages.value);
  const auto listed = resolve_version(custom, {}, "westus", "");
  CHECK(listed.version == "1.1");
  CHECK(listed.reasons[0].source.to_string() == "stagedefinition.json:1:20");
  const auto rest = resolve_version(custom, {}, "uksouth", "");
  CHECK(rest.version == "1.0");
  CHECK(rest.reasons[0].source.to_string() == "stagedefinition.json:1:38");
}

TEST_CASE("an unknown region is in the last stage, and is said to be unknown") {
  const auto resolution = resolve_version(sample(), {}, "Middle Earth", "");
  CHECK(resolution.version == "1.0.0.1");
  CHECK(codes_of(resolution) == Codes{"REGION_UNKNOWN", "DEFAULT_STAGE", "STAGE_VERSION"});
  CHECK(resolve_version(sample(), {}, "", "").version == "1.0.0.1");
}

TEST_CASE("a stamp names a stage, a friendly name or a build") {
  struct Row {
    const char* stamp;
    StampKind kind;
    const char* version;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"stage1", StampKind::stage, "1.0.0.5", "STAMP_STAGE"},
      {"Stage1", StampKind::stage, "1.0.0.5", "STAMP_STAGE_CASE"},
      {"friendlyName", StampKind::friendly_name, "2.0.0.0", "FRIENDLY_NAME"},
      {"friendlyname", StampKind::friendly_name, "2.0.0.0", "FRIENDLY_NAME_CASE"},  // q4
      {"1d0d0d3", StampKind::build_number, "1.0.0.3", "BUILD_NUMBER"},
      {"1D0D0D3", StampKind::build_number, "1.0.0.3", "BUILD_NUMBER"},
      {"1.0.0.3", StampKind::build_number, "1.0.0.3", "VERSION_NAME"},
      {"3d0-beta", StampKind::build_number, "3.0-beta", "BUILD_NUMBER"},
      {"3d0-Beta", StampKind::build_number, "3.0-beta", "BUILD_NUMBER"},
  }));
  INFO(row.stamp);
  const auto resolution = resolve_version(sample(), {"1.0.0.3", "3.0-beta"}, "westus", row.stamp);
  CHECK(resolution.version == row.version);
  CHECK(resolution.kind == row.kind);
  CHECK(resolution.stamp == row.stamp);
  CHECK(resolution.region == "westus");
  REQUIRE_FALSE(resolution.reasons.empty());
  CHECK(resolution.reasons[0].code == row.code);
}

TEST_CASE("a friendly name cites its line") {
  const auto resolution = resolve_version(sample(), {}, "westus", "friendlyName");
  CHECK(resolution.reasons[0].source.to_string() == "config.json:8:21");
  CHECK(resolution.stage.empty());
}

TEST_CASE("with exact letter case only the exact spelling counts") {
  for (const char* stamp : {"Stage1", "friendlyname", "1D0D0D3"}) {
    INFO(stamp);
    CHECK_FALSE(resolve_version(sample(), {"1.0.0.3"}, "westus", stamp, StampCase::exact).found());
  }
  CHECK(resolve_version(sample(), {"1.0.0.3"}, "westus", "1d0d0d3", StampCase::exact).found());
}

TEST_CASE("an unknown stamp fails with the stamps that exist, stages first") {
  for (const char* stamp : {"nope", "true", "false", "1d0d0d9", "stage6", "*", "$version"}) {
    INFO(stamp);
    const auto resolution = resolve_version(sample(), {"1.0.0.5", "2.0.0.0"}, "westus", stamp);
    CHECK_FALSE(resolution.found());
    REQUIRE(resolution.failure);
    CHECK(resolution.failure->kind == exthost::base::ErrorKind::not_found);
    CHECK(resolution.failure->code == codes::kUnknownStamp);
    CHECK(codes_of(resolution) == Codes{"STAMP_UNKNOWN"});
    CHECK(resolution.known_stamps ==
          Codes{"stage1", "stage2", "stage3", "stage4", "stage5", "friendlyName", "1d0d0d5", "2d0d0d0"});
  }
}

TEST_CASE("known versions are encoded and the stamp is never decoded") {
  // Decoding 1d0 would give 1.0, whichever of the two versions was meant.
  const auto only_plain = resolve_version(sample(), {"dev1"}, "westus", "dev1");
  CHECK(only_plain.version == "dev1");
  const auto dotted = resolve_version(sample(), {"1.0d2"}, "westus", "1d0d2");
  CHECK(dotted.version == "1.0d2");
}

TEST_CASE("two versions with one build number are ambiguous") {
  const auto resolution = resolve_version(sample(), {"1.0.2", "1.0d2"}, "westus", "1d0d2");
  CHECK_FALSE(resolution.found());
  REQUIRE(resolution.failure);
  CHECK(resolution.failure->kind == exthost::base::ErrorKind::conflict);
  CHECK(resolution.failure->code == codes::kAmbiguousStamp);
  CHECK(codes_of(resolution) == Codes{"STAMP_AMBIGUOUS"});
  CHECK_THAT(resolution.failure->message, ContainsSubstring("1.0.2 and 1.0d2"));
}

TEST_CASE("of two versions the one whose name is the stamp is meant") {
  CHECK(resolve_version(sample(), {"1.0", "1d0"}, "westus", "1d0").version == "1d0");
  CHECK(resolve_version(sample(), {"3.0-beta", "3.0-Beta"}, "westus", "3d0-Beta").version == "3.0-Beta");
  CHECK_FALSE(resolve_version(sample(), {"3.0-beta", "3.0-Beta"}, "westus", "3d0-BETA").found());
}

TEST_CASE("a name of the config wins over a build number") {
  const auto named = deployment(R"({"$version":"3","stage1":"1.0","stage2":"1.0","1d0":"2.0"})",
                                default_stage_definition(Cloud::fairfax));
  const auto resolution = resolve_version(named, {"1.0", "2.0"}, "usgovvirginia", "1d0");
  CHECK(resolution.version == "2.0");
  CHECK(resolution.kind == StampKind::friendly_name);
}

TEST_CASE("a stage that the config leaves out serves the last stage's version") {
  ConfigRules rules;
  rules.required_stages = RequiredStages::last;
  const auto one =
      deployment(R"({"$version":"3","stage5":"1.0"})", default_stage_definition(Cloud::public_cloud), rules);
  const auto resolution = resolve_version(one, {}, "westus", "");
  CHECK(resolution.version == "1.0");
  CHECK(resolution.stage == "stage4");
  CHECK(codes_of(resolution) == Codes{"STAGE_MATCH", "STAGE_UNSET", "STAGE_VERSION"});
  CHECK(resolve_version(one, {}, "westus", "stage1").version == "1.0");
}

TEST_CASE("national clouds resolve by their own stages") {
  const std::string text = R"({"$version":"3","stage1":"2.0","stage2":"1.0"})";
  const auto fairfax = deployment(text, default_stage_definition(Cloud::fairfax));
  CHECK(resolve_version(fairfax, {}, "usgovcentral", "").version == "2.0");
  CHECK(resolve_version(fairfax, {}, "usgovvirginia", "").version == "1.0");
  const auto mooncake = deployment(text, default_stage_definition(Cloud::mooncake));
  CHECK(resolve_version(mooncake, {}, "China North", "").version == "2.0");
  CHECK(resolve_version(mooncake, {}, "chinanorth2", "").version == "1.0");
}

TEST_CASE("for every region and stamp the explanation leads to the version served") {
  const Deployment published = sample();
  const auto versions = published.config.versions();
  std::vector<std::string> stamps = {""};
  for (const auto& entry : published.config.entries) stamps.push_back(entry.name);
  for (const auto& version : versions) stamps.push_back(to_build_stamp(version));
  for (const auto& region : all_regions()) {
    for (const auto& stamp : stamps) {
      const auto resolution = resolve_version(published, versions, region.name, stamp);
      REQUIRE(resolution.found());
      const Reason& last = resolution.reasons.back();
      CHECK_THAT(last.text, ContainsSubstring(resolution.version));
      if (!last.source.known()) continue;
      const auto cited = std::find_if(published.config.entries.begin(), published.config.entries.end(),
                                      [&last](const auto& entry) { return entry.where == last.source; });
      REQUIRE(cited != published.config.entries.end());
      CHECK(cited->version == resolution.version);
    }
  }
}
