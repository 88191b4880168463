#include "emulator/hosting/past_snapshots.h"

#include <algorithm>
#include <utility>

namespace exthost::hosting {

void PastSnapshots::replaced(std::shared_ptr<const ExtensionSnapshot> snapshot, base::WallTime now) {
  forget_before(now - kReach);
  const auto mark_before = [](base::WallTime time) { return time - time.time_since_epoch() % kGrain; };
  // What came and went between two marks was seen by nobody.
  if (!past_.empty() && mark_before(past_.back().until) == mark_before(now)) return;
  past_.push_back({std::move(snapshot), now});
}

std::shared_ptr<const ExtensionSnapshot> PastSnapshots::at(base::WallTime time, base::WallTime now) {
  forget_before(now - kReach);
  const auto then =
      std::find_if(past_.begin(), past_.end(), [time](const Past& past) { return past.until > time; });
  return then == past_.end() ? nullptr : then->snapshot;
}

void PastSnapshots::forget_before(base::WallTime time) {
  while (!past_.empty() && past_.front().until <= time) past_.pop_front();
}

}  // namespace exthost::hosting
