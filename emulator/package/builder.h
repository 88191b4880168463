#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/package/overlay.h"
#include "emulator/package/package.h"
#include "emulator/package/tree_rules.h"
#include "emulator/package/zip_parts.h"

namespace exthost::package {

/// A file of a source folder as a scan saw it. Equal stats mean that it need not be read again.
struct SourceFile {
  std::string path;  ///< Relative, `/` separated, UTF-8.
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  ///< ctime: catches a rewrite that restores the mtime.
  std::uint64_t inode = 0;
  bool linked =
      false;  ///< It is a link, or lies in a linked folder: what it is read from has another path too.
  bool operator==(const SourceFile&) const = default;
};

/// The regular files below a folder, sorted by path, but those that TreeRules of `ignore` leave out.
///
/// Symbolic links are followed only if they lead to something inside the root; others, and broken ones, are
/// left out. A link to a folder is not followed back into a folder that holds the link, nor from inside
/// another linked folder, so no link can make a loop. Files that vanish during the scan are left out. Fails
/// with `not_found` (kSourceUnreadable) if there is no such folder, `unavailable` (kSourceUnreadable) if part
/// of it can't be read, `invalid_input` (kZipTooLarge) past `max_files`.
base::Result<std::vector<SourceFile>> scan_folder(const std::filesystem::path& root,
                                                  const IgnoreOptions& ignore,
                                                  std::size_t max_files = PackageLimits{}.entries);

/// Where a folder may have changed since it was built last: at or below these paths, relative to it; absent:
/// anywhere. The empty path is the folder itself.
using Touched = std::optional<std::vector<std::string>>;

/// A package made from a folder.
struct BuiltPackage {
  std::shared_ptr<const Package> package;  ///< Opened and known to be good; its bytes are in memory.
  std::vector<std::string>
      changed;  ///< Paths added, changed or removed since the last build of this builder; sorted.
  std::vector<ZipPart> parts;  ///< Of the package's bytes (zip_parts.h).
};

/// Turns a folder into version zips, again and again, reading and compressing only what changed.
///
/// Deterministic: the same tree gives the same bytes, whatever the order, the times or the machine (times in
/// the zip are fixed, or SOURCE_DATE_EPOCH), but for large files that changed after the first build: those
/// are deflated fast, until `tidy`. A file that changes while it is read is read again; if it does not
/// settle, the build fails with `conflict` and the caller tries later. A build that fails leaves the builder
/// as it was. Not thread-safe; uses up to `threads` threads inside a call.
class PackageBuilder {
 public:
  PackageBuilder(std::filesystem::path root, IgnoreOptions ignore, unsigned threads = 2,
                 PackageLimits limits = {}, Overlay overlay = {});
  ~PackageBuilder();

  /// Scans, reads what changed, assembles. Absent if the content equals the last build's. Fails with a kZip…
  /// code if no version zip may hold what the folder holds, with kSourceUnreadable if something in it can't
  /// be read. Where `touched` says enough, only that is looked at; after a build that failed, everything is.
  base::Result<std::optional<BuiltPackage>> build(const Touched& touched = std::nullopt);

  /// To be called when nobody waits for a build. Puts the last package's bytes in one place, and begins to
  /// deflate at the usual level, on a thread of its own, what builds after the first deflated fast. What is
  /// done by the next build that finds a change goes into that one.
  void tidy();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A folder packed once.
base::Result<BuiltPackage> build_folder(const std::filesystem::path& root, const IgnoreOptions& ignore,
                                        const PackageLimits& limits = {});

}  // namespace exthost::package
