#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>

#include "emulator/storage/blob_store.h"
#include "emulator/storage/mounted_folder.h"

namespace exthost::storage {

/// A mounted folder and the records that are kept for its files in the store below.
class MountedContainer {
 public:
  MountedContainer(ContainerId container, MountedFolder files)
      : id(std::move(container)), folder(std::move(files)) {}

  /// Where what is kept of a blob lies below.
  BlobId kept(const BlobId& blob) const;

  Outcome<BlobRecord> find(const BlobStore& below, const BlobId& blob) const;
  /// The file that a record of `find` speaks of; content_replaced if it has changed since.
  Outcome<std::shared_ptr<const MountedFile>> open(const BlobRecord& record) const;

  const ContainerId id;
  MountedFolder folder;
  /// Held alone from the moment in which a file gets its name until what is kept for it is stored, as short
  /// as a transaction is; shared by who looks at both, so that nobody sees the one without the other.
  mutable std::shared_mutex visible;
};

/// Takes a part of a mounted blob into the store below.
Outcome<Content> take_in(BlobStore& below, const BlobRecord& record, std::shared_ptr<const MountedFile> file,
                         http::ByteRange range, base::Durability durability);

/// BlobStore::list for a mounted container.
Outcome<std::vector<BlobRecord>> list_mounted(const MountedContainer& container, const BlobStore& below,
                                              const BlobScan& scan);

}  // namespace exthost::storage
