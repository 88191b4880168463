#include "emulator/portal/manifest_cache.h"

namespace exthost::portal {

base::WallTime last_manifest_poll(base::WallTime now, model::Fidelity fidelity) {
  if (fidelity == model::Fidelity::dev) return now;
  return now - now.time_since_epoch() % kManifestPoll;
}

}  // namespace exthost::portal
