#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/storage/blob_store.h"
#include "emulator/watch/config_history.h"

namespace exthost::app {

/// What a file of the state folder remembers of a container's config.json (docs/formats.md); nothing if there
/// is no file. What cannot be read is `corrupt` (kStateUnwritable), with the file's name.
base::Result<std::vector<watch::SeenConfig>> load_config_history(const std::filesystem::path& file);

/// The config.json texts that containers had, whoever wrote them, across restarts: what a rollback goes back
/// to.
///
/// A history that can't be read or written is told in the journal (`history.failed`); what is remembered then
/// lasts for this run. What it refers to outlives it. Thread-safe; blocks on the disk.
class ConfigHistories {
 public:
  ConfigHistories(std::filesystem::path folder, const storage::BlobStore& store, const base::Clock& clock,
                  base::Journal& journal)
      : folder_(std::move(folder)), store_(store), clock_(clock), journal_(journal) {}

  /// Looks at a container's config.json and remembers it if it is news. To be called whenever it was changed.
  void look(const storage::ContainerId& container);

  /// The oldest first; the last is what the last look saw.
  std::vector<watch::SeenConfig> of(const storage::ContainerId& container) const;

 private:
  std::filesystem::path file_of(const storage::ContainerId& container) const;
  void tell(const storage::ContainerId& container, base::Error error);

  const std::filesystem::path folder_;
  const storage::BlobStore& store_;
  const base::Clock& clock_;
  base::Journal& journal_;
  mutable std::mutex looking_;  // one look at a time, so that what is remembered last is what was there last
  std::map<storage::ContainerId, std::vector<watch::SeenConfig>> histories_;
};

}  // namespace exthost::app
