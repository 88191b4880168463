#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/publishing.h"
#include "emulator/app/settings.h"
#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/watch/container_sink.h"
#include "emulator/watch/publisher.h"
#include "emulator/watch/source_watcher.h"
#include "emulator/watch/watch_runner.h"

namespace exthost::app {

/// An extension's source folder in one set of settings: watched, packed, and published into the container.
/// What happens is told to the journal.
class SourcePublishing {
 public:
  struct Parts {
    std::string extension;  ///< Hosting service name.
    watch::ContainerSink& sink;
    const base::Clock& clock;
    base::Journal& journal;
    const Publishing::Callbacks& callbacks;
    const PublishingContext& options;
  };

  /// What `parts` refers to outlives this.
  SourcePublishing(const SourceSettings& source, Parts parts);

  /// Builds and publishes, on this thread.
  void first_turn();
  /// Goes on doing so on a thread of its own, until destruction. Without a first turn before, begins with it.
  void start();

  /// As the methods of the same names of SourceWatcher and Publisher.
  void look() { watcher_->look(); }
  void config_changed() { watcher_->config_changed(); }
  std::vector<watch::Pointer> pointers() const { return publisher_.pointers(); }

 private:
  void watch_local_config(const std::filesystem::path& folder);
  watch::SourceCallbacks watcher_callbacks(const SourceSettings& source);
  void tell_published(const watch::Published& published);
  void tell_problem(const base::Error& error);
  void show(std::vector<model::Problem> problems) const;
  void tell(const std::string& type, const base::Error& error);

  Parts parts_;
  watch::Publisher publisher_;
  std::unique_ptr<watch::SourceWatcher> watcher_;  // its thread uses all of the above
  std::unique_ptr<watch::FolderWatcher> local_config_;
  std::unique_ptr<watch::WatchRunner> local_config_runner_;  // last, for the same reason
};

}  // namespace exthost::app
