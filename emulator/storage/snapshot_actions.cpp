#include <algorithm>
#include <utility>

#include "emulator/storage/blob_rules.h"
#include "emulator/storage/snapshot_time.h"
#include "emulator/storage/soft_delete.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {
namespace {

using Snapshots = std::vector<BlobRecord>;

Snapshots::const_iterator find_snapshot(const Snapshots& snapshots, const std::string& time) {
  return std::find_if(snapshots.begin(), snapshots.end(),
                      [&](const BlobRecord& snapshot) { return snapshot.snapshot == time; });
}

// Without those of its live snapshots that `goes` names.
template <class Predicate>
BlobEdit without_snapshots(const BlobState& state, base::WallTime now, Predicate goes) {
  Snapshots stay;
  Snapshots removed;
  for (const BlobRecord& snapshot : state.snapshots) (goes(snapshot) ? removed : stay).push_back(snapshot);
  return {state.blob, false, std::move(stay), deleted_after_removal(state, removed, now)};
}

Outcome<BlobEdit> without_snapshot(const BlobState& state, const std::string& time,
                                   const Conditions& conditions, base::WallTime now) {
  const auto at = find_snapshot(state.snapshots, time);
  if (at == state.snapshots.end()) return blob_not_found();
  if (auto refusal = refuse_conditions(conditions, *at)) return *refusal;
  return without_snapshots(state, now, [&](const BlobRecord& one) { return one.snapshot == time; });
}

BlobEdit without_all(const BlobState& state, base::WallTime now) {
  Snapshots removed = state.snapshots;
  removed.push_back(*state.blob);
  return {std::nullopt, true, Snapshots(), deleted_after_removal(state, removed, now)};
}

}  // namespace

Outcome<BlobRecord> snapshot_blob(BlobStore& store, const BlobId& id, const std::optional<Metadata>& metadata,
                                  const Conditions& conditions, base::WallTime now) {
  BlobRecord snapshot;
  auto done = store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (!state.blob) return blob_not_found();
        if (auto refusal = refuse_beside(conditions, *state.blob, now)) return *refusal;
        snapshot = *state.blob;
        snapshot.snapshot = free_snapshot_time(state, now);
        snapshot.lease = Lease();
        if (metadata) {
          snapshot.metadata = *metadata;
          stamp(snapshot, state.blob->etag, now);
        }
        BlobEdit edit{state.blob, false, state.snapshots};
        edit.snapshots->push_back(snapshot);
        return edit;
      },
      base::Durability::power);
  if (!done) return done.failure();
  return snapshot;
}

Outcome<Deletion> delete_blob(BlobStore& store, const BlobId& id, const Conditions& conditions,
                              base::WallTime now, SnapshotDeletion snapshots) {
  Deletion deletion;
  auto deleted = store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        deletion.permanent = !keeps_deleted(state);
        if (!id.snapshot.empty()) return without_snapshot(state, id.snapshot, conditions, now);
        if (!state.blob) return blob_not_found();
        if (auto refusal = refuse_change(conditions, *state.blob, now)) return *refusal;
        if (snapshots == SnapshotDeletion::only) {
          return without_snapshots(state, now, [](const BlobRecord&) { return true; });
        }
        if (snapshots == SnapshotDeletion::refuse && !state.snapshots.empty()) {
          return Failure{Reason::snapshots_present,
                         "The blob has snapshots: delete them with it, or before."};
        }
        return without_all(state, now);
      },
      base::Durability::power);
  if (!deleted) return deleted.failure();
  return deletion;
}

Outcome<Done> undelete_blob(BlobStore& store, const BlobId& id, base::WallTime now) {
  auto restored = store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        auto edit = undelete(state, now);
        if (!edit) return blob_not_found();
        return std::move(*edit);
      },
      base::Durability::power);
  if (!restored) return restored.failure();
  return Done{};
}

}  // namespace exthost::storage
