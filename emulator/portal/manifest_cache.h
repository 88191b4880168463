#pragma once

#include "emulator/base/clock.h"
#include "emulator/model/fidelity.h"

namespace exthost::portal {

/// How often the portal asks every extension for its version, which it then sends as `pageVersion`
/// (domain.md e10: "every few minutes"; five is our choice).
inline constexpr base::Duration kManifestPoll = std::chrono::minutes(5);

/// When it did so last, at `now` or before: at each full five minutes. In `dev` it always knows.
base::WallTime last_manifest_poll(base::WallTime now, model::Fidelity fidelity);

}  // namespace exthost::portal
