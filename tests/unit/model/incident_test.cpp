#include "emulator/model/incident.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;
using exthost::base::Duration;
using exthost::base::WallTime;

namespace {

WallTime minute(int n) {
  return WallTime(Duration(60'000 * n));
}

IncidentLog::Report report(IncidentCause cause, std::string region, std::string message = "broken") {
  return {"demo", cause, "EHE1003", std::move(message), "owner@example.com", {}, {std::move(region)}};
}

}  // namespace

TEST_CASE("one cause opens one incident and refreshes it while it lasts") {
  IncidentLog log;
  const auto first = log.report(report(IncidentCause::invalid_config, "westus", "old"), minute(1));
  CHECK(first.opened);
  const auto second = log.report(report(IncidentCause::invalid_config, "eastus", "new"), minute(2));
  CHECK_FALSE(second.opened);
  CHECK(second.incident.id == first.incident.id);
  CHECK(second.incident.message == "new");
  CHECK(second.incident.occurrences == 2);
  CHECK(second.incident.first_seen == minute(1));
  CHECK(second.incident.last_seen == minute(2));
  CHECK(second.incident.regions == std::vector<std::string>{"eastus", "westus"});
  CHECK(log.all().size() == 1);
}

TEST_CASE("a region that fails twice is listed once") {
  IncidentLog log;
  log.report(report(IncidentCause::invalid_config, "westus"), minute(1));
  CHECK(log.report(report(IncidentCause::invalid_config, "westus"), minute(2)).incident.regions.size() == 1);
}

TEST_CASE("causes and extensions have incidents of their own") {
  IncidentLog log;
  log.report(report(IncidentCause::invalid_config, "westus"), minute(1));
  CHECK(log.report(report(IncidentCause::missing_version, "westus"), minute(1)).opened);
  auto other = report(IncidentCause::invalid_config, "westus");
  other.extension = "other";
  CHECK(log.report(other, minute(1)).opened);
}

TEST_CASE("a good sync resolves what is open for the extension, once") {
  IncidentLog log;
  log.report(report(IncidentCause::invalid_config, "westus"), minute(1));
  auto other = report(IncidentCause::invalid_config, "westus");
  other.extension = "other";
  log.report(other, minute(1));

  const auto resolved = log.resolve_others("demo", {}, minute(3));
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].resolved == minute(3));
  CHECK(log.resolve_others("demo", {}, minute(4)).empty());
  CHECK(log.report(report(IncidentCause::invalid_config, "westus"), minute(5)).opened);
}

TEST_CASE("another cause resolves the ones that are gone") {
  IncidentLog log;
  log.report(report(IncidentCause::invalid_config, "westus"), minute(1));
  log.report(report(IncidentCause::missing_version, "westus"), minute(2));
  const auto resolved = log.resolve_others("demo", {IncidentCause::missing_version}, minute(2));
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].cause == IncidentCause::invalid_config);
}

TEST_CASE("what fails a sync is of severity 3, and a replaced zip is a note that does not count as opened") {
  IncidentLog log;
  CHECK(log.report(report(IncidentCause::replaced_zip, "westus"), minute(1)).incident.severity() ==
        IncidentSeverity::note);
  CHECK(log.opened() == 0);
  log.report(report(IncidentCause::invalid_config, "westus"), minute(1));
  CHECK(log.report(report(IncidentCause::invalid_config, "westus"), minute(2)).incident.severity() ==
        IncidentSeverity::sev3);
  CHECK(log.opened() == 1);
  log.resolve_others("demo", {}, minute(3));
  CHECK(log.opened() == 1);
  CHECK(to_string(IncidentSeverity::sev3) == "sev3");
  CHECK(to_string(IncidentSeverity::note) == "note");
}

TEST_CASE("an incident without evidence has its message, with what to do") {
  IncidentLog log;
  const Incident incident = log.report(report(IncidentCause::invalid_config, "westus"), minute(1)).incident;
  REQUIRE(incident.evidence.size() == 1);
  CHECK(incident.evidence[0].message == "broken");
  CHECK_FALSE(incident.evidence[0].hint.empty());
}

TEST_CASE("the main finding is the first error, else the first of all") {
  Incident incident;
  CHECK(main_finding(incident) == nullptr);
  incident.evidence = {{Severity::warning, "", "a", "", {}, {}}, {Severity::note, "", "b", "", {}, {}}};
  CHECK(main_finding(incident)->message == "a");
  incident.evidence.push_back({Severity::error, "", "c", "", {}, {}});
  CHECK(main_finding(incident)->message == "c");
}

TEST_CASE("an open incident is acknowledged, and stays so while it lasts") {
  IncidentLog log;
  const auto id = log.report(report(IncidentCause::invalid_config, "westus"), minute(1)).incident.id;
  REQUIRE(log.acknowledge(id, {"casey", "mine"}, minute(2)));
  const Incident refreshed = log.report(report(IncidentCause::invalid_config, "westus"), minute(3)).incident;
  CHECK(refreshed.acknowledged == minute(2));
  CHECK(refreshed.acknowledgement.by == "casey");
  CHECK_FALSE(refreshed.resolved);
  REQUIRE(log.acknowledge(id, {"robin", ""}, minute(4)));
  CHECK(log.find(id)->acknowledged == minute(4));
  CHECK(log.find(id)->acknowledgement.by == "robin");
}

TEST_CASE("an incident that is resolved by hand opens anew if its cause persists") {
  IncidentLog log;
  const auto id = log.report(report(IncidentCause::invalid_config, "westus"), minute(1)).incident.id;
  const auto resolved = log.resolve(id, {"casey", "enough"}, minute(2));
  REQUIRE(resolved);
  CHECK(resolved->resolved == minute(2));
  CHECK(resolved->resolution->note == "enough");
  CHECK(log.resolve_others("demo", {}, minute(3)).empty());
  const auto anew = log.report(report(IncidentCause::invalid_config, "westus"), minute(4));
  CHECK(anew.opened);
  CHECK(anew.incident.id != id);
  CHECK(log.resolve_others("demo", {}, minute(5)).size() == 1);
  CHECK_FALSE(log.find(anew.incident.id)->resolution);
}

TEST_CASE("only what is there and open can be acknowledged or resolved") {
  IncidentLog log;
  CHECK(log.acknowledge(1, {}, minute(1)).error().kind == exthost::base::ErrorKind::not_found);
  const auto id = log.report(report(IncidentCause::invalid_config, "westus"), minute(1)).incident.id;
  log.resolve_others("demo", {}, minute(2));
  for (const auto& refused : {log.acknowledge(id, {}, minute(3)), log.resolve(id, {}, minute(3))}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == exthost::base::ErrorKind::conflict);
    CHECK(refused.error().code == codes::kIncidentResolved);
  }
  CHECK_FALSE(log.find(id)->acknowledged);
  CHECK(log.find(id)->resolved == minute(2));
}

TEST_CASE("open incidents come first, then the newest") {
  IncidentLog log;
  const auto open = log.report(report(IncidentCause::replaced_zip, "westus"), minute(0)).incident.id;
  for (int i = 1; i <= 3; ++i) {
    log.report(report(IncidentCause::invalid_config, "westus"), minute(i));
    log.resolve_others("demo", {IncidentCause::replaced_zip}, minute(i));
  }
  const auto all = log.all();
  REQUIRE(all.size() == 4);
  CHECK(all[0].id == open);
  CHECK(all[1].id > all[2].id);
  CHECK(all[2].id > all[3].id);
}

TEST_CASE("two hundred resolved incidents are kept, and every open one") {
  IncidentLog log;
  const auto open = log.report(report(IncidentCause::replaced_zip, "westus"), minute(0)).incident.id;
  std::uint64_t first = 0;
  for (int i = 1; i <= 250; ++i) {
    const auto id = log.report(report(IncidentCause::invalid_config, "westus"), minute(i)).incident.id;
    if (i == 1) first = id;
    log.resolve_others("demo", {IncidentCause::replaced_zip}, minute(i));
  }
  CHECK(log.all().size() == 201);
  CHECK(log.find(open));
  CHECK_FALSE(log.find(first));
}

TEST_CASE("every cause has a name of its own") {
  CHECK(to_string(IncidentCause::missing_version) == "missing_version");
  CHECK(to_string(IncidentCause::replaced_zip) == "replaced_zip");
}
