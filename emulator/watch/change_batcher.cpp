#include "emulator/watch/change_batcher.h"

#include <algorithm>
#include <utility>

namespace exthost::watch {

BatchTiming timing_with_quiet(Duration quiet) {
  constexpr int kFew = 6;  // as the usual quiet period of a burst to its limit
  BatchTiming timing;
  timing.quiet_after_save = quiet;
  timing.quiet_in_burst = quiet;
  timing.quiet_in_storm = std::max(timing.quiet_in_storm, quiet);
  timing.max_delay = std::max(timing.max_delay, quiet * kFew);
  timing.longest_delay = std::max(timing.longest_delay, timing.max_delay);
  return timing;
}

void ChangeBatcher::add(const WatchEvents& events, Instant now) {
  if (events.events.empty() && !events.lost) return;
  if (!first_) begin(now, false);
  last_ = now;
  lost_ = lost_ || events.lost;
  for (const WatchEvent& event : events.events) paths_[event.path] = event.unfinished;
}

void ChangeBatcher::worked(const WatchEvents& meanwhile, Instant now) {
  quiet_since_ = now;
  if (first_) {  // what was worked on was not a batch of ours
    add(meanwhile, now);
    return;
  }
  std::map<std::string, bool> paths;
  for (const WatchEvent& event : meanwhile.events) paths[event.path] = event.unfinished;
  if (paths.empty() && !meanwhile.lost) return;
  begin(now, meanwhile.lost || paths.size() > timing_.few_paths);
  add(meanwhile, now);
}

std::optional<std::vector<std::string>> ChangeBatcher::take_hint() {
  if (!first_ || hinted_ || is_burst() || is_storm()) return std::nullopt;
  hinted_ = true;
  std::vector<std::string> paths;
  for (const auto& [path, unfinished] : paths_) paths.push_back(path);
  return paths;
}

std::optional<Instant> ChangeBatcher::due() const {
  if (!first_) return std::nullopt;
  Duration quiet = is_burst() ? timing_.quiet_in_burst : timing_.quiet_after_save;
  if (is_storm()) quiet = timing_.quiet_in_storm;
  return std::min(*last_ + quiet, *first_ + limit_);
}

std::optional<Batch> ChangeBatcher::take(Instant now) {
  const auto when = due();
  if (!when || now < *when) return std::nullopt;
  Batch batch;
  batch.lost = std::exchange(lost_, false);
  for (const auto& [path, unfinished] : paths_) batch.paths.push_back(path);
  paths_.clear();
  cut_ = *when == *first_ + limit_;
  quiet_since_ = now;
  first_.reset();
  return batch;
}

/// Judges what the batch that begins is: a first one, or one more of a storm.
void ChangeBatcher::begin(Instant now, bool burst_meanwhile) {
  const bool hardly_a_pause = last_ && now - *last_ < timing_.quiet_in_storm;
  in_a_row_ = hardly_a_pause ? in_a_row_ + 1 : 0;
  const bool goes_on_after_cut = cut_ && now - *quiet_since_ < timing_.quiet_in_storm;
  const bool goes_on = goes_on_after_cut || burst_meanwhile || in_a_row_ >= timing_.saves_in_a_row;
  limit_ = goes_on ? std::min(limit_ * timing_.storm_growth, timing_.longest_delay) : timing_.max_delay;
  first_ = now;
  hinted_ = false;
}

bool ChangeBatcher::is_burst() const {
  const auto is_open = [](const auto& path) { return path.second; };
  return lost_ || paths_.size() > timing_.few_paths || std::any_of(paths_.begin(), paths_.end(), is_open);
}

}  // namespace exthost::watch
