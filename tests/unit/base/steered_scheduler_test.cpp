#include "emulator/base/steered_scheduler.h"

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

using namespace exthost::base;
using namespace std::chrono_literals;

namespace {

const WallTime kStart{1'800'000'000s};

/// What tasks did, from any thread.
class Record {
 public:
  void add(int name, WallTime when) {
    const std::lock_guard lock(mutex_);
    entries_.emplace_back(name, when - kStart);
  }
  std::vector<std::pair<int, Duration>> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<int, Duration>> entries_;
};

using Entries = std::vector<std::pair<int, Duration>>;

}  // namespace

TEST_CASE("the wall time of a clock that nobody steers is the machine's") {
  SteeredScheduler scheduler({});
  const WallTime before = MachineClock().now();
  const WallTime now = scheduler.now();
  CHECK(before <= now);
  CHECK(now <= MachineClock().now());
}

TEST_CASE("a real clock that was moved goes on from there") {
  SteeredScheduler scheduler({});
  const WallTime before = MachineClock().now();
  const auto travel = scheduler.advance(2h);
  CHECK(travel.from >= before);
  CHECK(travel.to == travel.from + 2h);
  CHECK(scheduler.now() >= travel.to);
  CHECK(scheduler.rate() == 1);
}

TEST_CASE("two threads run two tasks at once while time flows") {
  std::promise<void> first_runs;
  std::promise<void> second_ran;
  std::promise<bool> met;
  SteeredScheduler scheduler({std::nullopt, 1, 2});
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

TEST_CASE("while time stands still, what is due at once runs in order, one at a time") {
  std::atomic<int> inside = 0;
  std::atomic<bool> met = false;
  Record record;
  std::promise<void> done;
  {
    SteeredScheduler scheduler({kStart, 0, 4});
    scheduler.run_after(1ms, [&] { record.add(-1, scheduler.now()); });
    for (int name = 0; name < 50; ++name) {
      scheduler.run_after(0ms, [&, name] {
        if (++inside > 1) met = true;
        std::this_thread::yield();
        record.add(name, scheduler.now());
        --inside;
        if (name == 49) done.set_value();
      });
    }
    REQUIRE(done.get_future().wait_for(30s) == std::future_status::ready);
  }
  CHECK_FALSE(met);
  Entries expected;
  for (int name = 0; name < 50; ++name) expected.emplace_back(name, 0ms);
  CHECK(record.entries() == expected);
}

TEST_CASE("a move runs each task at its own moment, on the thread that moves the clock") {
  SteeredScheduler scheduler({kStart, 0, 2});
  Record record;
  std::atomic<int> elsewhere = 0;
  const auto task = [&, mover = std::this_thread::get_id()](int name) {
    return [&, mover, name] {
      if (std::this_thread::get_id() != mover) ++elsewhere;
      record.add(name, scheduler.now());
      if (name == 1) scheduler.run_after(5s, [&] { record.add(4, scheduler.now()); });
    };
  };
  scheduler.run_after(20s, task(3));
  scheduler.run_after(10s, task(1));
  scheduler.run_after(10s, task(2));
  scheduler.run_after(31s, task(5));
  const auto travel = scheduler.advance(30s);
  CHECK(record.entries() == Entries{{1, 10s}, {2, 10s}, {4, 15s}, {3, 20s}});
  CHECK(elsewhere == 0);
  CHECK(travel.from == kStart);
  CHECK(travel.to == kStart + 30s);
  CHECK(scheduler.now() == travel.to);
}

TEST_CASE("a move waits for the task under way") {
  std::promise<void> runs;
  std::atomic<bool> ended = false;
  SteeredScheduler scheduler({kStart, 0, 1});
  std::promise<void> let_go;
  scheduler.run_after(0ms, [&] {
    runs.set_value();
    let_go.get_future().wait();
    ended = true;
  });
  runs.get_future().wait();
  std::thread mover([&] {
    scheduler.advance(1h);
    CHECK(ended);
  });
  let_go.set_value();
  mover.join();
}

TEST_CASE(
    "a move to a condition stops at the first moment at which it holds, once all due then has happened") {
  SteeredScheduler scheduler({kStart, 0, 0});
  int done = 0;
  scheduler.run_after(10s, [&] {
    ++done;
    scheduler.run_after(0ms, [&] { ++done; });
  });
  scheduler.run_after(20s, [&] { ++done; });
  const auto reached = scheduler.advance_until([&] { return done >= 1; }, 1min);
  CHECK(reached.reached);
  CHECK(reached.to == kStart + 10s);
  CHECK(done == 2);

  CHECK(scheduler.advance_until([&] { return done == 2; }, 1min).to == kStart + 10s);

  const auto missed = scheduler.advance_until([&] { return done == 4; }, 1min);
  CHECK_FALSE(missed.reached);
  CHECK(missed.to == kStart + 70s);
  CHECK(done == 3);
}

TEST_CASE("a change of the rate neither moves the clock nor loses a task") {
  SteeredScheduler scheduler({kStart, 0, 2});
  std::promise<WallTime> ran;
  scheduler.run_after(10min, [&] { ran.set_value(scheduler.now()); });
  scheduler.set_rate(100'000);
  CHECK(scheduler.rate() == 100'000);
  auto when = ran.get_future();
  REQUIRE(when.wait_for(30s) == std::future_status::ready);
  CHECK(when.get() >= kStart + 10min);
  scheduler.set_rate(0);
  const WallTime frozen = scheduler.now();
  CHECK(frozen >= kStart + 10min);
  CHECK(scheduler.now() == frozen);
}

TEST_CASE("what was due while time stood still waits for time to flow again") {
  std::promise<void> ran;
  SteeredScheduler scheduler({});
  scheduler.set_rate(0);
  std::atomic<bool> flows = false;
  scheduler.run_after(1ms, [&] {
    CHECK(flows);
    ran.set_value();
  });
  flows = true;
  scheduler.set_rate(1);
  CHECK(ran.get_future().wait_for(30s) == std::future_status::ready);
}

TEST_CASE("the end of steering ends a move that would never arrive") {
  SteeredScheduler scheduler({kStart, 0, 0});
  int turns = 0;
  std::function<void()> forever = [&] {
    if (++turns == 100) scheduler.end_steering();
    scheduler.run_after(1s, forever);
  };
  scheduler.run_after(1s, forever);
  const auto travel = scheduler.advance(1h);
  CHECK(travel.ended);
  CHECK(travel.to == kStart + 100s);
  CHECK(turns == 100);
  CHECK(scheduler.advance(1h).to == kStart + 100s);
}

TEST_CASE("the end of steering does not wait for a task that a move waits for") {
  std::promise<void> runs;
  std::promise<void> let_go;
  SteeredScheduler scheduler({kStart, 0, 1});
  scheduler.run_after(0ms, [&] {
    runs.set_value();
    let_go.get_future().wait();
  });
  runs.get_future().wait();
  std::thread mover([&] { CHECK(scheduler.advance(1h).ended); });
  scheduler.end_steering();
  mover.join();
  let_go.set_value();
}

TEST_CASE("many threads may schedule, cancel and steer at once") {
  SteeredScheduler scheduler({kStart, 0, 2});
  std::atomic<int> ran = 0;
  std::atomic<int> cancelled = 0;
  constexpr int kEach = 200;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const auto task = scheduler.run_after(std::chrono::milliseconds(i % 7), [&] { ++ran; });
        if (i % 3 == 0 && scheduler.cancel(task)) ++cancelled;
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 50; ++i) scheduler.advance(2ms);
  });
  threads.emplace_back([&] {
    for (int i = 0; i < 50; ++i) scheduler.set_rate(i % 2 == 0 ? 1000 : 0);
  });
  for (std::thread& thread : threads) thread.join();
  scheduler.advance(1h);
  CHECK(ran + cancelled == 3 * kEach);
}

TEST_CASE("the end drops what is not yet due and waits for what is under way") {
  std::atomic<bool> ended = false;
  std::atomic<bool> ran_late = false;
  std::promise<void> under_way;
  {
    SteeredScheduler scheduler({});
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
