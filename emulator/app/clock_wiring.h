#pragma once

#include <filesystem>

#include "emulator/app/settings.h"
#include "emulator/base/result.h"
#include "emulator/base/steered_scheduler.h"

namespace exthost::app {

/// How the emulator's clock begins.
///
/// A real one has the machine's time. A virtual one of fidelity `ci` begins at 2026-01-01T00:00:00Z, so that
/// two runs are alike; any other begins now. But neither of these begins before what the journal in
/// `state_folder` has as its last event: after a restart time goes on. `clock.start` outranks all that.
base::Result<base::SteeredScheduler::Options> clock_options(const Settings& settings,
                                                            const std::filesystem::path& state_folder,
                                                            const base::Clock& machine);

}  // namespace exthost::app
