#include "emulator/hosting/config_change.h"

#include "emulator/model/codes.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace codes = model::codes;

namespace {

ConfigChange plan(HostingFixture& hosting, const std::string& config,
                  std::optional<std::string> definition = std::nullopt) {
  auto change = hosting.service->plan("demo", {config, std::move(definition)});
  REQUIRE(change);
  return std::move(*change);
}

constexpr const char* kTwoStages = R"({"canary":["westus"],"rest":["*"],"$sequence":["canary","rest"]})";

}  // namespace

TEST_CASE("a plan tells what the next sync would change, and changes nothing") {
  HostingFixture hosting;
  hosting.sync();
  hosting.source->take_downloads();
  const ConfigChange change = plan(hosting, config_with_all_stages("1.0.0.5"));
  CHECK_FALSE(change.refusal);
  REQUIRE(change.plan);
  CHECK(change.plan->percent_changed() == 100);
  CHECK(change.plan->has_skips());
  CHECK(hosting.source->take_downloads().empty());
  CHECK(hosting.served_in("westus") == "1.0.0.2");
}

TEST_CASE("before the first sync every stage is new") {
  HostingFixture hosting;
  const ConfigChange change = plan(hosting, config_with_all_stages("1.0.0.5"));
  REQUIRE(change.plan);
  CHECK(change.plan->stages.front().direction == model::Direction::first);
}

TEST_CASE("a version whose zip is missing refuses the config, and the plan still stands beside it") {
  HostingFixture hosting;
  hosting.sync();
  const ConfigChange change = plan(hosting, config_with_all_stages("1.0.0.9"));
  REQUIRE(change.refusal);
  CHECK(change.refusal->code == codes::kVersionMissing);
  CHECK(change.plan);
  hosting.put_version("1.0.0.9");
  CHECK_FALSE(plan(hosting, config_with_all_stages("1.0.0.9")).refusal);
}

TEST_CASE("a version whose zip will be put ahead of the config is not missed, and others are") {
  HostingFixture hosting;
  hosting.sync();
  const auto coming =
      hosting.service->plan("demo", {config_with_all_stages("1.0.0.9"), std::nullopt, {"1.0.0.9"}});
  REQUIRE(coming);
  CHECK_FALSE(coming->refusal);
  const auto other =
      hosting.service->plan("demo", {config_with_all_stages("1.0.0.9"), std::nullopt, {"1.0.0.8"}});
  REQUIRE(other);
  CHECK(other->refusal);
}

TEST_CASE("a version that is held needs no zip any more") {
  HostingFixture hosting;
  hosting.sync();
  hosting.source->remove("1.0.0.5.zip");
  CHECK_FALSE(plan(hosting, config_with_all_stages("1.0.0.5")).refusal);
}

TEST_CASE("a config with errors has no plan") {
  HostingFixture hosting;
  hosting.sync();
  const ConfigChange change = plan(hosting, R"({"$version":"3","stage1":"1.0.0.5"})");
  REQUIRE(change.refusal);
  CHECK(change.refusal->code == codes::kStageMissing);
  CHECK(change.refusal->evidence.size() == 4);
  CHECK_FALSE(change.plan);
}

TEST_CASE("a custom definition is the proposed one, else the container's, else missing") {
  HostingFixture hosting;
  hosting.sync();
  const std::string config =
      R"({"$version":"3","$customStageDefinition":true,"canary":"1.0.0.5","rest":"1.0.0.1"})";
  CHECK(plan(hosting, config).refusal->code == codes::kDefinitionFetchFailed);
  const ConfigChange proposed = plan(hosting, config, kTwoStages);
  REQUIRE(proposed.plan);
  CHECK(proposed.plan->stages.front().stage == "canary");
  CHECK_FALSE(proposed.plan->moved.empty());
  hosting.source->put("stagedefinition.json", kTwoStages);
  CHECK(plan(hosting, config).plan);
  CHECK(plan(hosting, config, "{}").refusal->code == codes::kDefinitionWrongShape);
}

TEST_CASE("a proposed definition that the config does not ask for is warned about") {
  HostingFixture hosting;
  hosting.sync();
  const ConfigChange change = plan(hosting, sample_config(), kTwoStages);
  REQUIRE(change.plan);
  CHECK(change.plan->changes_nothing());
  CHECK(change.warnings.size() == 1);
}

TEST_CASE("a container that does not answer is no plan") {
  HostingFixture hosting;
  hosting.sync();
  hosting.source->set_reachable(false);
  const auto change = hosting.service->plan("demo", {config_with_all_stages("1.0.0.9"), std::nullopt});
  REQUIRE_FALSE(change);
  CHECK(change.error().kind == base::ErrorKind::unavailable);
  CHECK(hosting.service->plan("nobody", {}).error().code == codes::kUnknownExtension);
}

TEST_CASE("a container's own documents make its present deployment") {
  test::FakeContainerSource source;
  CHECK_FALSE(read_container_deployment(source, {})->deployment);
  source.put("config.json", sample_config());
  CHECK(read_container_deployment(source, {})->deployment);
  source.put("config.json", "{");
  const auto broken = read_container_deployment(source, {});
  REQUIRE(broken);
  CHECK(broken->refusal->code == codes::kConfigNotJson);
}
