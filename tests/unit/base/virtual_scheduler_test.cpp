#include "emulator/base/virtual_scheduler.h"

#include <vector>

#include "tests/support/catch.h"

using namespace exthost::base;
using namespace std::chrono_literals;

TEST_CASE("virtual time stands still until it is moved") {
  VirtualScheduler scheduler(WallTime(1000s));
  CHECK(scheduler.now() == WallTime(1000s));
  bool ran = false;
  scheduler.run_after(0ms, [&] { ran = true; });
  CHECK_FALSE(ran);
  scheduler.run_due();
  CHECK(ran);
  CHECK(scheduler.now() == WallTime(1000s));
}

TEST_CASE("each task runs at its own moment, in order of time and then of scheduling") {
  VirtualScheduler scheduler(WallTime(0s));
  std::vector<std::pair<int, WallTime>> ran;
  const auto record = [&](int name) {
    return [&ran, &scheduler, name] { ran.emplace_back(name, scheduler.now()); };
  };
  scheduler.run_after(20s, record(3));
  scheduler.run_after(10s, record(1));
  scheduler.run_after(10s, record(2));
  scheduler.run_after(31s, record(4));
  scheduler.advance(30s);
  CHECK(ran ==
        std::vector<std::pair<int, WallTime>>{{1, WallTime(10s)}, {2, WallTime(10s)}, {3, WallTime(20s)}});
  CHECK(scheduler.now() == WallTime(30s));
}

TEST_CASE("what a task schedules within the span runs within the same step") {
  VirtualScheduler scheduler(WallTime(0s));
  int ticks = 0;
  std::function<void()> tick = [&] {
    ++ticks;
    scheduler.run_after(60s, tick);
  };
  scheduler.run_after(60s, tick);
  scheduler.advance(31min);
  CHECK(ticks == 31);
}

TEST_CASE("time never goes backwards") {
  VirtualScheduler scheduler(WallTime(50s));
  scheduler.advance(-10s);
  CHECK(scheduler.now() == WallTime(50s));
}
