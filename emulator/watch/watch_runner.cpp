#include "emulator/watch/watch_runner.h"

#include <exception>
#include <stop_token>
#include <string>
#include <utility>

namespace exthost::watch {
namespace {

void run(const std::stop_token& stop, FolderWatcher& watcher,
         const std::function<void(const base::Error&)>& on_failure) {
  try {
    while (!stop.stop_requested()) {
      const auto turn = watcher.poll_once();
      if (turn) continue;
      if (on_failure) on_failure(turn.error());
      return;
    }
  } catch (const std::exception& exception) {
    if (on_failure)
      on_failure({base::ErrorKind::internal, std::string("watching ended: ") + exception.what(), ""});
  }
}

}  // namespace

WatchRunner::WatchRunner(FolderWatcher& watcher, std::function<void(const base::Error&)> on_failure)
    : watcher_(watcher), thread_([&watcher, on_failure = std::move(on_failure)](const std::stop_token& stop) {
        run(stop, watcher, on_failure);
      }) {}

WatchRunner::~WatchRunner() {
  thread_.request_stop();
  watcher_.wake();
}

}  // namespace exthost::watch
