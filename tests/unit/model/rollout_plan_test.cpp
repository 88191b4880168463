#include "emulator/model/rollout_plan.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

using Strings = std::vector<std::string>;

Deployment read(const std::string& text,
                const StageDefinition& stages = default_stage_definition(Cloud::public_cloud)) {
  auto checked = read_deployment(text, stages);
  REQUIRE(checked.value);
  return std::move(*checked.value);
}

/// A config of five stages and one friendly name (`preview`, unless empty).
Deployment config(const Strings& stages, const std::string& preview = "2.0.0.0") {
  std::string text = R"({"$version": "3")";
  for (std::size_t i = 0; i < stages.size(); ++i) {
    text += R"(, "stage)" + std::to_string(i + 1) + R"(": ")" + stages[i] + "\"";
  }
  if (!preview.empty()) text += R"(, "preview": ")" + preview + "\"";
  return read(text + "}");
}

RolloutPlan plan(const Deployment& current, const Deployment& next) {
  return plan_rollout(&current, next, all_regions(), Cloud::public_cloud);
}

StageDefinition definition(const std::string& text) {
  auto checked = read_stage_definition(text);
  REQUIRE(checked.value);
  return std::move(*checked.value);
}

const Strings kSample = {"1.0.0.5", "1.0.0.4", "1.0.0.3", "1.0.0.2", "1.0.0.1"};

}  // namespace

TEST_CASE("a direction is told where both versions are dotted numbers") {
  struct Row {
    const char* before;
    const char* after;
    Direction direction;
  };
  const auto row = GENERATE(values<Row>({
      {"1.0.0.4", "1.0.0.4", Direction::same},
      {"1.0.0.4", "1.0.0.5", Direction::upgrade},
      {"1.0.0.9", "1.0.0.10", Direction::upgrade},
      {"1.0.0.5", "1.0.0.4", Direction::downgrade},
      {"1.0", "1.0.0.1", Direction::upgrade},
      {"1.0.1", "1.0.0.9", Direction::downgrade},
      {"3.0.01692206", "3.0.1692207", Direction::upgrade},
      {"5.0.99999999999999999999998", "5.0.99999999999999999999999", Direction::upgrade},
      {"23.4.0.11-230406-2239", "23.4.0.11-230407-0100", Direction::upgrade},
      {"1.0.0.261120-120411", "1.0.0.261120-120411-2", Direction::upgrade},
      {"1.0.0.261120-120411", "1.0.0.261119-235959", Direction::downgrade},
      {"1.0.0-beta", "1.0.1", Direction::upgrade},
      {"1.0.0-beta", "1.0.0-alpha", Direction::unknown},
      {"1.0.0-beta", "1.0.0", Direction::unknown},
      {"1.0.0", "1.0.0.0", Direction::unknown},
      {"release-7", "release-8", Direction::unknown},
      {"7", "8", Direction::unknown},
      {"1.0.0.4", "nightly", Direction::unknown},
      {"", "1.0.0.4", Direction::first},
      {"1.0.0.4", "", Direction::removed},
  }));
  INFO(row.before << " to " << row.after);
  CHECK(to_string(direction_of(row.before, row.after)) == to_string(row.direction));
}

TEST_CASE("a stage's line names the regions that change") {
  const RolloutPlan result =
      plan(config(kSample), config({"1.0.0.5", "1.0.0.5", "1.0.0.3", "1.0.0.2", "1.0.0.1"}));
  REQUIRE(result.stages.size() == 5);
  CHECK_FALSE(result.stages[0].changes());
  CHECK(result.stages[1].before == "1.0.0.4");
  CHECK(result.stages[1].after == "1.0.0.5");
  CHECK(result.stages[1].direction == Direction::upgrade);
  CHECK(result.stages[1].regions == Strings{"westcentralus"});
  CHECK(result.stages[1].where.line == 1);
  CHECK(result.regions_changed == 1);
  CHECK(result.dropped_versions == Strings{"1.0.0.4"});
  CHECK(result.new_versions.empty());
  CHECK_FALSE(result.has_downgrades());
  CHECK_FALSE(result.has_skips());
}

TEST_CASE("a region without a portal is named but is no part of the world's share") {
  const RolloutPlan result =
      plan(config(kSample), config({"1.0.0.6", "1.0.0.4", "1.0.0.3", "1.0.0.2", "1.0.0.1"}));
  CHECK(result.stages[0].regions == Strings{"centraluseuap"});
  CHECK(result.stages[0].without_users == Strings{"centraluseuap"});
  CHECK(result.regions_changed == 0);
  CHECK(result.percent_changed() == 0);
  CHECK(result.new_versions == Strings{"1.0.0.6"});
}

TEST_CASE("a version skips the stages that it was not at before the change") {
  struct Row {
    const char* what;
    Strings next;
    std::vector<Strings> skipped;  // by stage
  };
  const std::vector<Row> rows = {
      {"one step", {"1.0.0.5", "1.0.0.5", "1.0.0.3", "1.0.0.2", "1.0.0.1"}, {{}, {}, {}, {}, {}}},
      {"every stage takes one step",
       {"1.0.0.6", "1.0.0.5", "1.0.0.4", "1.0.0.3", "1.0.0.2"},
       {{}, {}, {}, {}, {}}},
      {"two steps at once",
       {"1.0.0.5", "1.0.0.5", "1.0.0.5", "1.0.0.2", "1.0.0.1"},
       {{}, {}, {"stage2"}, {}, {}}},
      {"over a stage", {"1.0.0.5", "1.0.0.4", "1.0.0.5", "1.0.0.2", "1.0.0.1"}, {{}, {}, {"stage2"}, {}, {}}},
      {"a new version to stage1",
       {"2.0.0.0", "1.0.0.4", "1.0.0.3", "1.0.0.2", "1.0.0.1"},
       {{}, {}, {}, {}, {}}},
      {"a new version everywhere",
       {"2.0.0.0", "2.0.0.0", "2.0.0.0", "2.0.0.0", "2.0.0.0"},
       {{},
        {"stage1"},
        {"stage1", "stage2"},
        {"stage1", "stage2", "stage3"},
        {"stage1", "stage2", "stage3", "stage4"}}},
      {"straight to the last",
       {"1.0.0.5", "1.0.0.4", "1.0.0.3", "1.0.0.2", "1.0.0.4"},
       {{}, {}, {}, {}, {"stage3", "stage4"}}},
      {"back from a later stage",
       {"1.0.0.1", "1.0.0.1", "1.0.0.1", "1.0.0.1", "1.0.0.1"},
       {{}, {}, {}, {}, {}}},
      {"nothing", kSample, {{}, {}, {}, {}, {}}},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const RolloutPlan result = plan(config(kSample), config(row.next));
    REQUIRE(result.stages.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK(result.stages[i].skipped == row.skipped[i]);
  }
}

TEST_CASE("a rollback is a downgrade, and no skip") {
  const RolloutPlan result =
      plan(config(kSample), config({"1.0.0.5", "1.0.0.1", "1.0.0.3", "1.0.0.2", "1.0.0.1"}));
  CHECK(result.stages[1].direction == Direction::downgrade);
  CHECK(result.has_downgrades());
  CHECK_FALSE(result.has_skips());
}

TEST_CASE("the share of the world is of the cloud's regions that have a portal") {
  std::size_t all = 0;
  for (const Region& region : all_regions())
    all += region.cloud == Cloud::public_cloud && region.has_portal ? 1 : 0;
  const RolloutPlan last =
      plan(config(kSample), config({"1.0.0.5", "1.0.0.4", "1.0.0.3", "1.0.0.2", "1.0.0.2"}));
  CHECK(last.regions_total == all);
  CHECK(last.regions_changed == all - 3);  // westcentralus, southcentralus and westus keep theirs
  CHECK(last.percent_changed() < 100);
  const RolloutPlan every = plan(config(kSample), config({"9.0.0", "9.0.0", "9.0.0", "9.0.0", "9.0.0"}));
  CHECK(every.regions_changed == all);
  CHECK(every.percent_changed() == 100);
}

TEST_CASE("percentages are rounded, but none and all are exact") {
  struct Row {
    std::size_t changed, total;
    unsigned percent;
  };
  const auto row = GENERATE(values<Row>(
      {{0, 64, 0}, {1, 64, 2}, {62, 64, 97}, {64, 64, 100}, {1, 1000, 1}, {999, 1000, 99}, {0, 0, 0}}));
  RolloutPlan result;
  result.regions_changed = row.changed;
  result.regions_total = row.total;
  CHECK(result.percent_changed() == row.percent);
}

TEST_CASE("friendly names come, go and change, and are no part of the world's share") {
  const std::string head =
      R"({"$version":"3","stage1":"1","stage2":"1","stage3":"1","stage4":"1","stage5":"1")";
  const Deployment before = read(head + R"(,"kept":"1","goes":"1","moves":"1.0.2"})");
  const Deployment after = read(head + R"(,"moves":"1.0.1","comes":"2.0","kept":"1"})");
  const RolloutPlan result = plan(before, after);
  REQUIRE(result.friendly_names.size() == 3);
  CHECK(result.friendly_names[0].name == "moves");
  CHECK(result.friendly_names[0].direction == Direction::downgrade);
  CHECK(result.friendly_names[1].name == "comes");
  CHECK(result.friendly_names[1].direction == Direction::first);
  CHECK(result.friendly_names[2].name == "goes");
  CHECK(result.friendly_names[2].direction == Direction::removed);
  CHECK(result.regions_changed == 0);
  CHECK_FALSE(result.has_downgrades());
  CHECK_FALSE(result.changes_nothing());
  CHECK(result.dropped_versions == Strings{"1.0.2"});
}

TEST_CASE("a first deployment reaches every region and skips nothing") {
  const RolloutPlan result =
      plan_rollout(nullptr, config({"1.0", "1.0", "1.0", "1.0", "1.0"}), all_regions(), Cloud::public_cloud);
  CHECK(result.percent_changed() == 100);
  CHECK_FALSE(result.has_skips());
  for (const PlannedStage& line : result.stages) CHECK(line.direction == Direction::first);
}

TEST_CASE("the same config changes nothing") {
  const RolloutPlan result = plan(config(kSample), config(kSample));
  CHECK(result.changes_nothing());
  CHECK(result.regions_changed == 0);
}

TEST_CASE("a changed stage definition moves regions, and each gets a line by what it had") {
  const StageDefinition two =
      definition(R"({"canary":["westus"],"rest":["*"],"$sequence":["canary","rest"]})");
  const StageDefinition more =
      definition(R"({"canary":["westus","eastus"],"rest":["*"],"$sequence":["canary","rest"]})");
  const std::string text =
      R"({"$version":"3","$customStageDefinition":true,"canary":"1.0.2","rest":"1.0.1"})";
  const Deployment before = read(text, two);
  const Deployment after = read(text, more);
  const RolloutPlan result = plan(before, after);
  REQUIRE(result.moved.size() == 1);
  CHECK(result.moved[0].region == "eastus");
  CHECK(result.moved[0].from == "rest");
  CHECK(result.moved[0].to == "canary");
  REQUIRE(result.stages.size() == 3);
  CHECK(result.stages[0].stage == "canary");
  CHECK(result.stages[0].regions.empty());
  CHECK(result.stages[1].stage == "canary");
  CHECK(result.stages[1].before == "1.0.1");
  CHECK(result.stages[1].direction == Direction::upgrade);
  CHECK(result.stages[1].regions == Strings{"eastus"});
  CHECK(result.stages[1].skipped.empty());
  CHECK(result.regions_changed == 1);
}

TEST_CASE("stages that go are listed last, and their regions under the stage that takes them") {
  const StageDefinition two =
      definition(R"({"canary":["westus"],"rest":["*"],"$sequence":["canary","rest"]})");
  const StageDefinition one = definition(R"({"rest":["*"],"$sequence":["rest"]})");
  const Deployment before =
      read(R"({"$version":"3","$customStageDefinition":true,"canary":"1.0.2","rest":"1.0.1"})", two);
  const Deployment after = read(R"({"$version":"3","$customStageDefinition":true,"rest":"1.0.1"})", one);
  const RolloutPlan result = plan(before, after);
  REQUIRE(result.stages.size() == 3);
  CHECK(result.stages[1].stage == "rest");
  CHECK(result.stages[1].before == "1.0.2");
  CHECK(result.stages[1].direction == Direction::downgrade);
  CHECK(result.stages[1].regions == Strings{"westus"});
  CHECK(result.stages[2].stage == "canary");
  CHECK(result.stages[2].direction == Direction::removed);
  CHECK(result.stages[2].regions.empty());
}

TEST_CASE("a plan agrees with the resolution of every region before and after") {
  const Deployment before = config(kSample);
  const Deployment after = config({"2.0.0.0", "1.0.0.5", "1.0.0.4", "1.0.0.2", "1.0.0.3"});
  const RolloutPlan result = plan(before, after);
  std::size_t changed = 0;
  for (const Region& region : all_regions()) {
    if (region.cloud != Cloud::public_cloud) continue;
    const std::string name(region.name);
    const std::string old_version = before.config.find(before.stages.stage_for(name).name)->version;
    const std::string new_version = after.config.find(after.stages.stage_for(name).name)->version;
    const bool listed =
        std::any_of(result.stages.begin(), result.stages.end(), [&](const PlannedStage& line) {
          return line.before == old_version && line.after == new_version &&
                 std::find(line.regions.begin(), line.regions.end(), name) != line.regions.end();
        });
    CHECK(listed == (old_version != new_version));
    if (listed && region.has_portal) ++changed;
  }
  CHECK(changed == result.regions_changed);
}
