#include "emulator/model/incident.h"

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

TEST_CASE("open incidents come first, then the newest") {
  IncidentLog log;
  const auto open = log.report(report(IncidentCause::storage_unavailable, "westus"), minute(0)).incident.id;
  for (int i = 1; i <= 3; ++i) {
    log.report(report(IncidentCause::invalid_config, "westus"), minute(i));
    log.resolve_others("demo", {IncidentCause::storage_unavailable}, minute(i));
  }
  const auto all = log.all();
  REQUIRE(all.size() == 4);
  CHECK(all[0].id == open);
  CHECK(all[1].id > all[2].id);
  CHECK(all[2].id > all[3].id);
}

TEST_CASE("two hundred resolved incidents are kept, and every open one") {
  IncidentLog log;
  const auto open = log.report(report(IncidentCause::storage_unavailable, "westus"), minute(0)).incident.id;
  std::uint64_t first = 0;
  for (int i = 1; i <= 250; ++i) {
    const auto id = log.report(report(IncidentCause::invalid_config, "westus"), minute(i)).incident.id;
    if (i == 1) first = id;
    log.resolve_others("demo", {IncidentCause::storage_unavailable}, minute(i));
  }
  CHECK(log.all().size() == 201);
  CHECK(log.find(open));
  CHECK_FALSE(log.find(first));
}

TEST_CASE("every cause has a name of its own") {
  CHECK(to_string(IncidentCause::missing_version) == "missing_version");
  CHECK(to_string(IncidentCause::replaced_zip) == "replaced_zip");
}
