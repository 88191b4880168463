#include "emulator/model/promotion.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::model;

namespace {

/// stage1 to stage5 of the public cloud with these versions, and a friendly name `preview`.
Deployment deployment(const std::vector<std::string>& versions) {
  std::string text = "{\"$version\": \"3\", \"preview\": \"9\"";
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (!versions[i].empty()) text += ", \"stage" + std::to_string(i + 1) + "\": \"" + versions[i] + "\"";
  }
  ConfigRules rules;
  rules.required_stages = RequiredStages::last;
  auto read = read_deployment(text + "}", default_stage_definition(Cloud::public_cloud), rules);
  REQUIRE(read.value);
  return *std::move(read.value);
}

/// `stage1>stage2 5` with what it was before: `4`.
std::string step(const std::vector<std::string>& versions, const PromotionWish& wish) {
  const auto promotion = plan_promotion(deployment(versions), wish);
  if (!promotion) return std::string(promotion.error().code);
  return promotion->from + ">" + promotion->to + " " + promotion->version + " was " + promotion->before;
}

const std::vector<std::string> kRollOut = {"5", "5", "4", "4", "3"};

}  // namespace

TEST_CASE("without a word a promotion is the first step of the roll-out that is open") {
  CHECK(step(kRollOut, {}) == "stage2>stage3 5 was 4");
  CHECK(step({"5", "4", "4", "4", "4"}, {}) == "stage1>stage2 5 was 4");
  CHECK(step({"5", "5", "5", "5", "3"}, {}) == "stage4>stage5 5 was 3");
  CHECK(step({"5", "5", "5", "5", "5"}, {}) == codes::kNothingToMove);
}

TEST_CASE("one stage alone goes to its neighbour in rollout order") {
  CHECK(step(kRollOut, {"stage2", "", ""}) == "stage2>stage3 5 was 4");
  CHECK(step(kRollOut, {"", "stage5", ""}) == "stage4>stage5 4 was 3");
  CHECK(step(kRollOut, {"stage5", "", ""}) == codes::kNothingToMove);
  CHECK(step(kRollOut, {"", "stage1", ""}) == codes::kNothingToMove);
  CHECK(step(kRollOut, {"stage1", "", ""}) == codes::kNothingToMove);  // stage2 has it already
}

TEST_CASE("any two stages can be named, and a friendly name to take from") {
  CHECK(step(kRollOut, {"stage1", "stage5", ""}) == "stage1>stage5 5 was 3");
  CHECK(step(kRollOut, {"stage5", "stage1", ""}) == "stage5>stage1 3 was 5");
  CHECK(step(kRollOut, {"preview", "stage1", ""}) == "preview>stage1 9 was 5");
  CHECK(step(kRollOut, {"stage1", "stage1", ""}) == codes::kNothingToMove);
}

TEST_CASE("a version goes to the stage that is named, or one further than it has come") {
  CHECK(step(kRollOut, {"", "stage1", "6"}) == ">stage1 6 was 5");
  CHECK(step(kRollOut, {"stage4", "", "6"}) == ">stage5 6 was 3");
  CHECK(step(kRollOut, {"stage4", "", "4"}) == "stage4>stage5 4 was 3");
  CHECK(step(kRollOut, {"", "", "4"}) == "stage4>stage5 4 was 3");
  CHECK(step(kRollOut, {"", "", "6"}) == ">stage1 6 was 5");
  CHECK(step(kRollOut, {"", "", "3"}) == codes::kNothingToMove);
  CHECK(step({"6", "5", "5", "4", "4"}, {"", "", "5"}) == "stage3>stage4 5 was 4");
}

TEST_CASE("a stage that is not set has the last one's version") {
  CHECK(step({"5", "", "", "", "4"}, {}) == "stage1>stage2 5 was 4");
  CHECK(step({"5", "", "", "", "4"}, {"stage3", "stage1", ""}) == "stage3>stage1 4 was 5");
}

TEST_CASE("a name that is none is answered with those that there are") {
  const auto unknown = plan_promotion(deployment(kRollOut), {"", "stag2", ""});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == codes::kUnknownStamp);
  CHECK_THAT(unknown.error().message, ContainsSubstring("stage4 and stage5"));
  CHECK_THAT(unknown.error().message, ContainsSubstring("did you mean stage2?"));
  CHECK(step(kRollOut, {"stage9", "", ""}) == codes::kUnknownStamp);
  CHECK(step(kRollOut, {"nothing", "stage1", ""}) == codes::kUnknownStamp);
  CHECK(step(kRollOut, {"stage1", "preview", ""}) == codes::kUnknownStamp);
}
