#include <utility>

#include "emulator/storage/blob_rules.h"

namespace exthost::storage {
namespace {

// The caller has the lease's id already.
std::optional<Failure> refuse_copy_over(const BlobRecord& current, base::WallTime now) {
  if (is_archived(current)) {
    return Failure{Reason::blob_archived, "An archived blob can't be copied over."};
  }
  if (is_locked(lease_state(current.lease, now)) && current.lease.duration) {
    return Failure{Reason::lease_refused, "The lease must be infinite.", "InfiniteLeaseDurationRequired"};
  }
  return std::nullopt;
}

}  // namespace

Outcome<BlobRecord> put_shared_blob(BlobStore& store, const BlobId& id, const std::vector<Piece>& pieces,
                                    const PutOptions& options, base::WallTime now) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (auto refusal = refuse_put(options.conditions, state.blob, now)) return *refusal;
        if (auto refusal = refuse_other_type(state.blob, BlobType::block)) return *refusal;
        return replace(state, options, pieces, now);
      },
      options.durability);
}

Outcome<BlobRecord> copy_blob(BlobStore& store, const BlobId& id, const BlobRecord& source,
                              const PutOptions& options, const CopyState& copy, base::WallTime now) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (auto refusal = refuse_put(options.conditions, state.blob, now)) return *refusal;
        if (state.blob) {
          if (auto refusal = refuse_copy_over(*state.blob, now)) return *refusal;
        }
        if (auto refusal = refuse_other_type(state.blob, source.type)) return *refusal;
        BlobEdit edit = replace(state, options, source.pieces, now,
                                NewBlob{source.type, source.size_bytes, source.sequence_number});
        if (state.blob && options.tier.empty()) edit.blob->tier = state.blob->tier;
        edit.blob->copy = copy;
        return edit;
      },
      options.durability);
}

}  // namespace exthost::storage
