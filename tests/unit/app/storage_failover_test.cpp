#include "emulator/app/storage_failover.h"

#include "emulator/base/file.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;

namespace {

struct World {
  World() { REQUIRE(accounts.add("mybiza", {std::string(storage::kDevelopmentKey)})); }

  base::TemporaryFolder folder = *base::TemporaryFolder::create("exthost-failover-");
  std::filesystem::path file = folder.path() / "failover.json";
  base::VirtualScheduler clock{base::WallTime{std::chrono::seconds(1'800'000'000)}};
  base::Journal journal{clock};
  storage::Accounts accounts;
  storage::Locations locations;
  app::StorageFailover failover{file, locations, accounts, clock, journal};
};

}  // namespace

TEST_CASE("a failover is remembered before it is in force, and restored") {
  World world;
  REQUIRE(world.failover.fail_over("mybiza"));
  CHECK_FALSE(world.locations.has_secondary("mybiza"));
  CHECK(world.locations.has_secondary("devstoreaccount1"));
  CHECK(app::load_failovers(world.file)->at("mybiza") == world.clock.now());

  storage::Locations restored;
  app::StorageFailover next(world.file, restored, world.accounts, world.clock, world.journal);
  REQUIRE(next.restore());
  CHECK_FALSE(restored.has_secondary("mybiza"));
  const auto events = world.journal.since(0);
  REQUIRE(events.size() == 2);
  CHECK(events[0].type == "storage.failover");
  CHECK(events[0].data == R"({"account":"mybiza","location":"secondary"})");
  CHECK(events[1].type == "storage.location");
}

TEST_CASE("without a name all accounts move that can, and none is an error") {
  World world;
  REQUIRE(world.failover.fail_over("mybiza"));
  REQUIRE(world.failover.fail_over(""));
  CHECK(world.locations.failovers().size() == 2);
  CHECK(world.failover.fail_over("").error().code == model::codes::kFailoverRefused);
  REQUIRE(world.failover.fail_back("mybiza"));
  REQUIRE(world.failover.fail_back(""));
  CHECK(world.locations.failovers().empty());
  CHECK(world.failover.fail_back("").error().code == model::codes::kFailoverRefused);
  CHECK(world.failover.fail_over("nobody").error().code == model::codes::kBadRequestBody);
}

TEST_CASE("what cannot be remembered does not happen") {
  World world;
  REQUIRE(std::filesystem::create_directory(world.file));  // in the file's place
  const auto failed = world.failover.fail_over("mybiza");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == model::codes::kStateUnwritable);
  CHECK(world.locations.has_secondary("mybiza"));
  CHECK(world.journal.last_seq() == 0);
}

TEST_CASE("a file that does not say who failed over is an error with its name") {
  World world;
  CHECK(app::load_failovers(world.file)->empty());
  for (const char* text : {"", "{", "[]", R"({"failedOver":[]})", R"({"failedOver":{"mybiza":1}})",
                           R"({"failedOver":{"mybiza":"noon"}})",
                           R"({"failedOver":{"No Account":"2026-11-21T00:00:00.000Z"}})"}) {
    INFO(text);
    REQUIRE(base::write_file(world.file, text, base::Durability::process));
    const auto failed = world.failover.restore();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == base::ErrorKind::corrupt);
    CHECK_THAT(failed.error().message, ContainsSubstring("failover.json"));
  }
}
