#pragma once

#include <optional>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/storage/blob_store.h"

/// What an overwrite or a deletion leaves behind, for as long as the account's DeleteRetentionPolicy says
/// (Azure's "Soft delete for blobs", without versioning), and how it comes back. Pure.
///
/// Whether something is kept, and until when, is settled when it goes: a policy that is changed later changes
/// nothing about it.
namespace exthost::storage {

/// Whether what is deleted now can be restored later.
bool keeps_deleted(const BlobState& state);

/// The soft-deleted ones once the blob has other content: what it was is a snapshot among them, unless there
/// is no policy or the blob is archived. A soft-deleted blob whose place is taken becomes a snapshot too, and
/// keeps its times.
std::vector<BlobRecord> deleted_after_overwrite(const BlobState& state, base::WallTime now);

/// The soft-deleted ones once `removed`, the blob or live snapshots of it, are deleted.
std::vector<BlobRecord> deleted_after_removal(const BlobState& state, const std::vector<BlobRecord>& removed,
                                              base::WallTime now);

/// Brings back the blob, if it was soft-deleted, and all its soft-deleted snapshots. Absent: there is no
/// blob, live or soft-deleted.
std::optional<BlobEdit> undelete(const BlobState& state, base::WallTime now);

}  // namespace exthost::storage
