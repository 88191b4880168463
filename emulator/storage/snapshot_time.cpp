#include "emulator/storage/snapshot_time.h"

#include <set>

namespace exthost::storage {

std::string free_snapshot_time(const BlobState& state, base::WallTime now) {
  constexpr int kTicks = 10'000;  // in a millisecond
  std::set<std::string> taken;
  for (const BlobRecord& snapshot : state.snapshots) taken.insert(snapshot.snapshot);
  for (const BlobRecord& deleted : state.deleted) taken.insert(deleted.snapshot);
  for (int later = 0;; ++later) {
    std::string time = base::to_iso8601(now + base::Duration(later / kTicks));  // …38.040Z
    time.pop_back();
    time += std::to_string(kTicks + later % kTicks).substr(1) + "Z";
    if (taken.count(time) == 0) return time;
  }
}

}  // namespace exthost::storage
