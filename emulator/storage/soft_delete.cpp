#include "emulator/storage/soft_delete.h"

#include <algorithm>
#include <utility>

#include "emulator/storage/service_properties.h"
#include "emulator/storage/snapshot_time.h"

namespace exthost::storage {
namespace {

using Records = std::vector<BlobRecord>;

Records still_kept(const BlobState& state, base::WallTime now) {
  Records kept;
  for (const BlobRecord& record : state.deleted) {
    if (now < record.deletion->until) kept.push_back(record);
  }
  return kept;
}

std::optional<SoftDeletion> deletion_now(const BlobState& state, base::WallTime now) {
  const auto retention = delete_retention(state.settings);
  if (!retention) return std::nullopt;
  return SoftDeletion{now, now + *retention};
}

BlobRecord as_deleted(BlobRecord record, const SoftDeletion& deletion) {
  record.lease = Lease();
  record.deletion = deletion;
  return record;
}

Records::iterator find_blob(Records& records) {
  return std::find_if(records.begin(), records.end(),
                      [](const BlobRecord& record) { return record.snapshot.empty(); });
}

}  // namespace

bool keeps_deleted(const BlobState& state) {
  return delete_retention(state.settings).has_value();
}

Records deleted_after_overwrite(const BlobState& state, base::WallTime now) {
  Records kept = still_kept(state, now);
  if (const auto blob = find_blob(kept); blob != kept.end()) {
    if (is_archived(*blob)) {
      kept.erase(blob);
    } else {
      blob->snapshot = free_snapshot_time(state, now);
    }
  }
  const auto deletion = deletion_now(state, now);
  if (state.blob && deletion && !is_archived(*state.blob)) {
    kept.push_back(as_deleted(*state.blob, *deletion));
    kept.back().snapshot = free_snapshot_time(state, now);
  }
  return kept;
}

Records deleted_after_removal(const BlobState& state, const Records& removed, base::WallTime now) {
  Records kept = still_kept(state, now);
  const auto deletion = deletion_now(state, now);
  if (!deletion) return kept;
  for (const BlobRecord& record : removed) kept.push_back(as_deleted(record, *deletion));
  return kept;
}

std::optional<BlobEdit> undelete(const BlobState& state, base::WallTime now) {
  Records kept = still_kept(state, now);
  BlobEdit edit{state.blob, false, state.snapshots, Records()};
  if (const auto blob = find_blob(kept); blob != kept.end()) {
    edit.blob = std::move(*blob);
    edit.blob->deletion.reset();
    kept.erase(blob);
  }
  if (!edit.blob) return std::nullopt;
  for (BlobRecord& snapshot : kept) {
    snapshot.deletion.reset();
    edit.snapshots->push_back(std::move(snapshot));
  }
  return edit;
}

}  // namespace exthost::storage
