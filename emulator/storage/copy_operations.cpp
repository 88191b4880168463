#include <utility>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_rules.h"
#include "emulator/storage/copy_content.h"
#include "emulator/storage/fetched_source.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/put_request.h"
#include "emulator/storage/request_fields.h"

namespace exthost::storage {
namespace {

// `x-ms-copy-source-tag-option`: whether the copy has the source's tags.
Rest<bool> copies_tags(const http::Headers& headers) {
  const std::string_view option = headers.value("x-ms-copy-source-tag-option");
  if (option.empty() || option == "REPLACE") return false;
  if (option != "COPY") {
    return rest_error("InvalidHeaderValue", "x-ms-copy-source-tag-option is REPLACE or COPY.");
  }
  if (headers.get("x-ms-tags")) return rest_error("BothUserTagsAndSourceTagsCopyPresentException");
  return true;
}

// `x-ms-copy-source-blob-properties`, which is true unless it says otherwise.
Rest<bool> copies_properties(const http::Headers& headers) {
  const std::string text = base::to_lower(headers.value("x-ms-copy-source-blob-properties"));
  if (text.empty() || text == "true") return true;
  if (text == "false") return false;
  return rest_error("InvalidHeaderValue", "x-ms-copy-source-blob-properties is true or false.");
}

// A put from a URL says for itself what its blob is like, and takes from the source what it does not say.
void take_unset(ContentProperties& own, const ContentProperties& of_source) {
  for (std::string ContentProperties::*field :
       {&ContentProperties::type, &ContentProperties::encoding, &ContentProperties::language,
        &ContentProperties::disposition, &ContentProperties::cache_control}) {
    if ((own.*field).empty()) own.*field = of_source.*field;
  }
}

// Copy Blob tells which of the two blobs a condition failed on.
RestError copy_error(RestError error, bool synchronous) {
  if (error.code != "ConditionNotMet" || synchronous) return error;
  return rest_error("TargetConditionNotMet");
}

Rest<CopySource> open_source_to_copy(const OperationContext& context, const PutOptions& options,
                                     bool synchronous) {
  SourceNeeds needs;
  needs.limit_bytes = synchronous ? limits::kSyncCopyBytes : limits::kPutBytes;
  needs.any_type = !synchronous;
  needs.archived = !synchronous && !options.tier.empty() && options.tier != kArchive;
  if (synchronous) {
    auto tags = copies_tags(context.headers());
    if (!tags) return tags.failure();
    needs.tags = *tags;
  }
  auto source = open_copy_source(context, needs);
  if (!source) return source.failure();
  if (synchronous && source->record.size_bytes > limits::kSyncCopyBytes) {
    return cannot_verify_copy_source(
        409, "The source is larger than 256 MiB, the most that is copied with x-ms-requires-sync.");
  }
  if (!needs.tags) source->record.tags.clear();
  return source;
}

}  // namespace

// Copy Blob, and Copy Blob From URL: both are done when they are answered.
Answer copy_blob(const OperationContext& context) {
  const bool synchronous = requires_sync(context.headers());
  if (auto checked = refuse_body(context.request.http); !checked) return checked.failure();
  auto sent = read_source_checksums(context.headers());
  if (!sent) return sent.failure();
  auto options = read_put(context, false);
  if (!options) return copy_error(options.failure(), synchronous);
  auto source = open_source_to_copy(context, *options, synchronous);
  if (!source) return source.failure();
  if (synchronous && !sent->md5.empty()) {
    auto md5 = md5_of(context, *source);
    if (!md5) return md5.failure();
    if (*md5 != sent->md5) return rest_error("Md5Mismatch");
  }
  options->properties = source->record.properties;
  if (options->metadata.empty()) options->metadata = source->record.metadata;
  if (options->tags.empty()) options->tags = source->record.tags;
  const CopyState copy{context.ids.uuid(), source->shown, context.now};
  auto stored =
      copy_blob(context.store, context.request.blob_id(), source->record, *options, copy, context.now);
  if (!stored) return copy_error(put_error(context, stored.failure()), synchronous);
  http::Response response = answer_with_validators(202, *stored);
  response.headers.set("x-ms-copy-id", copy.id);
  response.headers.set("x-ms-copy-status", "success");
  return response;
}

Answer put_blob_from_url(const OperationContext& context) {
  if (auto checked = refuse_body(context.request.http); !checked) return checked.failure();
  auto sent = read_source_checksums(context.headers());
  if (!sent) return sent.failure();
  auto properties = copies_properties(context.headers());
  if (!properties) return properties.failure();
  SourceNeeds needs;
  needs.limit_bytes = limits::kPutBytes;
  auto tags = copies_tags(context.headers());
  if (!tags) return tags.failure();
  needs.tags = *tags;
  auto options = read_put(context, false);
  if (!options) return options.failure();
  auto source = open_copy_source(context, needs);
  if (!source) return source.failure();
  auto md5 = md5_of(context, *source);
  if (!md5) return md5.failure();
  const std::string& wanted = sent->md5.empty() ? options->properties.md5 : sent->md5;
  if (!wanted.empty() && wanted != *md5) return rest_error("Md5Mismatch");
  if (*properties) take_unset(options->properties, source->record.properties);
  options->properties.md5 = *md5;
  if (options->metadata.empty()) options->metadata = source->record.metadata;
  if (needs.tags) options->tags = source->record.tags;
  std::vector<Piece> pieces = source->record.pieces;
  for (Piece& piece : pieces) piece.block_id.clear();  // it is a blob that was put at once
  auto stored = put_shared_blob(context.store, context.request.blob_id(), pieces, *options, context.now);
  if (!stored) return put_error(context, stored.failure());
  http::Response response = answer_with_validators(201, *stored);
  response.headers.set("Content-MD5", base::base64_encode(*md5));
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

// No copy is ever under way here: what is left is to say so.
Answer abort_copy(const OperationContext& context) {
  const std::string_view action = context.headers().value("x-ms-copy-action");
  if (action.empty()) return rest_error("MissingRequiredHeader", "Send 'x-ms-copy-action: abort'.");
  if (!base::equals_ignoring_case(action, "abort")) {
    return rest_error("InvalidHeaderValue", "x-ms-copy-action is abort.");
  }
  const std::string_view id = context.request.http.target.parameter("copyid").value_or("");
  if (id.empty()) return rest_error("MissingRequiredQueryParameter", "Abort Copy Blob needs copyid.");
  if (!is_guid(id)) return rest_error("InvalidQueryParameterValue", "copyid is a GUID.");
  auto blob = context.store.find(context.request.blob_id());
  if (!blob) return rest_error(blob.failure());
  const std::string_view lease = context.headers().value("x-ms-lease-id");
  if (auto refusal = refuse_unleased_write(blob->lease, lease, LeasedThing::blob, context.now)) {
    return rest_error(*refusal);
  }
  const bool other = blob->copy && !base::equals_ignoring_case(blob->copy->id, id);
  return rest_error(other ? "CopyIdMismatch" : "NoPendingCopyOperation");
}

}  // namespace exthost::storage
