#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "emulator/package/builder.h"
#include "emulator/watch/config_pointers.h"
#include "emulator/watch/container_sink.h"

namespace exthost::watch {

/// What a seed folder holds, by the blob it becomes: a file at the top, or a sub-folder to be packed. Pure to
/// make.
struct SeedPlan {
  std::map<std::string, package::SourceFile> files;  ///< By blob name.
  std::map<std::string, std::vector<package::SourceFile>>
      versions;                       ///< By blob name `<version>.zip`; the folder's files.
  std::vector<base::Error> problems;  ///< A folder whose zip lies beside it, and the like.
};

/// Files at the top become blobs of the same name. A sub-folder becomes `<version>.zip` if its name can be a
/// version and begins with a digit, as versions do (domain.md (b)); others (`docs`, `node_modules`) are
/// passed over.
SeedPlan plan_seed(const std::vector<package::SourceFile>& scanned);

/// What one sync did.
struct SeedReport {
  std::vector<std::string> put;
  std::vector<std::string> removed;
  std::vector<base::Error> problems;  ///< What could not be copied, each with its code; the rest was.
  bool try_again = false;             ///< A problem that may pass by itself is among them.

  bool nothing_done() const { return put.empty() && removed.empty() && problems.empty(); }
};

/// Copies a seed folder (ux.md 4, `storage.seed`) into a container, and again what changed in it. The folder
/// is only read.
///
/// Zips go first, then other blobs, then config.json, then removals of what this had put and is no longer in
/// the folder. A blob that can't be copied now (unreadable, being written, the container failing) holds
/// config.json and the removals back until it can be; a folder that can never be a package does not. Not
/// thread-safe.
class SeedSync {
 public:
  /// What config.json must say on top of the seed's own text (Publisher::pointers).
  using Pointers = std::function<std::vector<Pointer>()>;

  /// `sink` outlives this. `pointers` may be empty.
  SeedSync(std::filesystem::path folder, ContainerSink& sink, Pointers pointers,
           package::PackageLimits limits = {});

  /// Brings the container up to date. Fails with kSourceUnreadable if the folder cannot be scanned.
  base::Result<SeedReport> sync();

 private:
  using Copy = base::Result<bool> (SeedSync::*)(const std::string& blob);

  void copy_if_changed(const std::string& blob, const std::vector<package::SourceFile>& from, Copy copy,
                       SeedReport& report);
  void remove_what_is_gone(const SeedPlan& plan, SeedReport& report);
  // Each returns whether it put anything.
  base::Result<bool> copy_file(const std::string& blob);
  base::Result<bool> copy_version(const std::string& blob);
  base::Result<bool> copy_config(const std::string& blob);
  base::Result<bool> put_if_different(const std::string& blob, Content content);
  base::Result<std::string> read_file(const std::string& name) const;

  std::filesystem::path folder_;
  ContainerSink& sink_;
  Pointers pointers_;
  package::PackageLimits limits_;
  std::int64_t scanned_at_ns_ = 0;
  // What each blob was made from when it was put; nothing, if that may have changed since without its stats
  // telling.
  std::map<std::string, std::vector<package::SourceFile>> copied_;
};

}  // namespace exthost::watch
