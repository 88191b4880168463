#include "emulator/watch/folder_watcher.h"

#include <functional>
#include <memory>
#include <utility>

#include "tests/support/catch.h"
#include "tests/support/memory_watch_backend.h"

using namespace exthost;
using namespace exthost::watch;
using testing::ManualTime;
using testing::MemoryWatchBackend;

namespace {

/// A watcher on a back end in memory, which notes each turn that acted.
struct Setup {
  ManualTime time;
  MemoryWatchBackend* backend = nullptr;
  std::vector<FolderWatcher::Turn> turns;
  std::vector<std::string> notices;
  std::optional<Duration> again;    // what the next action returns
  std::function<void()> meanwhile;  // what happens while it works
  std::unique_ptr<FolderWatcher> watcher;

  Setup() {
    auto memory = std::make_unique<MemoryWatchBackend>(&time);
    backend = memory.get();
    watcher = std::make_unique<FolderWatcher>(
        std::move(memory),
        [this](const FolderWatcher::Turn& turn) {
          turns.push_back(turn);
          if (const auto work = std::exchange(meanwhile, nullptr)) work();
          return std::exchange(again, std::nullopt);
        },
        [this](const base::Error& notice) { notices.push_back(notice.message); }, time.source());
    REQUIRE(watcher->poll_once());
    REQUIRE(turns.size() == 1);
    turns.clear();
  }

  void poll(int times = 1) {
    for (int i = 0; i < times; ++i) REQUIRE(watcher->poll_once());
  }
};

}  // namespace

TEST_CASE("the first turn looks without an event") {
  ManualTime time;
  int looks = 0;
  FolderWatcher watcher(
      std::make_unique<MemoryWatchBackend>(&time),
      [&looks](const FolderWatcher::Turn& turn) -> std::optional<Duration> {
        looks += turn.look ? 1 : 0;
        return std::nullopt;
      },
      {}, time.source());
  const Instant start = time.now();
  REQUIRE(watcher.poll_once());
  CHECK(looks == 1);
  CHECK(time.now() == start);
  REQUIRE(watcher.poll_once());
  CHECK(looks == 1);
}

TEST_CASE("a save is acted on once, when it has gone quiet") {
  Setup setup;
  setup.backend->tell("app.js", Duration(100));
  setup.backend->tell("app.js", Duration(103));
  const Instant start = setup.time.now();
  setup.poll(2);
  CHECK(setup.turns.empty());
  setup.poll();
  REQUIRE(setup.turns.size() == 1);
  CHECK(setup.turns[0].look);
  CHECK_FALSE(setup.turns[0].nudged);
  CHECK(setup.time.now() == start + Duration(108));
  setup.poll(3);
  CHECK(setup.turns.size() == 1);
}

TEST_CASE("lost events are a reason to look") {
  Setup setup;
  setup.backend->tell_lost();
  setup.poll(2);
  CHECK(setup.turns.size() == 1);
}

TEST_CASE("a look that failed is repeated when the action asked for it, or sooner if something happens") {
  Setup setup;
  setup.backend->tell("a");
  setup.again = Duration(200);
  setup.poll(2);
  REQUIRE(setup.turns.size() == 1);
  const Instant failed = setup.time.now();
  setup.poll();
  CHECK(setup.turns.size() == 2);
  CHECK(setup.time.now() == failed + Duration(200));

  setup.backend->tell("a");
  setup.again = Duration(10'000);
  setup.poll(2);
  setup.backend->tell("b");
  setup.poll(2);
  CHECK(setup.turns.size() == 4);
}

TEST_CASE("a nudge ends the wait and is told apart from a look") {
  Setup setup;
  setup.watcher->nudge();
  setup.poll();
  REQUIRE(setup.turns.size() == 1);
  CHECK(setup.turns[0].nudged);
  CHECK_FALSE(setup.turns[0].look);
  setup.poll();
  CHECK(setup.turns.size() == 1);
}

TEST_CASE("a look that somebody asks for is one, at once") {
  Setup setup;
  setup.watcher->look();
  const Instant start = setup.time.now();
  setup.poll();
  REQUIRE(setup.turns.size() == 1);
  CHECK(setup.turns[0].look);
  CHECK(setup.turns[0].asked);
  CHECK_FALSE(setup.turns[0].nudged);
  CHECK(setup.time.now() == start);
  setup.poll();
  CHECK(setup.turns.size() == 1);
}

TEST_CASE("what comes while the action works is one more batch, of the same storm if it is many") {
  Setup setup;
  WatchEvents many;
  for (int i = 0; i < 10; ++i) many.events.push_back({"file" + std::to_string(i), false});
  setup.backend->tell("a");
  setup.meanwhile = [&] {
    setup.time.advance(Duration(500));
    setup.backend->tell(many);
  };
  setup.poll(2);
  REQUIRE(setup.turns.size() == 1);
  const Instant worked = setup.time.now();
  setup.poll();
  CHECK(setup.turns.size() == 2);
  CHECK(setup.time.now() == worked + BatchTiming{}.quiet_in_storm);
}

TEST_CASE("a turn names what was touched if nothing else can have changed") {
  Setup setup;
  setup.backend->tell("a");
  setup.poll(2);
  REQUIRE(setup.turns.size() == 1);
  CHECK(setup.turns[0].touched == std::optional<std::vector<std::string>>({"a"}));

  setup.backend->tell_lost();
  setup.poll(2);
  REQUIRE(setup.turns.size() == 2);
  CHECK_FALSE(setup.turns[1].touched);

  setup.backend->tell("a");
  setup.poll();
  setup.watcher->look();
  setup.poll();
  REQUIRE(setup.turns.size() == 3);
  CHECK_FALSE(setup.turns[2].touched);
}

TEST_CASE("a look that is due again is of everything, though something was touched") {
  Setup setup;
  setup.again = Duration(1);
  setup.backend->tell("a");
  setup.poll(2);
  setup.backend->tell("b");
  setup.poll(2);
  REQUIRE(setup.turns.size() == 2);
  CHECK_FALSE(setup.turns[1].touched);
}

TEST_CASE("a look that is due again waits for the batch that is under way") {
  Setup setup;
  setup.again = Duration(1000);
  setup.backend->tell("a");
  setup.poll(2);
  const Instant looked = setup.time.now();
  WatchEvents many;
  for (int i = 0; i < 10; ++i) many.events.push_back({"file" + std::to_string(i), false});
  setup.backend->tell(many, Duration(990));
  setup.poll(2);
  REQUIRE(setup.turns.size() == 2);
  CHECK(setup.time.now() == looked + Duration(990) + BatchTiming{}.quiet_in_burst);
  CHECK_FALSE(setup.turns[1].touched);
}

TEST_CASE("what a save will need is begun while it is waited for whether more comes") {
  ManualTime time;
  auto memory = std::make_unique<MemoryWatchBackend>(&time);
  MemoryWatchBackend& backend = *memory;
  std::vector<std::string> done;
  FolderWatcher watcher(
      std::move(memory),
      [&](const FolderWatcher::Turn& turn) {
        done.push_back("look at " + (turn.touched ? turn.touched->back() : "everything"));
        return std::optional<Duration>();
      },
      {}, time.source(), {},
      [&](const std::vector<std::string>& touched) {
        done.push_back("prepare " + touched.back());
        backend.tell("b");
      });
  const auto poll = [&](int times) {
    for (int i = 0; i < times; ++i) REQUIRE(watcher.poll_once());
  };
  poll(1);
  backend.tell("a");
  poll(1);
  CHECK(done == std::vector<std::string>{"look at everything", "prepare a"});
  poll(1);
  CHECK(done.back() == "look at b");
  CHECK(done.size() == 3);
}

TEST_CASE("a wake alone acts on nothing") {
  Setup setup;
  setup.watcher->wake();
  setup.poll();
  CHECK(setup.turns.empty());
}

TEST_CASE("a notice of the back end is passed on") {
  Setup setup;
  WatchEvents events;
  events.notice = base::Error{base::ErrorKind::unavailable, "polling now", ""};
  setup.backend->tell(std::move(events));
  setup.poll(2);
  CHECK(setup.notices == std::vector<std::string>{"polling now"});
  CHECK(setup.turns.empty());
}

TEST_CASE("a back end that fails ends the turns") {
  Setup setup;
  setup.backend->fail({base::ErrorKind::unavailable, "no more events", ""});
  const auto turn = setup.watcher->poll_once();
  REQUIRE_FALSE(turn);
  CHECK(turn.error().message == "no more events");
}
