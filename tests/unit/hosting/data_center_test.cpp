// What the data centres do apart from each other, on a virtual clock.

#include <nlohmann/json.hpp>
#include <set>

#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kPage = "/demo?trustedAuthority=portal.azure.com";

RegionStatus row_of(const HostingFixture& fixture, const std::string& region) {
  for (const RegionStatus& row : fixture.service->regions()) {
    if (row.region == region) return row;
  }
  FAIL("no row of " << region);
  return {};
}

std::size_t in_health(const HostingFixture& fixture, const std::string& health) {
  const auto rows = fixture.service->regions();
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const RegionStatus& row) { return row.health == health; }));
}

/// Started, and every data centre has the sample.
std::unique_ptr<HostingFixture> running(Fidelity fidelity, bool told = true) {
  auto fixture = std::make_unique<HostingFixture>(options_for(fidelity), told);
  fixture->service->start();
  fixture->scheduler.run_due();
  return fixture;
}

void publish(HostingFixture& fixture, const std::string& version) {
  fixture.put_version(version);
  fixture.source->put("config.json", config_with_all_stages(version));
  fixture.service->nudge("demo");
  fixture.scheduler.run_due();
}

}  // namespace

TEST_CASE("each data centre finds a failure at its own poll, and the end of it") {
  const auto fixture = running(Fidelity::prod);
  const std::size_t all = fixture->service->regions().size();
  fixture->source->put("config.json", "{");
  fixture->service->nudge("demo");
  std::set<std::size_t> failing;
  for (int second = 0; second < 60; ++second) {
    fixture->scheduler.advance(seconds(1));
    failing.insert(in_health(*fixture, "last-good"));
    const auto incidents = fixture->open_incidents();
    REQUIRE(incidents.size() == (in_health(*fixture, "last-good") > 0 ? 1 : 0));
    if (!incidents.empty()) CHECK(incidents.front().regions.size() == in_health(*fixture, "last-good"));
  }
  CHECK(failing.size() > 10);
  CHECK(in_health(*fixture, "last-good") == all);
  const RegionStatus row = row_of(*fixture, "westus");
  CHECK(row.last_error_code == "EHE1003");
  CHECK_THAT(row.last_error, ContainsSubstring("config.json"));

  fixture->source->put("config.json", sample_config());
  fixture->service->nudge("demo");
  fixture->scheduler.advance(seconds(30));
  CHECK(fixture->events("incident.resolved") == 0);  // somewhere the last poll was still a bad one
  fixture->scheduler.advance(seconds(30));
  CHECK(in_health(*fixture, "healthy") == all);
  CHECK(fixture->events("incident.opened") == 1);
  CHECK(fixture->events("incident.resolved") == 1);
}

TEST_CASE(
    "a data centre that is down answers nobody who names it, and the nearest stands in for the default one") {
  const auto fixture = running(Fidelity::dev);
  CHECK(fixture->version_at(kPage) == "1.0.0.2");  // westus, stage 4
  REQUIRE(*fixture->service->set_down("West US", true));
  CHECK_FALSE(*fixture->service->set_down("westus", true));
  CHECK(fixture->service->is_down("westus"));
  CHECK(row_of(*fixture, "westus").health == "down");
  CHECK_FALSE(row_of(*fixture, "westus").next_poll);

  CHECK(fixture->version_at(kPage) == "1.0.0.1");  // another region, of the last stage
  const http::Response refused = fixture->get(kPage + "&region=westus");
  CHECK(refused.status == 503);
  CHECK_THAT(body_of(refused), ContainsSubstring("EHE1307"));
  CHECK(fixture->get("/demo/Content/1.0.0.3/Scripts/app.js?region=westus").status == 503);
  CHECK(fixture->get("/demo/Content/1.0.0.3/Scripts/app.js").status == 200);
  const auto answer = fixture->service->explain("demo", "westus", "", "portal.azure.com");
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->reasons.front().code == model::reasons::kRegionDown);

  REQUIRE(*fixture->service->set_down("westus", false));
  CHECK(fixture->version_at(kPage + "&region=westus") == "1.0.0.2");
  CHECK(fixture->events("region.down") == 1);
  CHECK(fixture->events("region.up") == 1);
  const auto unknown = fixture->service->set_down("westeros", true);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == "EHE1104");
}

TEST_CASE("when every data centre is down nobody answers") {
  const auto fixture = running(Fidelity::dev);
  for (const RegionStatus& row : fixture->service->regions())
    REQUIRE(fixture->service->set_down(row.region, true));
  CHECK(fixture->get(kPage).status == 503);
}

TEST_CASE("a data centre that was down catches up with its next poll") {
  SECTION("in dev at once") {
    const auto fixture = running(Fidelity::dev);
    REQUIRE(fixture->service->set_down("eastus", true));
    publish(*fixture, "2.0");
    CHECK(fixture->served_in("eastus") == "1.0.0.1");
    CHECK(fixture->served_in("westus") == "2.0");
    REQUIRE(fixture->service->set_down("eastus", false));
    fixture->scheduler.run_due();
    CHECK(fixture->served_in("eastus") == "2.0");
  }
  SECTION("in prod after its lag, and with what it had been waiting for") {
    const auto fixture = running(Fidelity::prod);
    publish(*fixture, "2.0");
    fixture->scheduler.advance(minutes(1));
    REQUIRE(fixture->service->set_down("eastus", true));
    fixture->scheduler.advance(minutes(60));
    CHECK(fixture->served_in("eastus") == "1.0.0.1");
    publish(*fixture, "3.0");
    REQUIRE(fixture->service->set_down("eastus", false));
    fixture->scheduler.advance(minutes(1));
    CHECK(fixture->served_in("eastus") == "2.0");
    fixture->scheduler.advance(minutes(31));
    CHECK(fixture->served_in("eastus") == "3.0");
  }
}

TEST_CASE("a failing data centre that is taken down keeps no incident open") {
  const auto fixture = running(Fidelity::prod);
  fixture->source->set_reachable(false);
  fixture->service->nudge("demo");
  REQUIRE(fixture->service->sync_now("demo", "eastus"));
  REQUIRE(fixture->open_incidents().size() == 1);
  CHECK(fixture->open_incidents().front().regions == std::vector<std::string>{"eastus"});
  REQUIRE(fixture->service->set_down("eastus", true));
  CHECK(fixture->open_incidents().empty());
}

TEST_CASE("a sync of one region moves that region only") {
  const auto fixture = running(Fidelity::prod);
  publish(*fixture, "2.0");
  const auto report = fixture->service->sync_now("demo", "East US");
  REQUIRE(report);
  CHECK(report->changed);
  for (const SyncReport::Region& region : report->regions)
    CHECK((region.after == "2.0") == (region.region == "eastus"));
  CHECK(fixture->events("region.activated") == 1);
  CHECK(fixture->service->sync_now("demo", "nowhere").error().code == "EHE1104");
}

TEST_CASE("polls that could find nothing new are not made where changes are told") {
  for (const bool told : {true, false}) {
    const auto fixture = running(Fidelity::prod, told);
    fixture->source->take_requests();
    fixture->scheduler.advance(std::chrono::hours(2));
    CHECK((fixture->source->take_requests() == 0) == told);
    const RegionStatus row = row_of(*fixture, "westus");
    REQUIRE(row.last_sync);
    CHECK(fixture->scheduler.now() - *row.last_sync < seconds(60));  // shown as if they were
    CHECK(*row.next_poll - *row.last_sync == seconds(60));
  }
}

TEST_CASE("a failure that may pass is looked at again with every poll") {
  const auto fixture = running(Fidelity::prod);
  fixture->source->set_reachable(false);
  fixture->service->nudge("demo");
  fixture->scheduler.advance(minutes(1));
  CHECK(in_health(*fixture, "healthy") == 0);
  fixture->source->set_reachable(true);  // and nobody tells
  fixture->scheduler.advance(minutes(1));
  CHECK(in_health(*fixture, "healthy") == fixture->service->regions().size());
}

TEST_CASE("every data centre comes back from a restart as it was") {
  HostingFixture fixture(options_for(Fidelity::prod), true);
  fixture.service->start();
  fixture.scheduler.run_due();
  publish(fixture, "2.0");
  fixture.scheduler.advance(minutes(12));
  const auto before = fixture.service->regions();
  fixture.service->stop();
  fixture.source->set_reachable(false);
  fixture.restart();
  fixture.service->restore();
  const auto after = fixture.service->regions();
  std::set<std::string> served;
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(after[i].served_version == before[i].served_version);
    CHECK(after[i].pending_version == before[i].pending_version);
    CHECK(after[i].pending_due == before[i].pending_due);
    served.insert(after[i].served_version);
  }
  CHECK(served.size() > 1);
  fixture.service->start();
  fixture.scheduler.advance(minutes(32));  // what they await needs no container
  for (const RegionStatus& row : fixture.service->regions()) CHECK(row.served_version == "2.0");
}

TEST_CASE("polls that can only fail as the one before did are counted as if they had been made") {
  const auto look_at = [](HostingFixture& fixture) {
    const auto all = fixture.service->incidents();
    std::string text;
    for (const model::Incident& incident : all) {
      text += std::string(model::to_string(incident.cause)) + " " + std::to_string(incident.occurrences) +
              " " + base::to_iso8601(incident.first_seen) + " " + base::to_iso8601(incident.last_seen) + " " +
              std::to_string(incident.regions.size()) + (incident.resolved ? " resolved\n" : "\n");
    }
    const auto diagnostics =
        nlohmann::json::parse(body_of(fixture.get("/demo/api/diagnostics")), nullptr, false);
    text += diagnostics["extensions"]["demo"].value("lastError", nlohmann::json()).dump() + "\n";
    for (const RegionStatus& row : fixture.service->regions())
      text += row.region + " " + row.health + " " + base::to_iso8601(*row.last_sync) + "\n";
    return text;
  };
  const auto play = [&](Fidelity fidelity, bool told) {
    const auto fixture = running(fidelity, told);
    std::vector<std::string> seen;
    const auto wait = [&](base::Duration time) {
      fixture->scheduler.advance(time);
      seen.push_back(look_at(*fixture));
    };
    const auto change = [&](const std::string& config) {
      fixture->source->put("config.json", config);
      fixture->service->nudge("demo");
      fixture->scheduler.run_due();
    };
    const auto outage = [&](bool out) {
      fixture->source->set_outage(out);
      fixture->service->nudge("demo");
      fixture->scheduler.run_due();
    };
    change("{");
    wait(seconds(30));
    wait(minutes(90));
    REQUIRE(fixture->service->set_down("westus", true));
    wait(minutes(10));
    change(config_with_all_stages("9.9"));
    wait(minutes(10));
    REQUIRE(fixture->service->set_down("westus", false));
    wait(minutes(10) + seconds(7));
    REQUIRE(fixture->service->sync_now("demo", "eastus"));
    wait(seconds(61));
    outage(true);
    wait(std::chrono::hours(2));
    const auto open = fixture->open_incidents();
    REQUIRE_FALSE(open.empty());
    REQUIRE(fixture->service->resolve_incident(open.front().id, {}));
    wait(minutes(3));
    outage(false);
    wait(minutes(2));
    change(sample_config());
    wait(minutes(2));
    return seen;
  };
  for (const Fidelity fidelity : {Fidelity::prod, Fidelity::dev}) {
    const auto made = play(fidelity, false);
    const auto counted = play(fidelity, true);
    REQUIRE(made.size() == counted.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      INFO("step " << i);
      CHECK(made[i] == counted[i]);
    }
  }
}

TEST_CASE("a container that stays broken costs nothing, however long it does") {
  const auto fixture = running(Fidelity::prod);
  fixture->source->put("config.json", "{");
  fixture->service->nudge("demo");
  fixture->scheduler.advance(minutes(2));
  const auto syncs = [&] {
    return nlohmann::json::parse(body_of(fixture->get("/api/diagnostics")), nullptr,
                                 false)["serverInfo"]["extensionSync"]["totalSyncAllCount"]
        .get<int>();
  };
  const int before = syncs();
  fixture->source->take_requests();
  fixture->scheduler.advance(std::chrono::hours(24 * 14));
  CHECK(syncs() == before);
  CHECK(fixture->source->take_requests() == 0);
  CHECK(fixture->open_incidents().front().last_seen > fixture->scheduler.now() - minutes(1));
}
