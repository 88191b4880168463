#include "emulator/watch/source_watcher.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace exthost::watch {
namespace {

/// After what events brought about, when to look at the whole folder, since events are hints and the folder
/// is the truth, and to do what nobody waits for.
constexpr Duration kCalmAfter{1000};

/// An editor that moves the old file away is about to write the new one: what lacks it is not worth a build.
bool are_there(const std::filesystem::path& folder, const std::vector<std::string>& paths) {
  return std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(folder / path, error));
  });
}

}  // namespace

SourceWatcher::SourceWatcher(SourceSettings settings, std::unique_ptr<WatchBackend> backend,
                             Publisher& publisher, SourceCallbacks callbacks, MonotonicNow now)
    : folder_(settings.folder),
      callbacks_(std::move(callbacks)),
      builder_(std::move(settings.folder), std::move(settings.ignore), settings.threads, {},
               std::move(settings.overlay)),
      rebuilder_([this](const package::Touched& touched) { return builder_.build(touched); }, publisher,
                 callbacks_, now),
      ready_(settings.ready.empty() ? std::nullopt : std::optional<ReadyFile>(std::in_place, settings.ready)),
      watcher_(
          std::move(backend), [this](const FolderWatcher::Turn& turn) { return act(turn); },
          callbacks_.on_notice, now, settings.timing,
          [this](const std::vector<std::string>& touched) {
            if (!ready_ && are_there(folder_, touched)) rebuilder_.prepare(touched);
          }) {}

void SourceWatcher::start() {
  runner_ = std::make_unique<WatchRunner>(watcher_, callbacks_.on_problem);
}

std::optional<Duration> SourceWatcher::act(const FolderWatcher::Turn& turn) {
  // A look publishes what waits as well; config.json may still lack the names of what was published before.
  std::optional<Duration> again;
  const bool calm = turn.look && std::exchange(calm_due_, false) && !turn.touched && !turn.asked;
  // With a ready file the calm after a build may be the midst of the next.
  if (turn.look && !(calm && ready_) && may_build(turn.asked)) {
    // Events of a ready file say nothing of the folder.
    again = rebuilder_.rebuild(ready_ ? std::nullopt : turn.touched);
    unfinished_ = again.has_value();
    if (!again && turn.touched) {
      calm_due_ = true;
      again = kCalmAfter;
    }
  }
  if (turn.look && !turn.touched) builder_.tidy();
  if (!turn.nudged) return again;
  const auto after_config = rebuilder_.config_changed();
  return again && after_config ? std::min(again, after_config) : (again ? again : after_config);
}

bool SourceWatcher::may_build(bool asked) {
  if (!ready_) return true;
  const ReadyFile::State state = ready_->look();
  if (state == ReadyFile::State::absent) {
    unfinished_ = false;
    if (!std::exchange(told_waiting_, true) && callbacks_.on_waiting) callbacks_.on_waiting();
    return false;
  }
  told_waiting_ = false;
  return state == ReadyFile::State::written || unfinished_ || asked;
}

}  // namespace exthost::watch
