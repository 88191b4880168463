#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/http/message.h"
#include "emulator/storage/blob_store.h"

namespace exthost::app {

/// A zip that was taken into the store and is nobody's blob yet: on disk, not in memory. Gone with the last
/// copy of this.
struct ReceivedZip {
  storage::Content content;
  http::Slice bytes;
};

/// Takes in a zip by pulling it. `invalid_input` (kBodyTooLarge) if it is longer than `limit_bytes`.
base::Result<ReceivedZip> receive_zip(storage::BlobStore& store, http::BodyReader& body,
                                      std::uint64_t limit_bytes, base::Durability durability);

/// What a container has under a version's name.
enum class VersionThere { absent, same, other };
/// Compares with what was received, byte for byte if need be.
base::Result<VersionThere> compare_version(const storage::BlobStore& store, const storage::ContainerId& id,
                                           const std::string& version, const ReceivedZip& zip);

/// Puts it as `<version>.zip`, if there is none yet. `conflict` (kVersionTaken) if there is.
base::Result<void> put_version(storage::BlobStore& store, const storage::ContainerId& id,
                               const std::string& version, const ReceivedZip& zip,
                               base::Durability durability, base::WallTime now);

/// The container's `<version>.zip` blobs by version, in byte order of their names.
base::Result<std::vector<storage::BlobRecord>> list_version_zips(const storage::BlobStore& store,
                                                                 const storage::ContainerId& id);

/// `conflict` (kVersionTaken). `where`: `the container demo`, a folder.
base::Error version_taken(const std::string& version, const std::string& where);

}  // namespace exthost::app
