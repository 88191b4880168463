#include "emulator/watch/seed_watcher.h"

#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/fake_container.h"
#include "tests/support/memory_watch_backend.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using namespace exthost::watch;
using Names = std::vector<std::string>;

namespace {

struct Setup {
  testing::ManualTime time;
  testing::SourceTree seed;
  testing::FakeContainer container;
  Names told;
  std::vector<Names> lasting;  // what lasted, each time that it changed
  testing::MemoryWatchBackend* backend = nullptr;
  std::unique_ptr<SeedWatcher> watcher;

  Setup() {
    auto memory = std::make_unique<testing::MemoryWatchBackend>(&time);
    backend = memory.get();
    SeedCallbacks callbacks;
    callbacks.on_synced = [this](const SeedReport& report) {
      for (const std::string& blob : report.put) told.push_back("put " + blob);
      for (const std::string& blob : report.removed) told.push_back("removed " + blob);
    };
    callbacks.on_problem = [this](const base::Error& error) { told.push_back(error.message); };
    callbacks.on_lasting = [this](const std::vector<base::Error>& problems) {
      Names& messages = lasting.emplace_back();
      for (const base::Error& problem : problems) messages.push_back(problem.message);
    };
    watcher = std::make_unique<SeedWatcher>(
        std::make_unique<SeedSync>(seed.path(), container, SeedSync::Pointers()), std::move(memory),
        std::move(callbacks), time.source());
  }
  void poll(int times) {
    for (int i = 0; i < times; ++i) REQUIRE(watcher->poll_once());
  }
};

}  // namespace

TEST_CASE("a seed is copied at the first turn, and what changed after an event") {
  Setup setup;
  setup.seed.write("config.json", "{}");
  setup.poll(1);
  CHECK(setup.told == Names{"put config.json"});

  setup.seed.write("stagedefinition.json", "{}");
  setup.backend->tell("stagedefinition.json");
  setup.poll(2);
  CHECK(setup.told.back() == "put stagedefinition.json");
  setup.poll(3);
  CHECK(setup.told.size() == 2);
}

TEST_CASE("a seed's problem is told once, and what failed is tried again by itself") {
  Setup setup;
  setup.seed.write("1.0.0.0.zip", "zip");
  setup.container.failure = [](const std::string& action) -> std::optional<base::Error> {
    if (action.substr(0, 3) != "put") return std::nullopt;
    return base::Error{base::ErrorKind::unavailable, "disk full", ""};
  };
  setup.poll(3);
  REQUIRE(setup.told.size() == 1);
  CHECK_THAT(setup.told[0], ContainsSubstring("disk full"));
  setup.container.failure = {};
  setup.poll(1);
  CHECK(setup.told.back() == "put 1.0.0.0.zip");
}

TEST_CASE("a seed folder that vanished is told once, and copied again when it is back") {
  Setup setup;
  setup.seed.write("config.json", "{}");
  setup.poll(1);
  std::filesystem::remove_all(setup.seed.path());
  setup.backend->tell_lost();
  setup.poll(2);
  setup.backend->tell_lost();
  setup.poll(2);
  CHECK(setup.told.size() == 2);
  setup.seed.write("config.json", "{}");
  setup.seed.write("notes.txt", "x");
  setup.backend->tell_lost();
  setup.poll(2);
  CHECK(setup.told.back() == "put notes.txt");
}

TEST_CASE("what lasts of a seed's problems is told whole, whenever it is another") {
  Setup setup;
  for (const char* version : {"1.0.0.1", "1.0.0.2"}) {
    setup.seed.write(std::string(version) + "/index.html", "x");
    setup.seed.write(std::string(version) + ".zip", "which of the two?");
  }
  setup.poll(1);
  setup.backend->tell("1.0.0.1.zip");
  setup.poll(2);
  REQUIRE(setup.lasting.size() == 1);
  REQUIRE(setup.lasting[0].size() == 2);
  setup.seed.remove("1.0.0.1.zip");
  setup.backend->tell("1.0.0.1.zip");
  setup.poll(2);
  REQUIRE(setup.lasting.size() == 2);
  CHECK(setup.lasting[1] == Names{setup.lasting[0][1]});
  setup.seed.remove("1.0.0.2.zip");
  setup.backend->tell("1.0.0.2.zip");
  setup.poll(2);
  REQUIRE(setup.lasting.size() == 3);
  CHECK(setup.lasting[2].empty());
}
