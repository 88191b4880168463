#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/base/result.h"
#include "emulator/hosting/stored_deployment.h"
#include "emulator/package/package.h"

namespace exthost::hosting {

/// One extension's folder: its packages by content hash, and the last good deployment (docs/formats.md,
/// Hosting folder).
///
/// Thread-safe: files are written once under a name that says what is in them, and renamed into place.
class PackageStore {
 public:
  /// Does nothing on the disk yet.
  PackageStore(std::filesystem::path folder, package::PackageLimits limits);

  /// Keeps a zip under the hash of its bytes, unless it is there already, and opens it from its file.
  /// Survives the end of this process; the end of power only once `save` has named it. Fails with
  /// kStateUnwritable.
  base::Result<std::shared_ptr<const package::Package>> keep(const std::string& sha256,
                                                             std::string_view bytes);

  /// `not_found`, or `corrupt` if the file is no usable package.
  base::Result<std::shared_ptr<const package::Package>> open(const std::string& sha256) const;

  /// Whether a package of that hash is known to survive the end of power.
  bool is_durable(const std::string& sha256) const;

  /// Writes the deployment down, after its packages, all of them kept, have been made to survive the end of
  /// power.
  base::Result<void> save(const StoredDeployment& deployment);

  /// Absent if nothing was ever saved; `corrupt` if what is there cannot be understood.
  base::Result<std::optional<StoredDeployment>> load() const;

  base::Result<void> remove(const std::vector<std::string>& hashes);
  /// Removes every package whose hash is not among those given: what a crash may have left. Not while others
  /// keep.
  base::Result<void> remove_all_but(const std::vector<std::string>& hashes);

 private:
  std::filesystem::path package_file(const std::string& sha256) const;

  std::filesystem::path folder_;
  package::PackageLimits limits_;
  base::Guarded<std::set<std::string>> durable_;  // hashes that have been synced to disk in this run
};

}  // namespace exthost::hosting
