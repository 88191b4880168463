// What every Scheduler promises (emulator/base/clock.h), however its time passes.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "emulator/base/steered_scheduler.h"
#include "tests/support/catch.h"

using namespace exthost::base;
using namespace std::chrono_literals;

namespace {

/// A condition that tasks make true and a test waits for: by moving the clock, or by waiting in real time.
class Harness {
 public:
  virtual ~Harness() = default;
  virtual Scheduler& scheduler() = 0;
  /// True once `condition` holds; false if it never came to hold.
  virtual bool wait_until(const std::function<bool()>& condition) = 0;
};

/// Time flows: the test waits for it.
class FlowingHarness : public Harness {
 public:
  explicit FlowingHarness(double rate) : scheduler_({std::nullopt, rate, 2}) {}
  Scheduler& scheduler() override { return scheduler_; }
  bool wait_until(const std::function<bool()>& condition) override {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    std::mutex mutex;
    std::condition_variable wake;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::unique_lock lock(mutex);
      wake.wait_for(lock, 1ms);
    }
    return true;
  }

 private:
  SteeredScheduler scheduler_;
};

class RealHarness final : public FlowingHarness {
 public:
  RealHarness() : FlowingHarness(1) {}
};

class ScaledHarness final : public FlowingHarness {
 public:
  ScaledHarness() : FlowingHarness(30) {}
};

/// Time stands still: the test moves it.
class MovedHarness : public Harness {
 public:
  explicit MovedHarness(unsigned threads) : scheduler_({WallTime(1'700'000'000s), 0, threads}) {}
  Scheduler& scheduler() override { return scheduler_; }
  bool wait_until(const std::function<bool()>& condition) override {
    for (int step = 0; step < 1000 && !condition(); ++step) scheduler_.advance(10ms);
    return condition();
  }

 private:
  SteeredScheduler scheduler_;
};

class StandingHarness final : public MovedHarness {
 public:
  StandingHarness() : MovedHarness(2) {}
};

class VirtualHarness final : public MovedHarness {
 public:
  VirtualHarness() : MovedHarness(0) {}
};

}  // namespace

TEMPLATE_TEST_CASE("every scheduler", "", RealHarness, ScaledHarness, StandingHarness, VirtualHarness) {
  TestType harness;
  Scheduler& scheduler = harness.scheduler();

  SECTION("runs a task once, when it is due and not before") {
    std::atomic<int> runs = 0;
    const WallTime begin = scheduler.now();
    std::atomic<Duration::rep> ran_at = 0;
    scheduler.run_after(20ms, [&] {
      ran_at = (scheduler.now() - begin).count();
      ++runs;
    });
    std::atomic<bool> later = false;
    scheduler.run_after(60ms, [&] { later = true; });
    REQUIRE(harness.wait_until([&] { return later.load(); }));
    CHECK(runs == 1);
    CHECK(ran_at >= 19);  // wall time is told in whole milliseconds
  }

  SECTION("takes a delay of zero or less as now") {
    std::atomic<int> runs = 0;
    scheduler.run_after(0ms, [&] { ++runs; });
    scheduler.run_after(-5s, [&] { ++runs; });
    CHECK(harness.wait_until([&] { return runs == 2; }));
  }

  SECTION("lets a task schedule another") {
    std::atomic<bool> second = false;
    scheduler.run_after(1ms, [&] { scheduler.run_after(1ms, [&] { second = true; }); });
    CHECK(harness.wait_until([&] { return second.load(); }));
  }

  SECTION("never runs a task that was cancelled in time") {
    std::atomic<bool> cancelled_ran = false;
    std::atomic<bool> other_ran = false;
    const auto cancelled = scheduler.run_after(10s, [&] { cancelled_ran = true; });
    scheduler.run_after(5ms, [&] { other_ran = true; });
    CHECK(scheduler.cancel(cancelled));
    CHECK_FALSE(scheduler.cancel(cancelled));
    CHECK(harness.wait_until([&] { return other_ran.load(); }));
    CHECK_FALSE(cancelled_ran);
  }

  SECTION("can't cancel what has run, or what never was") {
    std::atomic<bool> ran = false;
    const auto task = scheduler.run_after(0ms, [&] { ran = true; });
    REQUIRE(harness.wait_until([&] { return ran.load(); }));
    CHECK_FALSE(scheduler.cancel(task));
    CHECK_FALSE(scheduler.cancel(task + 1000));
  }

  SECTION("lets a task cancel another") {
    std::atomic<bool> victim_ran = false;
    std::atomic<bool> answered = false;
    std::atomic<bool> answer = false;
    const auto victim = scheduler.run_after(10s, [&] { victim_ran = true; });
    scheduler.run_after(1ms, [&] {
      answer = scheduler.cancel(victim);
      answered = true;
    });
    REQUIRE(harness.wait_until([&] { return answered.load(); }));
    CHECK(answer);
    CHECK_FALSE(victim_ran);
  }

  SECTION("frees what a cancelled task held") {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> watched = held;
    const auto task = scheduler.run_after(10s, [held] { static_cast<void>(held); });
    held.reset();
    REQUIRE(scheduler.cancel(task));
    CHECK(watched.expired());
  }
}
