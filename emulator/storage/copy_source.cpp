#include "emulator/storage/copy_source.h"

#include <utility>

#include "emulator/base/text.h"
#include "emulator/http/gate.h"
#include "emulator/storage/blob_rules.h"
#include "emulator/storage/copy_address.h"
#include "emulator/storage/fetched_source.h"
#include "emulator/storage/request_fields.h"

namespace exthost::storage {
namespace {

constexpr int kHoldAttempts = 16;  // lost only to writers who replace the source that often meanwhile

constexpr std::string_view kHowToRead =
    "Give the source a shared access signature, or sign with the key of the account that both are in.";

// The conditions on the source, under the names that conditions on the blob itself have.
http::Headers source_conditions(const http::Headers& headers) {
  http::Headers conditions;
  const std::pair<std::string_view, std::string_view> names[] = {
      {"x-ms-source-if-match", "If-Match"},
      {"x-ms-source-if-none-match", "If-None-Match"},
      {"x-ms-source-if-modified-since", "If-Modified-Since"},
      {"x-ms-source-if-unmodified-since", "If-Unmodified-Since"},
      {"x-ms-source-if-tags", "x-ms-if-tags"},
  };
  for (const auto& [of_source, plain] : names) {
    if (const auto value = headers.get(of_source)) conditions.set(plain, std::string(*value));
  }
  return conditions;
}

bool is_asynchronous(const OperationContext& context) {
  return context.request.operation == Operation::copy_blob && !requires_sync(context.headers());
}

// Copy Blob looks its own account up itself; all else reads the source as a stranger would.
RestError missing_source(const OperationContext& context, const RestRequest& source, const Failure& failure) {
  const RestError error = rest_error(failure);
  const bool own = source.account == context.request.account;
  return own && is_asynchronous(context) ? error : cannot_verify_copy_source(error);
}

Rest<Done> authorize_source(const OperationContext& context, RestRequest source, Operation operation) {
  if (context.grant.by_key && source.account == context.request.account) return Done{};
  source.operation = operation;
  auto grant = context.authorizer.authorize(source);
  if (grant) return Done{};
  RestError error = grant.failure();
  error.message.append(" ").append(kHowToRead);
  return cannot_verify_copy_source(error);
}

Rest<http::ByteRange> choose_range(const std::string& header, std::uint64_t size_bytes) {
  if (header.empty()) return http::ByteRange{0, size_bytes};
  const http::RangeDecision decision = http::decide_range(header, size_bytes);
  if (decision.kind == http::RangeKind::partial) return decision.range;
  if (decision.kind == http::RangeKind::unsatisfiable) return rest_error("InvalidRange");
  return rest_error("InvalidHeaderValue", "x-ms-source-range is one range as bytes=0-1023.");
}

Rest<CopySource> hold_source(const OperationContext& context, const RestRequest& source,
                             const SourceNeeds& needs) {
  const Conditions conditions = conditions_of(source_conditions(context.headers()));
  for (int attempt = 1;; ++attempt) {
    auto record = context.store.find(source.blob_id());
    if (!record && record.reason() == Reason::unavailable) return rest_error(record.failure());
    if (!record) return missing_source(context, source, record.failure());
    if (refuse_conditions(conditions, *record)) return rest_error("SourceConditionNotMet");
    if (is_archived(*record) && !needs.archived) return rest_error("BlobArchived", "It is the source.");
    if (record->type != BlobType::block && !needs.any_type) {
      return rest_error("InvalidBlobType", "The source is no block blob; Copy Blob takes it.");
    }
    auto range = choose_range(needs.range, record->size_bytes);
    if (!range) return range.failure();
    auto held = context.store.hold(*record, context.durability);
    if (held) return CopySource{{}, *std::move(record), *range, *std::move(held)};
    if (held.reason() != Reason::content_replaced || attempt == kHoldAttempts) {
      return rest_error(held.failure());
    }
  }
}

Rest<CopySource> open_here(const OperationContext& context, const http::Request& get,
                           const SourceNeeds& needs) {
  auto source = read_request(get);
  if (!source || source->operation != Operation::get_blob) {
    return rest_error("InvalidHeaderValue", "x-ms-copy-source is the URL of a blob or of a snapshot of one.");
  }
  if (!context.accounts.contains(source->account)) {
    return cannot_verify_copy_source(
        rest_error("ResourceNotFound", "There is no account '" + source->account + "' here."));
  }
  if (!get.target.parameter("versionid").value_or("").empty()) {
    return cannot_verify_copy_source(rest_error("BlobNotFound", "This emulator keeps no versions of blobs."));
  }
  if (auto allowed = authorize_source(context, *source, Operation::get_blob); !allowed) {
    return allowed.failure();
  }
  if (needs.tags) {
    auto allowed = authorize_source(context, *source, Operation::get_blob_tags);
    if (!allowed) return allowed.failure();
  }
  return hold_source(context, *source, needs);
}

Rest<CopySource> open_elsewhere(const OperationContext& context, const CopyAddress& address,
                                const SourceNeeds& needs) {
  if (context.elsewhere == nullptr || !http::is_local_name(address.url.host)) {
    return cannot_verify_copy_source(
        403, "This emulator copies from its own accounts and from servers on this machine, and '" +
                 address.url.host + "' is neither. Download the source and upload it.");
  }
  if (needs.tags) {
    return cannot_verify_copy_source(403, "Tags are copied from this emulator's own accounts only.");
  }
  http::Headers headers = source_conditions(context.headers());
  headers.remove("x-ms-if-tags");
  if (!needs.range.empty()) headers.set("Range", needs.range);
  auto fetched = context.elsewhere->get(address.text, headers, needs.limit_bytes);
  if (!fetched) return cannot_verify_copy_source(500, "The source: " + fetched.error().message + ".");
  if (auto refusal = refuse_fetched(*fetched, !needs.range.empty())) return *refusal;
  auto taken = take_fetched(context, *fetched);
  if (!taken) return taken.failure();
  CopySource source;
  source.record = std::move(taken->record);
  source.range = {0, source.record.size_bytes};
  source.hold = std::move(taken->hold);
  return source;
}

}  // namespace

bool requires_sync(const http::Headers& headers) {
  return base::equals_ignoring_case(headers.value("x-ms-requires-sync"), "true");
}

Rest<CopySource> open_copy_source(const OperationContext& context, const SourceNeeds& needs) {
  const std::string_view text = context.headers().value("x-ms-copy-source");
  auto address = read_copy_address(text, context.request.http, context.accounts);
  if (!address) return address.failure();
  auto source =
      address->here ? open_here(context, *address->here, needs) : open_elsewhere(context, *address, needs);
  if (!source) return source.failure();
  source->shown = without_signature(text);
  return source;
}

}  // namespace exthost::storage
