#include "emulator/storage/put_request.h"

#include "emulator/storage/blob_rules.h"
#include "emulator/storage/request_fields.h"
#include "emulator/storage/tags.h"

namespace exthost::storage {

Rest<PutOptions> read_put(const OperationContext& context, bool or_plain_headers, BlobType type) {
  if (auto checked = check_blob_name(context.request.blob); !checked) return checked.failure();
  auto properties = read_content_properties(context.headers(), or_plain_headers);
  if (!properties) return properties.failure();
  auto metadata = read_metadata(context.headers());
  if (!metadata) return metadata.failure();
  auto tags = read_tags(context.headers());
  if (!tags) return tags.failure();
  auto tier = read_tier(context.headers());
  if (!tier) return tier.failure();
  PutOptions options;
  options.tags = std::move(*tags);
  options.tier = std::move(*tier);
  options.properties = std::move(*properties);
  options.metadata = std::move(*metadata);
  options.durability = context.durability;
  options.conditions = conditions_of(context.headers());
  if (!context.grant.may_overwrite) options.conditions.if_none_match = "*";

  auto current = context.store.find(context.request.blob_id());
  if (!current && current.reason() != Reason::blob_not_found) return rest_error(current.failure());
  const auto there = current ? std::optional(*std::move(current)) : std::nullopt;
  if (auto refusal = refuse_put(options.conditions, there, context.now)) return put_error(context, *refusal);
  if (auto refusal = refuse_other_type(there, type)) return rest_error(*refusal);
  return options;
}

Rest<Done> refuse_body(const http::Request& request) {
  if (request.content_length.value_or(0) == 0) return Done{};
  return rest_error("InvalidHeaderValue", "Content-Length is 0 where the content comes from a URL.");
}

Rest<Content> receive_body(const OperationContext& context, const ReceiveOptions& options) {
  const http::Request& http = context.request.http;
  if (!http.content_length) return rest_error("MissingContentLengthHeader");
  if (options.limit_bytes != 0 && *http.content_length > options.limit_bytes)
    return rest_error("RequestBodyTooLarge");
  auto content = http.body == nullptr ? context.store.receive(std::string_view(), options)
                                      : context.store.receive(*http.body, options);
  if (!content) return rest_error(content.failure());
  return std::move(*content);
}

RestError put_error(const OperationContext& context, const Failure& failure) {
  if (failure.reason == Reason::blob_exists && !context.grant.may_overwrite) {
    return rest_error("UnauthorizedBlobOverwrite");
  }
  return rest_error(failure);
}

}  // namespace exthost::storage
