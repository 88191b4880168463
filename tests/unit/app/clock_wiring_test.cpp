#include "emulator/app/clock_wiring.h"

#include "emulator/base/file.h"
#include "emulator/base/journal.h"
#include "emulator/base/virtual_scheduler.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace std::chrono_literals;

namespace {

const base::WallTime kMachine{1'800'000'000s};
const base::WallTime kStartInCi{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

struct Run {
  base::TemporaryFolder folder = *base::TemporaryFolder::create("exthost-clock-");
  app::Settings settings;

  base::SteeredScheduler::Options options() {
    const base::VirtualScheduler machine(kMachine);
    auto made = app::clock_options(settings, folder.path(), machine);
    REQUIRE(made);
    return *made;
  }
  /// Leaves a journal whose last event was at `time`.
  void leave_journal(base::WallTime time) {
    const base::VirtualScheduler clock(time);
    base::Journal journal(clock);
    REQUIRE(journal.open_file(folder.path() / "journal.ndjson"));
    journal.append("ready", "", "ready");
  }
};

}  // namespace

TEST_CASE("a real clock has the machine's time, whatever the journal says") {
  Run run;
  run.leave_journal(kMachine + 24h);
  CHECK_FALSE(run.options().start);
  CHECK(run.options().rate == 1);
}

TEST_CASE("a virtual clock begins now, in ci at a fixed time, but never before the journal's last event") {
  Run run;
  run.settings.clock.rate = 0;
  CHECK(run.options().start == kMachine);
  run.settings.fidelity = model::Fidelity::ci;
  CHECK(run.options().start == kStartInCi);
  run.leave_journal(kStartInCi + 2h);
  CHECK(run.options().start == kStartInCi + 2h + 1ms);
  run.settings.fidelity = model::Fidelity::dev;
  CHECK(run.options().start == kMachine);
}

TEST_CASE("a clock that flows in ci begins now") {
  Run run;
  run.settings.fidelity = model::Fidelity::ci;
  run.settings.clock.rate = 60;
  CHECK(run.options().start == kMachine);
}

TEST_CASE("a start that is set outranks all else") {
  Run run;
  run.leave_journal(kMachine + 24h);
  run.settings.clock.start = base::WallTime(5s);
  for (const double rate : {0.0, 1.0, 60.0}) {
    run.settings.clock.rate = rate;
    CHECK(run.options().start == base::WallTime(5s));
  }
}
