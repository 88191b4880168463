#include "emulator/watch/change_batcher.h"

#include <algorithm>
#include <utility>

namespace exthost::watch {

void ChangeBatcher::add(const WatchEvents& events, Instant now) {
  if (events.events.empty() && !events.lost) return;
  if (!first_) first_ = now;
  last_ = now;
  lost_ = lost_ || events.lost;
  for (const WatchEvent& event : events.events) paths_[event.path] = event.unfinished;
}

std::optional<Instant> ChangeBatcher::due() const {
  if (!first_) return std::nullopt;
  const Duration quiet = is_burst() ? timing_.quiet_in_burst : timing_.quiet_after_save;
  return std::min(last_ + quiet, *first_ + timing_.max_delay);
}

std::optional<Batch> ChangeBatcher::take(Instant now) {
  const auto when = due();
  if (!when || now < *when) return std::nullopt;
  Batch batch;
  batch.lost = lost_;
  for (const auto& [path, unfinished] : paths_) batch.paths.push_back(path);
  *this = ChangeBatcher(timing_);
  return batch;
}

bool ChangeBatcher::is_burst() const {
  const auto is_open = [](const auto& path) { return path.second; };
  return lost_ || paths_.size() > timing_.few_paths || std::any_of(paths_.begin(), paths_.end(), is_open);
}

}  // namespace exthost::watch
