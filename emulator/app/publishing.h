#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/build_command.h"
#include "emulator/app/settings.h"
#include "emulator/base/clock.h"
#include "emulator/base/guarded.h"
#include "emulator/base/journal.h"
#include "emulator/model/problem.h"
#include "emulator/package/package.h"
#include "emulator/storage/blob_store.h"
#include "emulator/watch/container_sink.h"
#include "emulator/watch/publisher.h"
#include "emulator/watch/seed_watcher.h"

namespace exthost::app {

class SourcePublishing;

/// What all extensions' folders have in common.
struct PublishingContext {
  std::vector<std::string> default_stages;   ///< Of the cloud.
  std::filesystem::path project_folder;      ///< Where build commands run.
  std::optional<base::Duration> poll_every;  ///< As watch::BackendOptions.
  bool follow = true;                        ///< Off: a source that changes is read once.
};

/// One extension's folders on this machine: its seed is copied into the container, its source is packed and
/// published there, at start and again whenever they change, and its build command runs meanwhile. Everything
/// that happens is told to the journal (`publish`, `seed`, `source.failed`, …).
class Publishing {
 public:
  struct Callbacks {
    /// A version's zip is in the container: who serves it need not fetch it.
    watch::Publisher::OnStored stored;
    /// A version was published: brings the hosting service up to date before the journal tells of it, so that
    /// who reads of it can load it. Returns a few words for the journal's line (`synced 3 ms ·
    /// reloaded 1 tab`), or nothing.
    std::function<std::string()> published;
    /// What open pages are to show of a part, in place of what they showed of it; nothing: it is well. Parts
    /// are the `source` folder with what is published from it, the `seed` folder, and the `build` command.
    /// Any thread. May be empty.
    std::function<void(const std::string& part, std::vector<model::Problem> problems)> show_problems{};
    /// The source folder is not packed before what `awaited` says, in a sentence, has come. Empty: it was
    /// packed, or cannot be, or is none any more. Any thread. May be empty.
    std::function<void(const std::string& awaited)> waits{};
    /// Whether the journal says how long a publish took. Not where two runs must have the same journal.
    bool tells_durations = true;
    /// A line that the build command printed. On the command's thread. May be empty.
    std::function<void(const std::string& line)> build_output{};
  };

  /// `extension` must have a container of ours. `store`, `clock` and `journal` outlive this.
  Publishing(const ExtensionSettings& extension, PublishingContext options, storage::BlobStore& store,
             const base::Clock& clock, base::Journal& journal, Callbacks callbacks);
  ~Publishing();

  /// Hosting service name.
  const std::string& extension() const { return extension_; }

  /// Copies the seed, then builds and publishes the source, on this thread.
  void first_turn();

  /// Goes on doing so on threads of its own, until destruction, and starts the build command.
  void start();

  /// Begins the end of the build command, which takes its time; returns at once.
  void begin_stop();

  /// config.json was changed in the container. Any thread; never blocks.
  void config_changed();

  /// Starts the build command anew, if there is one, and has the source folder looked at and what changed
  /// published, soon, on its thread. Any thread; never blocks. False if there is no source.
  bool rebuild_source();

  /// Ends the build command and starts it anew. `conflict` (kBuildCommandEnded) if there is none. Any
  /// thread; never blocks.
  base::Result<void> restart_command();

  /// The source is another from now on, or none: what is under way with the one before is finished first, and
  /// the build command goes on if it is the same. Only after `start`, or after `first_turn` if nothing is to
  /// be followed; one thread at a time.
  void change_source(const std::optional<SourceSettings>& source);

 private:
  std::unique_ptr<SourcePublishing> make_source(const SourceSettings& source);
  std::unique_ptr<BuildCommand> make_command(const SourceSettings& source);
  void make_seed_watcher(const std::filesystem::path& folder);
  void tell(const std::string& type, const base::Error& error);
  void show(const std::string& part, std::vector<model::Problem> problems) const;

  const std::string extension_;  // hosting service name
  const PublishingContext options_;
  const base::Clock& clock_;
  base::Journal& journal_;
  const Callbacks callbacks_;
  std::unique_ptr<watch::ContainerSink> sink_;
  std::optional<SourceSettings> source_settings_;
  // Guarded: what others ask of them comes on other threads. They are made and destroyed outside the lock.
  base::Guarded<std::unique_ptr<SourcePublishing>> source_;  // null: no source
  base::Guarded<std::unique_ptr<BuildCommand>> command_;     // null: none, or not started
  std::unique_ptr<watch::SeedWatcher>
      seed_;  // its thread, which may call config_changed(), ends before the source's
};

}  // namespace exthost::app
