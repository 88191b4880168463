#include "emulator/watch/seed_watcher.h"

#include <utility>

#include "emulator/watch/rebuilder.h"

namespace exthost::watch {
namespace {

constexpr unsigned kUnsettledTries = 3;  // before it is worth a word

}  // namespace

SeedWatcher::SeedWatcher(std::unique_ptr<SeedSync> sync, std::unique_ptr<WatchBackend> backend,
                         SeedCallbacks callbacks, MonotonicNow now)
    : sync_(std::move(sync)),
      callbacks_(std::move(callbacks)),
      watcher_(
          std::move(backend), [this](const FolderWatcher::Turn&) { return act(); }, callbacks_.on_notice,
          std::move(now)) {}

void SeedWatcher::start() {
  runner_ = std::make_unique<WatchRunner>(watcher_, [this](const base::Error& error) { tell_end(error); });
}

std::optional<Duration> SeedWatcher::act() {
  const auto report = sync_->sync();
  if (!report) {
    tell({report.error()});
    return std::nullopt;  // the back end tells when the folder can be read again
  }
  failures_ = report->try_again ? failures_ + 1 : 0;
  tell(report->problems);
  if ((!report->put.empty() || !report->removed.empty()) && callbacks_.on_synced)
    callbacks_.on_synced(*report);
  return report->try_again ? std::optional<Duration>(retry_delay(failures_)) : std::nullopt;
}

void SeedWatcher::tell(const std::vector<base::Error>& problems) {
  std::vector<base::Error> lasting;
  std::set<std::string> messages;
  for (const base::Error& problem : problems) {
    if (problem.kind == base::ErrorKind::conflict && failures_ < kUnsettledTries) continue;  // being written
    if (!messages.insert(problem.message).second) continue;
    lasting.push_back(problem);
    if (told_.count(problem.message) == 0 && callbacks_.on_problem) callbacks_.on_problem(problem);
  }
  if (messages != told_ && callbacks_.on_lasting) callbacks_.on_lasting(lasting);
  told_ = std::move(messages);
}

/// Nothing is watched any more, so nothing mends this.
void SeedWatcher::tell_end(const base::Error& error) const {
  if (callbacks_.on_problem) callbacks_.on_problem(error);
  if (callbacks_.on_lasting) callbacks_.on_lasting({error});
}

}  // namespace exthost::watch
