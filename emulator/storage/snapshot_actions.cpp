#include <algorithm>
#include <utility>

#include "emulator/storage/blob_rules.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {
namespace {

using Snapshots = std::vector<BlobRecord>;

Snapshots::const_iterator find_snapshot(const Snapshots& snapshots, const std::string& time) {
  return std::find_if(snapshots.begin(), snapshots.end(),
                      [&](const BlobRecord& snapshot) { return snapshot.snapshot == time; });
}

// `now` in Azure's units of 100 ns, and as many of them later as it takes to be the first of that name.
std::string free_time(const Snapshots& snapshots, base::WallTime now) {
  constexpr int kTicks = 10'000;  // in a millisecond
  for (int later = 0;; ++later) {
    std::string time = base::to_iso8601(now + base::Duration(later / kTicks));  // …38.040Z
    time.pop_back();
    time += std::to_string(kTicks + later % kTicks).substr(1) + "Z";
    if (find_snapshot(snapshots, time) == snapshots.end()) return time;
  }
}

Outcome<BlobEdit> without_snapshot(const BlobState& state, const std::string& time,
                                   const Conditions& conditions) {
  const auto at = find_snapshot(state.snapshots, time);
  if (at == state.snapshots.end()) return blob_not_found();
  if (auto refusal = refuse_conditions(conditions, *at)) return *refusal;
  BlobEdit edit{state.blob, false, state.snapshots};
  edit.snapshots->erase(edit.snapshots->begin() + (at - state.snapshots.begin()));
  return edit;
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
        snapshot.snapshot = free_time(state.snapshots, now);
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

Outcome<Done> delete_blob(BlobStore& store, const BlobId& id, const Conditions& conditions,
                          base::WallTime now, SnapshotDeletion snapshots) {
  auto deleted = store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (!id.snapshot.empty()) return without_snapshot(state, id.snapshot, conditions);
        if (!state.blob) return blob_not_found();
        if (auto refusal = refuse_change(conditions, *state.blob, now)) return *refusal;
        if (snapshots == SnapshotDeletion::only) return BlobEdit{state.blob, false, Snapshots()};
        if (snapshots == SnapshotDeletion::refuse && !state.snapshots.empty()) {
          return Failure{Reason::snapshots_present,
                         "The blob has snapshots: delete them with it, or before."};
        }
        return BlobEdit{std::nullopt, true, Snapshots()};
      },
      base::Durability::power);
  if (!deleted) return deleted.failure();
  return Done{};
}

}  // namespace exthost::storage
