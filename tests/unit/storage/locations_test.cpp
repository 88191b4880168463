#include "emulator/storage/locations.h"

#include "emulator/model/codes.h"
#include "tests/unit/storage/blob_service_fixture.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

const base::WallTime kNoon{std::chrono::seconds(1'800'000'000)};
const Failovers kMoved{{"moved", kNoon}};

/// The fixture's account behind locations.
struct Fixture : BlobServiceFixture {
  Fixture() {
    make_container("open", AccessLevel::container);
    put("open", "a", "abc");
  }
  http::Response read(const std::string& account) {
    return switched.handle(HttpRequest("GET", "/" + account + "/open/a"));
  }

  Locations locations;
  BlobService switched{
      *store, accounts, clock, ids, std::make_shared<spdlog::logger>("test"), {.locations = &locations}};
};

}  // namespace

TEST_CASE("an account may fail over if it has a secondary location that is up") {
  for (const Outage outage : {Outage::none, Outage::primary}) CHECK(check_failover("here", outage, kMoved));
  for (const Outage outage : {Outage::secondary, Outage::both}) {
    const auto refused = check_failover("here", outage, kMoved);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == model::codes::kFailoverRefused);
    CHECK(refused.error().kind == base::ErrorKind::conflict);
  }
  CHECK_FALSE(check_failover("moved", Outage::none, kMoved));
}

TEST_CASE("an account may fail back if it failed over and no location is out") {
  CHECK(check_failback("moved", Outage::none, kMoved));
  CHECK_FALSE(check_failback("here", Outage::none, kMoved));
  for (const Outage outage : {Outage::primary, Outage::secondary, Outage::both})
    CHECK_FALSE(check_failback("moved", outage, kMoved));
}

TEST_CASE("after a failover an outage of the former primary location is none of the account's") {
  Locations locations;
  locations.set_failovers(kMoved);
  CHECK(locations.has_secondary("here"));
  CHECK_FALSE(locations.has_secondary("moved"));
  struct Case {
    Outage outage;
    bool here, here_secondary, moved;
  };
  for (const Case& c : {Case{Outage::none, false, false, false}, Case{Outage::primary, true, false, false},
                        Case{Outage::secondary, false, true, true}, Case{Outage::both, true, true, true}}) {
    INFO(to_string(c.outage));
    locations.set_outage(c.outage);
    CHECK(locations.is_out("here", false) == c.here);
    CHECK(locations.is_out("here", true) == c.here_secondary);
    CHECK(locations.is_out("moved", false) == c.moved);
    CHECK_FALSE(locations.is_out("moved", true));
  }
}

TEST_CASE_METHOD(Fixture, "An account that failed over answers from there, and has no secondary endpoint") {
  CHECK(read("devstoreaccount1-secondary").status == 200);
  locations.set_outage(Outage::primary);
  CHECK(read("devstoreaccount1").status == 503);
  locations.set_failovers({{"devstoreaccount1", kNoon}});
  CHECK(read("devstoreaccount1").status == 200);
  const http::Response gone = read("devstoreaccount1-secondary");
  CHECK(gone.status == 404);
  CHECK(code_of(gone) == "ResourceNotFound");
  locations.set_outage(Outage::secondary);
  CHECK(read("devstoreaccount1").status == 503);
  CHECK(read("devstoreaccount1-secondary").status == 404);
  locations.set_outage(Outage::none);
  locations.set_failovers({});
  CHECK(read("devstoreaccount1-secondary").status == 200);
}
