#include <algorithm>

#include "emulator/storage/blob_rules.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/store_failures.h"
#include "emulator/storage/tags.h"

namespace exthost::storage {

// An archived blob is brought back at once: nobody wants to wait fifteen hours here.
Answer set_blob_tier(const OperationContext& context) {
  auto tier = read_tier(context.headers());
  if (!tier) return tier.failure();
  if (tier->empty()) return rest_error("MissingRequiredHeader", "Send x-ms-access-tier.");
  const BlobId id = context.request.blob_id();
  bool was_archived = false;
  const auto change = [&](BlobRecord& record) {
    was_archived = is_archived(record);
    record.tier = *tier;
    record.tier_changed = context.now;
  };
  auto changed = context.store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        const Conditions conditions = conditions_of(context.headers());
        BlobEdit edit{state.blob, false};
        if (id.snapshot.empty()) {
          if (!state.blob) return blob_not_found();
          if (state.blob->type != BlobType::block) return wrong_blob_type();
          if (auto refusal = refuse_change(conditions, *state.blob, context.now)) return *refusal;
          change(*edit.blob);
          return edit;
        }
        edit.snapshots = state.snapshots;
        const auto snapshot =
            std::find_if(edit.snapshots->begin(), edit.snapshots->end(),
                         [&](const BlobRecord& one) { return one.snapshot == id.snapshot; });
        if (snapshot == edit.snapshots->end()) return blob_not_found();
        if (snapshot->type != BlobType::block) return wrong_blob_type();
        if (auto refusal = refuse_conditions(conditions, *snapshot)) return *refusal;
        change(*snapshot);
        return edit;
      },
      context.durability);
  if (!changed) return rest_error(changed.failure());
  http::Response response;
  response.status = was_archived && *tier != kArchive ? 202 : 200;
  return response;
}

}  // namespace exthost::storage
