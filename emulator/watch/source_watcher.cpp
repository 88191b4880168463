#include "emulator/watch/source_watcher.h"

#include <algorithm>
#include <utility>

namespace exthost::watch {

SourceWatcher::SourceWatcher(SourceSettings settings, std::unique_ptr<WatchBackend> backend,
                             Publisher& publisher, SourceCallbacks callbacks, MonotonicNow now)
    : callbacks_(std::move(callbacks)),
      builder_(std::move(settings.folder), std::move(settings.ignore), settings.threads),
      rebuilder_([this] { return builder_.build(); }, publisher, callbacks_, now),
      watcher_(
          std::move(backend), [this](const FolderWatcher::Turn& turn) { return act(turn); },
          callbacks_.on_notice, now, settings.timing) {}

void SourceWatcher::start() {
  runner_ = std::make_unique<WatchRunner>(watcher_, callbacks_.on_problem);
}

std::optional<Duration> SourceWatcher::act(const FolderWatcher::Turn& turn) {
  // A look publishes what waits as well; config.json may still lack the names of what was published before.
  std::optional<Duration> again;
  if (turn.look) again = rebuilder_.rebuild();
  if (!turn.nudged) return again;
  const auto after_config = rebuilder_.config_changed();
  return again && after_config ? std::min(again, after_config) : (again ? again : after_config);
}

}  // namespace exthost::watch
