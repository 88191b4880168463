#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/hosting/container_source.h"

namespace exthost::check {

/// A blob of a container, as a listing names it.
struct BlobName {
  std::string name;
  std::optional<std::uint64_t> size_bytes;  ///< Absent if it is known only once the blob is read.
  bool operator==(const BlobName&) const = default;
};

/// A container to be looked at, not served: a folder or a URL (domain.md a1 to a5).
///
/// `get` is as ContainerSource says. Thread-safe; may block.
class Container : public hosting::ContainerSource {
 public:
  /// Every blob, in byte order of their names; absent if the container may be read but not listed (a2, a3).
  /// Fails with `unavailable` (kStorageUnavailable) if it cannot be reached.
  virtual base::Result<std::optional<std::vector<BlobName>>> list() = 0;
  /// Where a person finds a blob: a path or a URL. A version folder's is the folder's, without `.zip`.
  virtual std::string place_of(const std::string& blob) const = 0;
  /// What there is to say about the container beside its blobs, each with its code: a version that stands
  /// there twice.
  virtual std::vector<base::Error> remarks() const { return {}; }
};

/// Opens what `text` names.
///
/// A URL (http or https): a container's, as registered; a query, such as a shared access signature, is sent
/// with every request and never shown. It is not asked for anything yet.
///
/// Else a path, taken from `folder`: files at its top are blobs, and a sub-folder named as a version is
/// `<version>.zip`, packed whenever it is asked for (docs/decisions/0004). What the folder holds is looked up
/// once, here.
///
/// Fails with `not_found` or `invalid_input` (kTargetMissing) if there is no such folder or it is a URL of
/// another kind, `unavailable` (kSourceUnreadable) if the folder cannot be read.
base::Result<std::unique_ptr<Container>> open_container(const std::string& text,
                                                        const std::filesystem::path& folder);

/// Whether open_container takes `text` for a URL rather than a path.
bool is_url(const std::string& text);

/// `text` as messages may show it: a URL without its query, fragment, user name and password.
std::string without_secrets(const std::string& text);

}  // namespace exthost::check
