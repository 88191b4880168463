#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/model/cloud.h"
#include "emulator/model/fidelity.h"

namespace exthost::hosting {

/// What the profiles mean here (design.md 6). dev: a change is synced at once and every data centre follows
/// at once. prod: changes are found by polls, and each data centre takes them at its own poll after its own
/// lag. ci: as prod, for a clock that only moves when told.
using model::Fidelity;

/// One region's hosting service (domain.md e1): when it polls and how far it is behind. Immutable.
struct DataCenter {
  std::string region;  ///< Normalised.
  base::Duration
      phase;  ///< It polls whenever the time since the epoch is `phase` past a multiple of the interval.
  base::Duration lag;  ///< How long a revision exists before its polls see it (e5: up to 30 min).
};

/// Where in the interval somebody of that name polls: in [0, interval), from `seed` and the name alone.
base::Duration poll_phase(std::string_view name, base::Duration poll_interval, std::uint64_t seed);

/// Every region of the cloud, sorted by name. Phases and lags come from `seed` and the region's name alone:
/// the same seed gives the same ones on every machine. In `dev` both are zero.
std::vector<DataCenter> make_data_centers(model::Cloud cloud, Fidelity fidelity, base::Duration poll_interval,
                                          std::uint64_t seed);

/// The first poll of that phase at `from` or later.
base::WallTime next_poll(base::Duration phase, base::Duration poll_interval, base::WallTime from);

/// The poll at which a data centre takes a revision that was found at `synced_at`.
base::WallTime takes_revision_at(const DataCenter& center, base::Duration poll_interval,
                                 base::WallTime synced_at);

}  // namespace exthost::hosting
