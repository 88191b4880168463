#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/file.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/conditions.h"

/// What one can do with an account, in process: the same actions that the REST dialect offers over HTTP.
/// Each takes the time of the action, which becomes Last-Modified and goes into the ETag.
namespace exthost::storage {

/// Makes the container, or sets its access level if it is there and has another.
Outcome<ContainerRecord> ensure_container(BlobStore& store, const ContainerId& id, AccessLevel access,
                                          base::WallTime now);

struct NewContainer {
  AccessLevel access = AccessLevel::none;
  Metadata metadata;
};
/// container_exists if it does.
Outcome<ContainerRecord> create_container(BlobStore& store, const ContainerId& id, const NewContainer& wanted,
                                          base::WallTime now);
Outcome<Done> delete_container(BlobStore& store, const ContainerId& id, const Conditions& conditions,
                               base::WallTime now);
Outcome<ContainerRecord> set_container_metadata(BlobStore& store, const ContainerId& id,
                                                const Metadata& metadata, const Conditions& conditions,
                                                base::WallTime now);
Outcome<ContainerRecord> set_container_access(BlobStore& store, const ContainerId& id, AccessLevel access,
                                              const std::vector<StoredPolicy>& policies,
                                              const Conditions& conditions, base::WallTime now);

inline constexpr std::string_view kDefaultContentType = "application/octet-stream";

struct PutOptions {
  ContentProperties properties;  ///< An empty type becomes kDefaultContentType.
  Metadata metadata;
  Conditions conditions;
  Tags tags = {};
  std::string tier = {};  ///< Empty: none is chosen.
  base::Durability durability = base::Durability::power;
};

/// Puts a whole block blob from memory. Readers see the old content or the new, never a mix.
Outcome<BlobRecord> put_blob(BlobStore& store, const BlobId& id, std::string_view bytes,
                             const PutOptions& options, base::WallTime now);
/// The same with content taken in before.
Outcome<BlobRecord> put_blob(BlobStore& store, const BlobId& id, const Content& content,
                             const PutOptions& options, base::WallTime now);

/// The same with the content of another record, which the caller keeps from being freed (BlobStore::hold). No
/// byte is copied.
Outcome<BlobRecord> put_shared_blob(BlobStore& store, const BlobId& id, const std::vector<Piece>& pieces,
                                    const PutOptions& options, base::WallTime now);
/// The same as a copy, which says so and has the source's type. Over a leased blob it takes the id of an
/// infinite lease, over an archived one it is blob_archived, and over any other without a tier of its own it
/// takes that blob's tier.
Outcome<BlobRecord> copy_blob(BlobStore& store, const BlobId& id, const BlobRecord& source,
                              const PutOptions& options, const CopyState& copy, base::WallTime now);

enum class BlockSource { latest, committed, uncommitted };
struct BlockReference {
  BlockSource source = BlockSource::latest;
  std::string id;
};
/// Makes the blob of those blocks, in that order; uncommitted blocks that are not named are dropped. No byte
/// is copied.
Outcome<BlobRecord> commit_blocks(BlobStore& store, const BlobId& id,
                                  const std::vector<BlockReference>& blocks, const PutOptions& options,
                                  base::WallTime now);

/// A page or append blob as it is made: without content of its own.
struct NewBlob {
  BlobType type = BlobType::append;
  std::uint64_t size_bytes = 0;       ///< Of a page blob, whose bytes are zeros.
  std::uint64_t sequence_number = 0;  ///< Of a page blob.
};
/// Makes it, over one of the same type or none.
Outcome<BlobRecord> create_blob(BlobStore& store, const BlobId& id, const NewBlob& wanted,
                                const PutOptions& options, base::WallTime now);

Outcome<BlobRecord> set_blob_properties(BlobStore& store, const BlobId& id,
                                        const ContentProperties& properties, const Conditions& conditions,
                                        base::WallTime now);
Outcome<BlobRecord> set_blob_metadata(BlobStore& store, const BlobId& id, const Metadata& metadata,
                                      const Conditions& conditions, base::WallTime now);
/// What becomes of a blob's snapshots when the blob is to be deleted: refuse if there are any, delete them
/// too, or delete only them.
enum class SnapshotDeletion { refuse, include, only };
struct Deletion {
  bool permanent = true;  ///< Else it can be undeleted for as long as the account's policy says.
};
/// Deletes the blob, or the one snapshot that `id` names.
Outcome<Deletion> delete_blob(BlobStore& store, const BlobId& id, const Conditions& conditions,
                              base::WallTime now, SnapshotDeletion snapshots = SnapshotDeletion::refuse);
/// Brings back the blob and its snapshots as they were deleted, if they can be restored yet; blob_not_found
/// if there is no blob afterwards.
Outcome<Done> undelete_blob(BlobStore& store, const BlobId& id, base::WallTime now);

/// Keeps the blob as it is now, and answers the snapshot's record. No byte is copied. With `metadata` the
/// snapshot has that instead of the blob's.
Outcome<BlobRecord> snapshot_blob(BlobStore& store, const BlobId& id, const std::optional<Metadata>& metadata,
                                  const Conditions& conditions, base::WallTime now);

/// Acquires, renews, changes, releases or breaks; neither etag nor Last-Modified change.
Outcome<BlobRecord> lease_blob(BlobStore& store, const BlobId& id, const LeaseAction& action,
                               const Conditions& conditions, base::WallTime now);
Outcome<ContainerRecord> lease_container(BlobStore& store, const ContainerId& id, const LeaseAction& action,
                                         const Conditions& conditions, base::WallTime now);

/// A blob and the part of its content that the reader chose.
struct BlobReading {
  BlobRecord record;
  http::ByteRange range;
  http::Body content;
};
/// From a record, which part to read, or why none: it may be asked again if the blob is replaced meanwhile.
using RangeChooser = std::function<Outcome<http::ByteRange>(const BlobRecord&)>;
/// Reads a blob so that record and content belong together, whatever writers do meanwhile. blob_archived if
/// its tier does not let it be read.
Outcome<BlobReading> read_blob(const BlobStore& store, const BlobId& id, const RangeChooser& choose);

/// A blob's whole content in one piece.
struct OpenBlob {
  BlobRecord record;
  http::Slice
      content;  ///< Mapped from the file; joined in memory if the blob was committed from several blocks.
};
/// Reads a blob, unless the reader has it: not_modified if its etag is `if_none_match`, blob_not_found or
/// container_not_found if it is absent, invalid_input if it is longer than `limit_bytes`.
Outcome<OpenBlob> open_blob(const BlobStore& store, const BlobId& id, const std::string& if_none_match,
                            std::uint64_t limit_bytes);

}  // namespace exthost::storage
