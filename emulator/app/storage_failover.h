#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <utility>

#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/locations.h"

namespace exthost::app {

/// Which accounts failed over, as a file of the state folder remembers it (docs/formats.md). No file: none.
/// What cannot be read is `corrupt`, with the file's name.
base::Result<storage::Failovers> load_failovers(const std::filesystem::path& file);

/// Fails accounts over and back: remembers first, then switches, then tells the journal. What it refers to
/// outlives it. Thread-safe.
class StorageFailover {
 public:
  StorageFailover(std::filesystem::path file, storage::Locations& locations,
                  const storage::Accounts& accounts, const base::Clock& clock, base::Journal& journal)
      : file_(std::move(file)),
        locations_(locations),
        accounts_(accounts),
        clock_(clock),
        journal_(journal) {}

  /// Puts what was remembered in force and says so in the journal.
  base::Result<void> restore();

  /// Of one account, or of all that can (empty). `invalid_input` (kBadRequestBody) for an account that is not
  /// there, `conflict` (kFailoverRefused) if it may not, or none may; then nothing was changed.
  base::Result<void> fail_over(const std::string& account);
  base::Result<void> fail_back(const std::string& account);

 private:
  enum class Direction { over, back };
  base::Result<void> move(const std::string& account, Direction direction);

  const std::filesystem::path file_;
  storage::Locations& locations_;
  const storage::Accounts& accounts_;
  const base::Clock& clock_;
  base::Journal& journal_;
  std::mutex moving_;  // one at a time: what is remembered is what is in force
};

}  // namespace exthost::app
