#include <set>

#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("in dev a nudge reaches every data centre at once") {
  HostingFixture fixture;
  fixture.service->start();
  fixture.scheduler.run_due();
  fixture.put_version("2.0");
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  fixture.service->nudge("demo");
  fixture.scheduler.run_due();
  for (const RegionStatus& status : fixture.service->regions()) CHECK(status.served_version == "2.0");
}

TEST_CASE("in prod a change is found by a poll and taken by each data centre after its own lag") {
  HostingFixture fixture(options_for(Fidelity::prod));
  fixture.service->start();
  fixture.scheduler.run_due();
  CHECK(fixture.served_in("westus") == "1.0.0.2");  // the first deployment is taken at once

  fixture.put_version("2.0");
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  fixture.service->nudge("demo");  // means nothing here
  fixture.scheduler.run_due();
  CHECK(fixture.served_in("westus") == "1.0.0.2");

  std::set<int> served;  // how many data centres had it, minute by minute
  for (int minute = 0; minute < 33; ++minute) {
    fixture.scheduler.advance(minutes(1));
    int with_new = 0;
    for (const RegionStatus& status : fixture.service->regions()) {
      CHECK((status.served_version == "2.0" || status.served_version.rfind("1.0.0.", 0) == 0));
      if (status.served_version == "2.0") ++with_new;
      if (status.served_version != "2.0" && minute > 2) CHECK(status.pending_version == "2.0");
    }
    served.insert(with_new);
  }
  CHECK(served.size() > 10);
  for (const RegionStatus& status : fixture.service->regions()) {
    CHECK(status.served_version == "2.0");
    CHECK(status.pending_version.empty());
    CHECK(status.lag <= minutes(30));
    CHECK(status.health == "healthy");
  }
  CHECK(fixture.events("region.activated") == fixture.service->regions().size());
}

TEST_CASE("revisions that follow each other quickly all arrive, in order") {
  HostingFixture fixture(options_for(Fidelity::prod));
  fixture.service->start();
  fixture.scheduler.run_due();
  std::set<std::string> seen;
  for (int i = 0; i < 12; ++i) {
    const std::string version = "2.0." + std::to_string(i);
    fixture.put_version(version);
    fixture.source->put("config.json", config_with_all_stages(version));
    for (int step = 0; step < 5; ++step) {
      fixture.scheduler.advance(minutes(1));
      seen.insert(fixture.served_in("northeurope"));
    }
  }
  CHECK(seen.size() > 5);
  fixture.scheduler.advance(minutes(31));
  CHECK(fixture.served_in("northeurope") == "2.0.11");
}

TEST_CASE("a sync that is asked for moves every data centre, whatever the fidelity") {
  for (const Fidelity fidelity : {Fidelity::dev, Fidelity::prod, Fidelity::ci}) {
    HostingFixture fixture(options_for(fidelity));
    fixture.sync();
    fixture.put_version("2.0");
    fixture.source->put("config.json", config_with_all_stages("2.0"));
    const SyncReport report = fixture.sync();
    REQUIRE(report.changed);
    for (const SyncReport::Region& region : report.regions) {
      CHECK(region.after == "2.0");
      CHECK(region.before.rfind("1.0.0.", 0) == 0);
    }
    CHECK(report.regions.front().region < report.regions.back().region);
  }
}

TEST_CASE("a sync that is asked for also delivers what is on its way") {
  HostingFixture fixture(options_for(Fidelity::ci));
  fixture.service->start();
  fixture.scheduler.run_due();
  fixture.put_version("2.0");
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  fixture.scheduler.advance(minutes(1));
  fixture.sync();
  for (const RegionStatus& status : fixture.service->regions()) CHECK(status.served_version == "2.0");
}

TEST_CASE("in ci nothing moves while the clock stands") {
  HostingFixture fixture(options_for(Fidelity::ci));
  fixture.service->start();
  fixture.scheduler.run_due();
  fixture.put_version("2.0");
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  fixture.service->nudge("demo");
  fixture.scheduler.run_due();
  CHECK(fixture.served_in("eastus") == "1.0.0.1");
  fixture.scheduler.advance(minutes(32));
  CHECK(fixture.served_in("eastus") == "2.0");
}

TEST_CASE("the same seed and the same calls give the same journal") {
  const auto journal_of = [] {
    HostingFixture fixture(options_for(Fidelity::ci));
    fixture.service->start();
    fixture.scheduler.run_due();
    fixture.put_version("2.0");
    fixture.source->put("config.json", config_with_all_stages("2.0"));
    fixture.scheduler.advance(minutes(40));
    fixture.source->put("config.json", "{");
    fixture.scheduler.advance(minutes(5));
    std::string text;
    for (const base::Event& event : fixture.journal.since(0)) text += base::to_json(event) + "\n";
    return text;
  };
  const std::string first = journal_of();
  CHECK_FALSE(first.empty());
  CHECK(first == journal_of());
}

TEST_CASE("a poll comes every interval and not after stop") {
  HostingFixture fixture;
  fixture.service->start();
  fixture.scheduler.run_due();
  fixture.source->set_reachable(false);
  fixture.scheduler.advance(seconds(600));
  REQUIRE(fixture.open_incidents().size() == 1);
  CHECK(fixture.open_incidents().front().occurrences == 10);
  fixture.service->stop();
  fixture.service->stop();
  fixture.scheduler.advance(seconds(600));
  CHECK(fixture.open_incidents().front().occurrences == 10);
  CHECK(fixture.version_at("/demo?trustedAuthority=portal.azure.com") == "1.0.0.2");  // serving goes on
}

TEST_CASE("data centres are the cloud's regions, and their times depend on the seed alone") {
  const auto interval = seconds(60);
  const auto centers = make_data_centers(model::Cloud::public_cloud, Fidelity::prod, interval, 1);
  REQUIRE(centers.size() > 40);
  std::set<base::Duration> lags;
  for (const DataCenter& center : centers) {
    CHECK(center.phase >= base::Duration::zero());
    CHECK(center.phase < interval);
    CHECK(center.lag <= minutes(30));
    lags.insert(center.lag);
  }
  CHECK(lags.size() > centers.size() / 2);
  const auto again = make_data_centers(model::Cloud::public_cloud, Fidelity::prod, interval, 1);
  const auto other = make_data_centers(model::Cloud::public_cloud, Fidelity::prod, interval, 2);
  CHECK(again.front().lag == centers.front().lag);
  CHECK(other.front().lag != centers.front().lag);
  for (const DataCenter& center : make_data_centers(model::Cloud::fairfax, Fidelity::dev, interval, 1)) {
    CHECK(center.lag == base::Duration::zero());
    CHECK(center.region.rfind("us", 0) == 0);
  }
}

TEST_CASE("the next poll is the first moment of its phase that is not past") {
  const auto at = [](int second) { return base::WallTime(seconds(second)); };
  CHECK(next_poll(seconds(10), seconds(60), at(0)) == at(10));
  CHECK(next_poll(seconds(10), seconds(60), at(10)) == at(10));
  CHECK(next_poll(seconds(10), seconds(60), at(11)) == at(70));
  CHECK(takes_revision_at({"x", seconds(10), seconds(100)}, seconds(60), at(0)) == at(130));
}
