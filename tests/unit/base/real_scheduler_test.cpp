#include "emulator/base/real_scheduler.h"

#include <atomic>
#include <future>
#include <thread>

#include "tests/support/catch.h"

using namespace exthost::base;
using namespace std::chrono_literals;

TEST_CASE("wall time is the system's") {
  RealScheduler scheduler(1);
  const auto before = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const WallTime now = scheduler.now();
  CHECK(before <= now);
  CHECK(now <= std::chrono::system_clock::now());
}

TEST_CASE("two threads run two tasks at once") {
  std::promise<void> first_runs;
  std::promise<void> second_ran;
  RealScheduler scheduler(2);
  std::promise<bool> met;
  scheduler.run_after(0ms, [&] {
    first_runs.set_value();
    met.set_value(second_ran.get_future().wait_for(30s) == std::future_status::ready);
  });
  scheduler.run_after(0ms, [&] {
    first_runs.get_future().wait();
    second_ran.set_value();
  });
  CHECK(met.get_future().get());
}

TEST_CASE("the end drops what is not yet due and waits for what is under way") {
  std::atomic<bool> ended = false;
  std::atomic<bool> ran_late = false;
  std::promise<void> under_way;
  {
    RealScheduler scheduler(1);
    scheduler.run_after(24h, [&] { ran_late = true; });
    scheduler.run_after(Duration::max(), [&] { ran_late = true; });
    scheduler.run_after(0ms, [&] {
      under_way.set_value();
      std::this_thread::yield();
      ended = true;
    });
    under_way.get_future().wait();
  }
  CHECK(ended);
  CHECK_FALSE(ran_late);
}
