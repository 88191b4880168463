#include "emulator/app/clock_wiring.h"

#include <algorithm>

#include "emulator/base/journal.h"

namespace exthost::app {
namespace {

constexpr unsigned kThreads = 4;  // a container elsewhere that stalls may hold one up for minutes
constexpr base::WallTime kStartInCi{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

}  // namespace

base::Result<base::SteeredScheduler::Options> clock_options(const Settings& settings,
                                                            const std::filesystem::path& state_folder,
                                                            const base::Clock& machine) {
  base::SteeredScheduler::Options options{settings.clock.start, settings.clock.rate, kThreads};
  if (options.start || options.rate == 1) return options;
  const bool is_repeatable = settings.fidelity == model::Fidelity::ci && options.rate == 0;
  options.start = is_repeatable ? kStartInCi : machine.now();
  const auto last = base::last_event_time(state_folder / "journal.ndjson");
  if (!last) return last.error();
  if (*last) options.start = std::max(*options.start, **last + base::Duration(1));
  return options;
}

}  // namespace exthost::app
