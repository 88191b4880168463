#include "emulator/model/codes.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;
using model::IncidentCause;

namespace {

const std::string kPage = "/demo?region=westus&trustedAuthority=portal.azure.com";

/// After a good sync, something is broken, found, and mended.
void check_that_last_good_survives(HostingFixture& fixture, IncidentCause cause, std::string_view code) {
  const SyncReport failed = fixture.sync();
  CHECK_FALSE(failed.succeeded);
  REQUIRE(failed.incident);
  CHECK(failed.incident->cause == cause);
  CHECK(failed.incident->code == code);
  CHECK(failed.incident->owner == "owner@contoso.example");
  fixture.sync();  // what lasts stays one incident
  REQUIRE(fixture.open_incidents().size() == 1);
  CHECK(fixture.open_incidents().front().occurrences == 2);
  CHECK(fixture.events("incident.opened") == 1);
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
  CHECK(fixture.version_at("/demo/friendlyName?trustedAuthority=portal.azure.com") == "1.0.0.5");

  fixture.source->put("config.json", sample_config());
  CHECK(fixture.sync().succeeded);
  CHECK(fixture.open_incidents().empty());
  CHECK(fixture.events("incident.resolved") == 1);
}

std::string with_friendly_names(int count) {
  std::string more;
  for (int i = 0; i < count; ++i) more += ", \"name" + std::to_string(i) + "\": \"1.0.0.1\"";
  return config_with_all_stages("1.0.0.1", more);
}

}  // namespace

TEST_CASE("a sync fetches each version once, ever") {
  HostingFixture fixture;
  const SyncReport first = fixture.sync();
  CHECK(first.succeeded);
  CHECK(first.changed);
  CHECK(first.fetched.size() == 5);
  CHECK(first.regions.size() > 40);
  fixture.source->take_downloads();

  const SyncReport second = fixture.sync();
  CHECK(second.succeeded);
  CHECK_FALSE(second.changed);
  CHECK(fixture.source->take_downloads().empty());

  fixture.put_version("1.0.0.6");
  fixture.source->put("config.json", config_with_all_stages("1.0.0.6"));
  fixture.sync();
  CHECK(fixture.source->take_downloads() == std::vector<std::string>{"config.json", "1.0.0.6.zip"});
}

TEST_CASE("a config.json that is not JSON keeps the last good deployment") {
  HostingFixture fixture;
  fixture.sync();
  std::string broken = sample_config();
  broken.insert(broken.rfind('"') + 1, ",");
  fixture.source->put("config.json", broken);
  check_that_last_good_survives(fixture, IncidentCause::invalid_config, model::codes::kConfigNotJson);
}

TEST_CASE("the incident of a trailing comma shows its place") {
  HostingFixture fixture;
  std::string broken = sample_config();
  broken.insert(broken.rfind('"') + 1, ",");
  fixture.source->put("config.json", broken);
  const SyncReport report = fixture.sync();
  REQUIRE(report.incident);
  REQUIRE_FALSE(report.incident->evidence.empty());
  CHECK(report.incident->evidence.front().where.line == 8);
  CHECK_THAT(report.incident->evidence.front().frame, ContainsSubstring("^"));
}

TEST_CASE("a version whose zip is missing keeps the last good deployment") {
  HostingFixture fixture;
  fixture.sync();
  fixture.source->put("config.json", config_with_all_stages("9.9"));
  check_that_last_good_survives(fixture, IncidentCause::missing_version, model::codes::kVersionMissing);
}

TEST_CASE("every missing version is named, with the line that asks for it and the likely slip") {
  HostingFixture fixture;
  fixture.source->put("HostingSvc.zip", "anything");
  fixture.source->put("config.json",
                      "{\n\"$version\": \"3\",\n\"stage1\": \"7.0\", \"stage2\": \"1.0.0.1\", "
                      "\"stage3\": \"1.0.0.1\",\n\"stage4\": \"1.0.0.1\",\n\"stage5\": \"8.0\"}");
  const SyncReport report = fixture.sync();
  REQUIRE(report.incident);
  const auto& evidence = report.incident->evidence;
  REQUIRE(evidence.size() == 3);
  CHECK_THAT(evidence[0].message, ContainsSubstring("7.0.zip") && ContainsSubstring("stage1"));
  CHECK(evidence[0].where.line == 3);
  CHECK_THAT(evidence[1].message, ContainsSubstring("8.0.zip"));
  CHECK(evidence[1].where.line == 5);
  CHECK_THAT(evidence[1].frame, ContainsSubstring("^"));
  CHECK(evidence[2].code == model::codes::kHostingSvcZip);
}

TEST_CASE("an unreachable container keeps the last good deployment") {
  HostingFixture fixture;
  fixture.sync();
  fixture.source->set_reachable(false);
  const SyncReport failed = fixture.sync();
  REQUIRE(failed.incident);
  CHECK(failed.incident->cause == IncidentCause::storage_unavailable);
  CHECK_THAT(failed.incident->message, ContainsSubstring("http://storage.example/account/demo"));
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
  fixture.source->set_reachable(true);
  fixture.sync();
  CHECK(fixture.open_incidents().empty());
}

TEST_CASE("100 friendly names are served, 101 are not") {
  HostingFixture fixture;
  fixture.source->put("config.json", with_friendly_names(100));
  CHECK(fixture.sync().succeeded);
  fixture.source->put("config.json", with_friendly_names(101));
  const SyncReport report = fixture.sync();
  REQUIRE(report.incident);
  CHECK(report.incident->cause == IncidentCause::too_many_friendly_names);
  CHECK(fixture.version_at("/demo/name99?trustedAuthority=portal.azure.com") == "1.0.0.1");
  CHECK(fixture.version_at("/demo/name100?trustedAuthority=portal.azure.com").empty());
}

TEST_CASE("a zip that is no zip, or lacks what every version must have, fails validation") {
  const std::string truncated = zip_of(extension_files("x")).substr(0, 300);
  std::string corrupt = zip_of({{"Content/Config/default.json", "{}"}, {"Content/a.bin", "0123456789"}});
  corrupt[corrupt.find("0123456789")] = 'X';
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"not a zip at all", ""},
      {truncated, ""},
      {corrupt, std::string(model::codes::kZipCorrupt)},
      {zip_of({{"Content/a.js", "1"}}), std::string(model::codes::kDefaultEnvironmentMissing)},
      {zip_of({{"Content/Config/default.json", "{"}}), std::string(model::codes::kEnvironmentNotJson)},
      {zip_of({{"Content/Config/default.json", "[]"}}), std::string(model::codes::kEnvironmentNotJson)},
      {zip_of({{"Content/Config/default.json", "{}"}, {"index.html", std::string((8u << 20) + 1, ' ')}}),
       std::string(model::codes::kZipTooLarge)},
  };
  for (const auto& [bytes, code] : cases) {
    HostingFixture fixture;
    fixture.sync();
    fixture.source->put("6.0.zip", bytes);
    fixture.source->put("config.json", config_with_all_stages("6.0"));
    const SyncReport report = fixture.sync();
    REQUIRE(report.incident);
    CHECK(report.incident->cause == IncidentCause::validation_failed);
    if (!code.empty()) CHECK(report.incident->code == code);
    CHECK(fixture.version_at(kPage) == "1.0.0.2");

    fixture.source->take_downloads();
    fixture.sync();  // what was refused is not downloaded again while it is the same
    CHECK(fixture.source->take_downloads().empty());
    fixture.source->put("6.0.zip", zip_of(extension_files("6.0")));
    CHECK(fixture.sync().succeeded);
    CHECK(fixture.version_at(kPage) == "6.0");
  }
}

TEST_CASE("documents over their limit are refused") {
  HostingFixture fixture;
  fixture.sync();
  fixture.source->put("config.json", sample_config() + std::string(256 * 1024, ' '));
  const SyncReport report = fixture.sync();
  REQUIRE(report.incident);
  CHECK(report.incident->cause == IncidentCause::invalid_config);
  CHECK(report.incident->code == model::codes::kSourceTooLarge);
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
}

TEST_CASE("a container without config.json says so") {
  HostingFixture fixture;
  fixture.source->remove("config.json");
  fixture.source->put("Config.json", sample_config());
  const SyncReport report = fixture.sync();
  REQUIRE(report.incident);
  CHECK(report.incident->code == model::codes::kConfigMissing);
}

TEST_CASE("a container whose first config.json is waited for is no incident") {
  HostingFixture fixture(options_for(Fidelity::dev), true);
  fixture.source->remove("config.json");
  fixture.service->expect_config("Demo", "the folder is packed when .built is written");
  const SyncReport report = fixture.sync();
  CHECK_FALSE(report.succeeded);
  CHECK_FALSE(report.incident);
  REQUIRE(report.awaited);
  CHECK(report.awaited->code == model::codes::kConfigMissing);
  CHECK_THAT(report.awaited->message,
             ContainsSubstring("has no config.json yet: the folder is packed when .built is written"));
  CHECK(fixture.service->extensions().at(0).last_error == report.awaited->message);
  CHECK(fixture.service->incidents().empty());

  SECTION("but one that is wrong is") {
    fixture.source->put("config.json", "{");
    CHECK(fixture.sync().incident->code == model::codes::kConfigNotJson);
  }
  SECTION("and none that was there and is gone is waited for") {
    fixture.source->put("config.json", sample_config());
    CHECK(fixture.sync().succeeded);
    fixture.source->remove("config.json");
    CHECK(fixture.sync().incident->code == model::codes::kConfigMissing);
  }
  SECTION("until nobody waits any more, which is looked into at once") {
    fixture.service->expect_config("demo", "");
    fixture.scheduler.advance(base::Duration::zero());
    REQUIRE(fixture.open_incidents().size() == 1);
    CHECK(fixture.open_incidents().at(0).code == model::codes::kConfigMissing);
  }
}

TEST_CASE("a custom stage definition is fetched and used, and its absence fails the sync") {
  HostingFixture fixture;
  const std::string config =
      R"({"$version": "3", "$customStageDefinition": "true", "first": "1.0.0.5", "rest": "1.0.0.1"})";
  fixture.source->put("config.json", config);
  SyncReport report = fixture.sync();
  REQUIRE(report.incident);
  CHECK(report.incident->cause == IncidentCause::stage_definition_fetch_failed);

  fixture.source->put("stagedefinintion.json", "{}");
  report = fixture.sync();
  REQUIRE(report.incident);
  CHECK_THAT(report.incident->evidence.front().hint, ContainsSubstring("stagedefinintion.json"));

  fixture.source->put("stagedefinition.json", R"({"first": ["westus"], "rest": ["*"]})");  // no $sequence
  report = fixture.sync();
  REQUIRE(report.incident);
  CHECK(report.incident->cause == IncidentCause::invalid_stage_definition);
  CHECK(fixture.open_incidents().size() == 1);  // the other cause is gone

  fixture.source->put("stagedefinition.json",
                      R"({"first": ["westus"], "rest": ["*"], "$sequence": ["first", "rest"]})");
  CHECK(fixture.sync().succeeded);
  CHECK(fixture.version_at(kPage) == "1.0.0.5");
  CHECK(fixture.version_at("/demo?region=eastus&trustedAuthority=portal.azure.com") == "1.0.0.1");
}

TEST_CASE("config before zip fails, keeps the last good deployment, and succeeds at a later poll") {
  HostingFixture fixture;
  fixture.service->start();
  fixture.scheduler.run_due();
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
  fixture.source->put("config.json", config_with_all_stages("7.0"));
  fixture.scheduler.advance(std::chrono::seconds(60));
  CHECK(fixture.open_incidents().size() == 1);
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
  fixture.put_version("7.0");
  fixture.scheduler.advance(std::chrono::seconds(60));
  CHECK(fixture.open_incidents().empty());
  CHECK(fixture.version_at(kPage) == "7.0");
}

TEST_CASE("what was fetched by a sync that failed is not fetched again") {
  HostingFixture fixture;
  fixture.source->remove("1.0.0.1.zip");
  CHECK_FALSE(fixture.sync().succeeded);
  fixture.source->take_downloads();
  fixture.put_version("1.0.0.1");
  CHECK(fixture.sync().succeeded);
  CHECK(fixture.source->take_downloads() == std::vector<std::string>{"1.0.0.1.zip"});
}

TEST_CASE("a replaced zip is noticed, told with both hashes, and not served") {
  HostingFixture fixture;
  fixture.sync();
  fixture.source->put("1.0.0.2.zip", zip_of(extension_files("replaced")));
  const SyncReport report = fixture.sync();
  CHECK(report.succeeded);
  REQUIRE(fixture.open_incidents().size() == 1);
  const model::Incident incident = fixture.open_incidents().front();
  CHECK(incident.cause == IncidentCause::replaced_zip);
  CHECK(incident.code == model::codes::kZipReplaced);
  CHECK_THAT(incident.evidence.front().message, ContainsSubstring("SHA-256"));
  CHECK_THAT(body_of(fixture.get("/demo/Content/1.0.0.2/Scripts/app.js")), ContainsSubstring("// 1.0.0.2"));

  fixture.source->take_downloads();
  fixture.sync();
  CHECK(fixture.source->take_downloads().empty());
  CHECK(fixture.open_incidents().size() == 1);
  CHECK(fixture.events("incident.opened") == 1);

  fixture.put_version("1.0.0.2");  // the same bytes as at first, under another ETag
  fixture.sync();
  CHECK(fixture.open_incidents().empty());
}

TEST_CASE("a zip that disappears from the container goes on being served") {
  HostingFixture fixture;
  fixture.sync();
  fixture.source->remove("1.0.0.2.zip");
  CHECK(fixture.sync().succeeded);
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
}

TEST_CASE("an adopted version is served without being fetched") {
  HostingFixture fixture;
  fixture.sync();
  auto zip = *package::write_zip(extension_files("8.0"));
  auto package = *package::Package::open(zip, *zip);
  REQUIRE(fixture.service->adopt("demo", "8.0", package));
  CHECK(fixture.version_at(kPage) == "1.0.0.2");  // nothing names it yet
  fixture.source->put("config.json", config_with_all_stages("8.0"));
  fixture.source->take_downloads();
  fixture.service->nudge("demo");
  fixture.scheduler.run_due();
  CHECK(fixture.version_at(kPage) == "8.0");
  CHECK(fixture.source->take_downloads() == std::vector<std::string>{"config.json"});

  CHECK(fixture.service->adopt("demo", "8.0", package));  // the same again is nothing new
  auto other = *package::write_zip(extension_files("other"));
  CHECK_FALSE(fixture.service->adopt("demo", "8.0", *package::Package::open(other, *other)));
  CHECK_FALSE(fixture.service->adopt("demo", "../8", package));
  CHECK_FALSE(fixture.service->adopt("none", "8.0", package));
}

TEST_CASE("a zip that is swapped under an adopted version is noticed, and read only then") {
  HostingFixture fixture;
  fixture.sync();
  auto zip = *package::write_zip(extension_files("8.0"));
  REQUIRE(fixture.service->adopt("demo", "8.0", *package::Package::open(zip, *zip)));
  fixture.source->put("8.0.zip", *zip);
  fixture.source->put("config.json", config_with_all_stages("8.0"));
  fixture.sync();
  REQUIRE(
      becomes_true([&] { return !fixture.service->extensions().front().versions.front().sha256.empty(); }));
  fixture.sync();
  fixture.source->take_downloads();
  fixture.sync();
  CHECK(fixture.source->take_downloads().empty());
  CHECK(fixture.open_incidents().empty());

  fixture.source->put("8.0.zip", zip_of(extension_files("swapped")));
  fixture.sync();
  REQUIRE(fixture.open_incidents().size() == 1);
  CHECK(fixture.open_incidents().front().cause == IncidentCause::replaced_zip);
  CHECK_THAT(body_of(fixture.get("/demo/Content/8.0/Scripts/app.js")), ContainsSubstring("// 8.0"));
}

TEST_CASE("nudges that come together become one sync") {
  HostingFixture fixture;
  fixture.service->start();
  fixture.scheduler.run_due();
  fixture.put_version("2.0");
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  for (int i = 0; i < 10; ++i) fixture.service->nudge("demo");
  fixture.service->nudge("unknown");
  fixture.scheduler.run_due();
  CHECK(fixture.version_at(kPage) == "2.0");
  CHECK(fixture.events("sync.succeeded") == 2);
}

TEST_CASE("versions that nothing refers to go when retention is passed") {
  HostingOptions options;
  options.retained_versions = 2;
  HostingFixture fixture(options);
  fixture.sync();
  for (int i = 1; i <= 4; ++i) {
    const std::string version = "2.0." + std::to_string(i);
    fixture.put_version(version);
    fixture.source->put("config.json", config_with_all_stages(version));
    fixture.sync();
  }
  const auto versions = fixture.service->extensions().front().versions;
  REQUIRE(versions.size() == 3);
  CHECK(versions[0].version == "2.0.4");
  CHECK(versions[1].version == "2.0.3");
  CHECK(versions[2].version == "2.0.2");
  CHECK(fixture.get("/demo/Content/Dynamic/2.0.2hash.js").status == 200);
  CHECK(fixture.get("/demo/Content/Dynamic/2.0.1hash.js").status == 404);
}

TEST_CASE("what is only doubtful in a good config.json is told with its code and place") {
  HostingFixture fixture;
  fixture.source->put("config.json", config_with_all_stages("1.0.0.5", ", \"$unknown\": \"x\""));
  fixture.sync();
  const auto events = fixture.journal.since(0);
  const auto synced = std::find_if(events.begin(), events.end(),
                                   [](const auto& event) { return event.type == "sync.succeeded"; });
  REQUIRE(synced != events.end());
  CHECK_THAT(synced->data, ContainsSubstring("\"warnings\":[{\"code\":\"EHE1011\"") &&
                               ContainsSubstring("\"where\":\"config.json:1:"));
}

TEST_CASE("one extension that fails does not hold up another") {
  HostingFixture fixture;
  auto broken = std::make_shared<test::FakeContainerSource>();
  broken->set_reachable(false);
  HostingService service(fixture.options, {{"A", "broken", "a", broken}, {"B", "demo2", "b", fixture.source}},
                         fixture.scheduler, fixture.journal, silent_log());
  CHECK_FALSE(service.sync_now("broken")->succeeded);
  CHECK(service.sync_now("demo2")->succeeded);
  CHECK(service.unsettled().empty());
}

TEST_CASE("an extension is unsettled until its first sync has ended, well or not") {
  HostingFixture fixture;
  fixture.source->set_reachable(false);
  CHECK(fixture.service->unsettled() == std::vector<std::string>{"demo"});
  fixture.service->start();
  CHECK(fixture.service->unsettled().size() == 1);
  fixture.scheduler.run_due();
  CHECK(fixture.service->unsettled().empty());
}
