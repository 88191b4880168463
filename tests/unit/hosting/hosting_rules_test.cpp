// The hosting service's documented behaviour, line by line (domain.md e1 to e12), on a virtual clock.

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kPage = "/demo?trustedAuthority=portal.azure.com";

/// A service in `prod`, that has the sample everywhere.
class Rules : public HostingFixture {
 public:
  Rules() : HostingFixture(options_for(Fidelity::prod), true) {
    service->start();
    scheduler.run_due();
    source->take_downloads();
  }

  void put(const std::string& blob, const std::string& bytes) {
    source->put(blob, bytes);
    service->nudge("demo");
  }
  void publish(const std::string& version) {
    put_version(version);
    put("config.json", config_with_all_stages(version));
  }
  std::size_t regions() const { return service->regions().size(); }
  std::size_t serving(const std::string& version) const {
    std::size_t count = 0;
    for (const RegionStatus& row : service->regions()) count += row.served_version == version ? 1 : 0;
    return count;
  }
};

}  // namespace

TEST_CASE("e1: there is a service in every data centre, and each polls independently") {
  Rules rules;
  std::set<base::WallTime> polls;
  for (const RegionStatus& row : rules.service->regions()) polls.insert(*row.next_poll);
  CHECK(rules.regions() > 50);
  CHECK(polls.size() > 40);
}

TEST_CASE("e2: a new config and its versions are found within a minute") {
  Rules rules;
  rules.publish("2.0");
  CHECK(rules.source->take_downloads().empty());
  rules.scheduler.advance(minutes(1));
  CHECK(rules.source->take_downloads() == std::vector<std::string>{"config.json", "2.0.zip"});
}

TEST_CASE(
    "e3: versions are downloaded before the config is written, and nothing is active until all are there") {
  Rules rules;
  rules.put_version("2.0");
  rules.put(
      "config.json",
      R"({"$version": "3", "stage1": "2.0", "stage2": "2.1", "stage3": "2.0", "stage4": "2.0", "stage5": "2.0"})");
  rules.scheduler.advance(minutes(40));
  CHECK(rules.serving("2.0") == 0);
  CHECK(rules.served_in("westus") == "1.0.0.2");
  rules.put("2.1.zip", zip_of(extension_files("2.1")));
  rules.scheduler.advance(minutes(33));
  CHECK(rules.serving("2.0") == rules.regions() - 1);
  CHECK(rules.served_in("westcentralus") == "2.1");
}

TEST_CASE("e4: a version is never downloaded again, whatever becomes of its zip") {
  Rules rules;
  rules.put("1.0.0.2.zip", zip_of(extension_files("replaced")));
  rules.scheduler.advance(minutes(40));
  CHECK_THAT(body_of(rules.get("/demo/Content/1.0.0.2/Scripts/app.js")), ContainsSubstring("// 1.0.0.2\n"));
  rules.source->remove("1.0.0.2.zip");
  rules.service->nudge("demo");
  rules.scheduler.advance(minutes(40));
  CHECK(rules.version_at(kPage) == "1.0.0.2");
}

TEST_CASE("e5: half an hour after it was found, and no sooner, a change has reached every data centre") {
  Rules rules;
  rules.publish("2.0");
  rules.scheduler.advance(minutes(15));
  const std::size_t half = rules.serving("2.0");
  CHECK(half > 10);
  CHECK(half < 50);
  rules.scheduler.advance(minutes(17));
  CHECK(rules.serving("2.0") == rules.regions());
}

TEST_CASE("e6: each documented cause opens one incident against the owner") {
  const std::map<std::string, std::function<void(Rules&)>> causes = {
      {"storage_unavailable", [](Rules& rules) { rules.source->set_reachable(false); }},
      {"invalid_config", [](Rules& rules) { rules.source->put("config.json", "{"); }},
      {"missing_version",
       [](Rules& rules) { rules.source->put("config.json", config_with_all_stages("9.9")); }},
      {"validation_failed",
       [](Rules& rules) {
         rules.source->put("9.9.zip", "no zip");
         rules.source->put("config.json", config_with_all_stages("9.9"));
       }},
      {"too_many_friendly_names",
       [](Rules& rules) {
         std::string names;
         for (int i = 0; i < 101; ++i) names += ", \"name" + std::to_string(i) + "\": \"1.0.0.1\"";
         rules.source->put("config.json", config_with_all_stages("1.0.0.1", names));
       }},
      {"stage_definition_fetch_failed",
       [](Rules& rules) {
         rules.source->put("config.json",
                           config_with_all_stages("1.0.0.1", ", \"$customStageDefinition\": true"));
       }},
  };
  for (const auto& [cause, provoke] : causes) {
    INFO(cause);
    Rules rules;
    provoke(rules);
    rules.service->nudge("demo");
    rules.scheduler.advance(minutes(90));
    const auto incidents = rules.open_incidents();
    REQUIRE(incidents.size() == 1);
    CHECK(model::to_string(incidents.front().cause) == cause);
    CHECK(incidents.front().owner == "owner@contoso.example");
    CHECK(incidents.front().regions.size() == rules.regions());
    CHECK(incidents.front().last_seen - incidents.front().first_seen > minutes(88));
    CHECK(rules.events("incident.opened") == 1);
    CHECK(rules.version_at(kPage) == "1.0.0.2");
  }
}

TEST_CASE("e7: while storage is out, what was synced goes on being served") {
  Rules rules;
  rules.source->set_reachable(false);
  rules.service->nudge("demo");
  rules.scheduler.advance(std::chrono::hours(4));
  CHECK(rules.version_at(kPage) == "1.0.0.2");
  CHECK(rules.get("/demo/Content/1.0.0.2/Scripts/app.js").status == 200);
}

TEST_CASE(
    "e8 and e9: who loaded the old version gets its content after an update, for as long as it is retained") {
  Rules rules;
  rules.publish("2.0");
  rules.scheduler.advance(minutes(32));
  REQUIRE(rules.version_at(kPage) == "2.0");
  rules.scheduler.advance(std::chrono::hours(24 * 14));
  CHECK(rules.get("/demo/Content/1.0.0.2/Scripts/app.js").status == 200);
  CHECK(rules.get("/demo/Content/Dynamic/1.0.0.2hash.js").status == 200);  // found by its hash alone
}

TEST_CASE("e10: what was served when the portal asked last can be told until it asks again") {
  Rules rules;
  const auto mark = [&] {
    const base::WallTime now = rules.scheduler.now();
    return now - now.time_since_epoch() % minutes(5);
  };
  const auto then = [&](const std::string& region, const std::string& stamp = {}) {
    return rules.service->version_at(mark(), "demo", region, stamp);
  };
  rules.publish("2.0");
  std::size_t changes = 0;
  std::string at_mark = "1.0.0.2";
  std::string before = at_mark;
  for (base::WallTime last = mark(); changes < 2; before = rules.served_in("westus")) {
    rules.scheduler.advance(seconds(1));
    if (mark() != last) at_mark = rules.served_in("westus");
    last = mark();
    REQUIRE(then("westus") == at_mark);
    REQUIRE(then("West US", "stage4") == at_mark);
    REQUIRE(rules.service->version_at(rules.scheduler.now(), "demo", "westus", "") ==
            rules.served_in("westus"));
    if (rules.served_in("westus") == before) continue;
    ++changes;
    if (changes == 1) rules.publish("3.0");
  }
  CHECK(rules.served_in("westus") == "3.0");
  CHECK(rules.service->version_at(mark(), "other", "westus", "").empty());
}

TEST_CASE("e11 and e12: diagnostics have the last error, with its time, and the count of syncs") {
  Rules rules;
  const auto diagnostics = [&] {
    return nlohmann::json::parse(body_of(rules.get("/api/diagnostics")), nullptr, false);
  };
  CHECK_FALSE(diagnostics()["extensions"]["demo"].contains("lastError"));
  const int syncs = diagnostics()["serverInfo"]["extensionSync"]["totalSyncAllCount"];
  rules.put("config.json", "{");
  rules.scheduler.advance(minutes(1));
  const auto after = diagnostics();
  CHECK_FALSE(after["extensions"]["demo"]["lastError"]["errorMessage"].get<std::string>().empty());
  CHECK(after["extensions"]["demo"]["lastError"]["time"].get<std::string>().back() == 'Z');
  CHECK(after["extensions"]["demo"]["config"]["stage4"] == "1.0.0.2");  // the last good one
  CHECK(after["serverInfo"]["extensionSync"]["totalSyncAllCount"].get<int>() > syncs);
}
