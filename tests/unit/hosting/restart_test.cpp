#include <fstream>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/hosting/package_store.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

const std::string kPage = "/demo?region=westus&trustedAuthority=portal.azure.com";

std::filesystem::path folder_of(const HostingFixture& fixture) {
  return fixture.options.state_folder / "hosting" / "demo";
}

std::vector<std::filesystem::path> packages_of(const HostingFixture& fixture) {
  std::vector<std::filesystem::path> files;
  for (const auto& item : std::filesystem::directory_iterator(folder_of(fixture) / "packages")) {
    files.push_back(item.path());
  }
  return files;
}

void overwrite(const std::filesystem::path& file, const std::string& bytes) {
  std::filesystem::remove(file);
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a restart serves the last good deployment with storage gone") {
  HostingFixture fixture;
  fixture.sync();
  fixture.service->stop();
  fixture.source->set_reachable(false);
  fixture.restart();
  fixture.service->restore();
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
  CHECK(fixture.version_at("/demo/friendlyName?trustedAuthority=portal.azure.com") == "1.0.0.5");
  CHECK_THAT(body_of(fixture.get("/demo/Content/1.0.0.3/Scripts/app.js")), ContainsSubstring("// 1.0.0.3"));
  CHECK_FALSE(fixture.sync().succeeded);
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
  CHECK(fixture.service->regions().front().health == "last-good");
}

TEST_CASE("a restart fetches nothing that it has, and an unchanged config is no new revision") {
  HostingFixture fixture;
  fixture.sync();
  fixture.service->stop();
  fixture.restart();
  fixture.service->restore();
  fixture.source->take_downloads();
  const SyncReport report = fixture.sync();
  CHECK(report.succeeded);
  CHECK_FALSE(report.changed);
  CHECK(fixture.source->take_downloads() == std::vector<std::string>{"config.json"});
}

TEST_CASE("a replaced zip is still noticed after a restart") {
  HostingFixture fixture;
  fixture.sync();
  fixture.service->stop();
  fixture.source->put("1.0.0.2.zip", zip_of(extension_files("replaced")));
  fixture.restart();
  fixture.service->restore();
  fixture.sync();
  REQUIRE(fixture.open_incidents().size() == 1);
  CHECK(fixture.open_incidents().front().cause == model::IncidentCause::replaced_zip);
}

TEST_CASE("an adopted version is on disk a moment later, and served after a restart") {
  HostingFixture fixture;
  fixture.sync();
  auto zip = *package::write_zip(extension_files("8.0"));
  REQUIRE(fixture.service->adopt("demo", "8.0", *package::Package::open(zip, *zip)));
  fixture.source->put("config.json", config_with_all_stages("8.0"));
  fixture.service->nudge("demo");
  fixture.scheduler.run_due();
  REQUIRE(
      becomes_true([&] { return !fixture.service->extensions().front().versions.front().sha256.empty(); }));
  const auto versions = fixture.service->extensions().front().versions;
  REQUIRE(versions.front().version == "8.0");
  CHECK(versions.front().sha256 == base::sha256_hex(*zip));

  fixture.source->set_reachable(false);
  fixture.restart();
  fixture.service->restore();
  CHECK(fixture.version_at(kPage) == "8.0");
}

TEST_CASE("a package that was lost or spoilt is fetched again, and is no reason to stop") {
  for (const bool spoilt : {false, true}) {
    HostingFixture fixture;
    fixture.sync();
    fixture.service->stop();
    for (const auto& file : packages_of(fixture)) {
      if (spoilt) {
        overwrite(file, "rubbish");
      } else {
        std::filesystem::remove(file);
      }
    }
    fixture.restart();
    fixture.service->restore();
    CHECK(fixture.version_at(kPage).empty());
    CHECK(fixture.events("restore.failed") == 1);
    CHECK(fixture.sync().succeeded);
    CHECK(fixture.version_at(kPage) == "1.0.0.2");
  }
}

TEST_CASE("a deployment file that cannot be understood is reported and replaced") {
  for (const std::string text :
       {"", "{", "[]", R"({"format": 3, "revisions": [], "regions": {}, "versions": []})", R"({"format": 2})",
        R"({"format": 2, "revisions": [{"number": 0}], "regions": {}, "versions": []})",
        R"({"format": 1, "config": "{}", "syncedAt": 0,
       "versions": [{"name": "../x", "sha256": "00"}]})"}) {
    HostingFixture fixture;
    fixture.sync();
    fixture.service->stop();
    overwrite(folder_of(fixture) / "deployment.json", text);
    fixture.restart();
    fixture.service->restore();
    CHECK(fixture.events("restore.failed") == 1);
    CHECK(fixture.sync().succeeded);
    fixture.service->stop();
    fixture.restart();
    fixture.service->restore();
    CHECK(fixture.version_at(kPage) == "1.0.0.2");
  }
}

TEST_CASE("a deployment of the first format is served as it was") {
  HostingFixture fixture;
  fixture.sync();
  fixture.service->stop();
  const auto file = folder_of(fixture) / "deployment.json";
  auto stored = *read_stored_deployment(**base::read_file(file, 1 << 20));
  std::string versions;
  for (const auto& version : stored.versions) {
    versions += std::string(versions.empty() ? "" : ",") + R"({"name": ")" + version.name +
                R"(", "sha256": ")" + version.sha256 + R"(", "etag": ""})";
  }
  overwrite(file, R"({"format": 1, "config": )" + base::json_quote(sample_config()) +
                      R"(, "stageDefinition": "", "syncedAt": 1, "versions": [)" + versions + "]}");
  fixture.source->set_reachable(false);
  fixture.restart();
  fixture.service->restore();
  CHECK(fixture.events("restore.failed") == 0);
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
}

TEST_CASE("packages of versions that were let go are removed from disk") {
  HostingOptions options;
  options.retained_versions = 0;
  HostingFixture fixture(options);
  fixture.sync();
  CHECK(fixture.service->extensions().front().versions.size() == 5);
  CHECK(packages_of(fixture).size() == 5);
  fixture.source->put("config.json", config_with_all_stages("1.0.0.3"));
  fixture.sync();
  CHECK(becomes_true([&] { return packages_of(fixture).size() == 1; }));
}

TEST_CASE("a state folder that can't be written fails the sync and mends itself") {
  HostingFixture fixture;
  std::filesystem::create_directories(folder_of(fixture));
  std::ofstream(folder_of(fixture) / "packages") << "in the way";
  const SyncReport failed = fixture.sync();
  CHECK_FALSE(failed.succeeded);
  REQUIRE(failed.incident);
  CHECK(failed.incident->code == "EHE5003");
  std::filesystem::remove(folder_of(fixture) / "packages");
  CHECK(fixture.sync().succeeded);
  CHECK(fixture.version_at(kPage) == "1.0.0.2");
}

TEST_CASE("the store keeps one file for one content and finds out what is not its own") {
  const auto folder = *base::TemporaryFolder::create("exthost-store-test-");
  PackageStore store(folder.path() / "demo", {});
  CHECK_FALSE((*store.load()).has_value());
  const std::string zip = zip_of({{"a.txt", "a"}});
  const std::string hash = base::sha256_hex(zip);
  REQUIRE(store.keep(hash, zip));
  REQUIRE(store.keep(hash, zip));
  overwrite(folder.path() / "demo" / "packages" / (hash + ".zip"), std::string(zip.size(), 'x'));
  CHECK_FALSE(store.open(hash));
  REQUIRE(store.keep(hash, zip));
  CHECK(store.open(hash));
  CHECK_FALSE(store.is_durable(hash));
  StoredDeployment deployment;
  deployment.revisions.push_back({7, "{\"config\"}", "", base::WallTime(base::Duration(42))});
  deployment.versions.push_back({"1.0", hash, "\"e\""});
  REQUIRE(store.save(deployment));
  CHECK(store.is_durable(hash));
  const auto loaded = *store.load();
  REQUIRE(loaded);
  REQUIRE(loaded->revisions.size() == 1);
  CHECK(loaded->revisions[0].number == 7);
  CHECK(loaded->revisions[0].config_text == "{\"config\"}");
  CHECK(loaded->revisions[0].synced_at == base::WallTime(base::Duration(42)));
  CHECK(loaded->regions.empty());
  REQUIRE(loaded->versions.size() == 1);
  CHECK(loaded->versions[0].etag == "\"e\"");
  REQUIRE(store.remove_all_but({}));
  CHECK_FALSE(store.open(hash));
}
