#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/request_fields.h"

namespace exthost::storage {
namespace {

Rest<SnapshotDeletion> read_deletion(const OperationContext& context) {
  const std::string wanted = base::to_lower(context.headers().value("x-ms-delete-snapshots"));
  if (wanted.empty()) return SnapshotDeletion::refuse;
  if (!context.request.blob_id().snapshot.empty()) {
    return rest_error("InvalidHeaderValue", "x-ms-delete-snapshots can't be sent for a snapshot.");
  }
  if (wanted == "include") return SnapshotDeletion::include;
  if (wanted == "only") return SnapshotDeletion::only;
  return rest_error("InvalidHeaderValue", "x-ms-delete-snapshots is include or only.");
}

}  // namespace

Answer snapshot_blob(const OperationContext& context) {
  auto metadata = read_metadata(context.headers());
  if (!metadata) return metadata.failure();
  const auto own = metadata->empty() ? std::nullopt : std::optional(std::move(*metadata));
  auto snapshot = snapshot_blob(context.store, context.request.blob_id(), own,
                                conditions_of(context.headers()), context.now);
  if (!snapshot) return rest_error(snapshot.failure());
  http::Response response = answer_with_validators(201, *snapshot);
  response.headers.set("x-ms-snapshot", snapshot->snapshot);
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

Answer delete_blob(const OperationContext& context) {
  auto snapshots = read_deletion(context);
  if (!snapshots) return snapshots.failure();
  auto deleted = delete_blob(context.store, context.request.blob_id(), conditions_of(context.headers()),
                             context.now, *snapshots);
  if (!deleted) return rest_error(deleted.failure());
  http::Response response;
  response.status = 202;
  response.headers.set("x-ms-delete-type-permanent", deleted->permanent ? "true" : "false");
  return response;
}

Answer undelete_blob(const OperationContext& context) {
  auto restored = undelete_blob(context.store, context.request.blob_id(), context.now);
  if (!restored) return rest_error(restored.failure());
  return http::Response();
}

}  // namespace exthost::storage
