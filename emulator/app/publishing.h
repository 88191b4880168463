#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/package/package.h"
#include "emulator/storage/blob_store.h"
#include "emulator/watch/container_sink.h"
#include "emulator/watch/publisher.h"
#include "emulator/watch/seed_watcher.h"
#include "emulator/watch/source_watcher.h"

namespace exthost::app {

/// One extension's folders on this machine: its seed is copied into the container, its source is packed and
/// published there, at start and again whenever they change. Everything that happens is told to the journal
/// (`publish`, `seed`, `source.failed`, …).
class Publishing {
 public:
  struct Callbacks {
    /// A version was minted, ahead of its zip: who serves it need not fetch it.
    watch::Publisher::OnMinted minted;
    /// A version was published: brings the hosting service up to date before the journal tells of it, so that
    /// who reads of it can load it. Returns a few words for the journal's line (`synced 3 ms ·
    /// reloaded 1 tab`), or nothing.
    std::function<std::string()> published;
    /// Something is wrong with the source folder, or with a publish from it; and that is over.
    std::function<void(const base::Error&)> source_problem;
    std::function<void()> source_mended;
    /// Whether the journal says how long a publish took. Not where two runs must have the same journal.
    bool tells_durations = true;
  };

  /// `extension` must have a container of ours. `store`, `clock` and `journal` outlive this.
  Publishing(const ExtensionSettings& extension, std::vector<std::string> default_stages,
             storage::BlobStore& store, const base::Clock& clock, base::Journal& journal,
             Callbacks callbacks);
  ~Publishing();

  /// Copies the seed, then builds and publishes the source, on this thread.
  void first_turn();

  /// Goes on doing so on threads of its own, until destruction.
  void start();

  /// config.json was changed in the container. Any thread; never blocks.
  void config_changed();

  /// Has the source folder looked at and what changed published, soon, on its thread. Any thread; never
  /// blocks. False if it has none.
  bool look_at_source();

 private:
  void make_source_watcher(const SourceSettings& source);
  void make_seed_watcher(const std::filesystem::path& folder);
  void tell_published(const watch::Published& published);
  void tell(const std::string& type, const base::Error& error);
  void tell_source_problem(const base::Error& error);

  const std::string extension_;  // hosting service name
  base::Journal& journal_;
  Callbacks callbacks_;
  std::unique_ptr<watch::ContainerSink> sink_;
  std::unique_ptr<watch::Publisher> publisher_;
  std::unique_ptr<watch::SourceWatcher> source_;
  std::unique_ptr<watch::SeedWatcher>
      seed_;  // its thread, which may call config_changed(), ends before the source's
};

}  // namespace exthost::app
