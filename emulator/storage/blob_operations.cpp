#include <algorithm>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/storage/answers.h"
#include "emulator/storage/blob_rules.h"
#include "emulator/storage/digest.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/operations.h"
#include "emulator/storage/put_request.h"
#include "emulator/storage/request_fields.h"

namespace exthost::storage {
namespace {

void set_if_any(http::Headers& headers, std::string_view name, const std::string& value) {
  if (!value.empty()) headers.set(name, value);
}

// What Get Blob and Get Blob Properties say alike.
void add_blob_headers(http::Headers& headers, const BlobRecord& blob, const OperationContext& context) {
  // A SAS may override what the blob says about its content.
  static const SasToken kNone;
  const SasToken& overrides = context.grant.sas ? *context.grant.sas : kNone;
  const auto either = [](const std::string& first, const std::string& second) -> const std::string& {
    return first.empty() ? second : first;
  };
  const ContentProperties& properties = blob.properties;
  add_validators(headers, blob);
  set_if_any(headers, "Content-Type", either(overrides.type, properties.type));
  set_if_any(headers, "Content-Encoding", either(overrides.encoding, properties.encoding));
  set_if_any(headers, "Content-Language", either(overrides.language, properties.language));
  set_if_any(headers, "Content-Disposition", either(overrides.disposition, properties.disposition));
  set_if_any(headers, "Cache-Control", either(overrides.cache_control, properties.cache_control));
  headers.set("Accept-Ranges", "bytes");
  headers.set("x-ms-blob-type", std::string(type_name(blob.type)));
  if (blob.type == BlobType::page) {
    headers.set("x-ms-blob-sequence-number", std::to_string(blob.sequence_number));
  }
  if (blob.type == BlobType::append) headers.set("x-ms-blob-committed-block-count", "0");
  headers.set("x-ms-creation-time", base::to_http_date(blob.created));
  if (blob.snapshot.empty()) add_lease(headers, blob.lease, context.now);
  add_copy(headers, blob);
  headers.set("x-ms-server-encrypted", "true");
  if (!blob.tags.empty()) headers.set("x-ms-tag-count", std::to_string(blob.tags.size()));
  add_metadata(headers, blob.metadata);
}

Rest<Conditions> read_conditions(const OperationContext& context) {
  Conditions conditions = conditions_of(context.headers());
  if (base::trim(conditions.if_none_match) == "*") {
    return rest_error("UnsatisfiableCondition", "If-None-Match: * can't hold for a blob that is read.");
  }
  return conditions;
}

RestError read_error(const Failure& failure, const std::optional<BlobRecord>& seen) {
  RestError error = rest_error(failure);
  if (failure.reason == Reason::not_modified && seen) add_validators(error.headers, *seen);
  return error;
}

/// The blob that a read without its content names, its conditions held.
Rest<BlobRecord> find_readable(const OperationContext& context) {
  auto conditions = read_conditions(context);
  if (!conditions) return conditions.failure();
  auto blob = context.store.find(context.request.blob_id());
  if (!blob) return rest_error(blob.failure());
  if (auto refusal = refuse_blob_read(*conditions, *blob, context.now)) return read_error(*refusal, *blob);
  return *std::move(blob);
}

// What to read of a blob, and whether the client asked for a part at all.
struct Choice {
  std::optional<BlobRecord> refused;  // the record that was not what the client wants
  bool partial = false;
  bool unsatisfiable = false;
};

Outcome<http::ByteRange> choose_range(const OperationContext& context, const Conditions& conditions,
                                      const BlobRecord& blob, Choice& choice) {
  choice = {};
  if (auto refusal = refuse_blob_read(conditions, blob, context.now)) {
    choice.refused = blob;
    return *refusal;
  }
  const auto own = context.headers().get("x-ms-range");  // outranks Range
  const std::string_view header = own ? *own : context.headers().value("Range");
  if (header.empty()) return http::ByteRange{0, blob.size_bytes};
  const http::RangeDecision decision = http::decide_range(header, blob.size_bytes);
  if (decision.kind == http::RangeKind::whole) return http::ByteRange{0, blob.size_bytes};
  if (decision.kind == http::RangeKind::unsatisfiable) {
    choice.unsatisfiable = true;
    return http::ByteRange{0, 0};
  }
  choice.partial = true;
  return decision.range;
}

bool asks_for(const OperationContext& context, std::string_view header) {
  return base::equals_ignoring_case(context.headers().value(header), "true");
}

// Adds the checksum of what is sent, if the client wants it and it is a part that Azure would compute one
// for. That part then is in memory.
Rest<Done> add_range_checksums(http::Headers& headers, const OperationContext& context, BlobReading& reading,
                               bool partial) {
  const bool md5 = asks_for(context, "x-ms-range-get-content-md5");
  const bool crc64 = asks_for(context, "x-ms-range-get-content-crc64");
  if (!md5 && !crc64) return Done{};
  if (!partial || reading.range.length > limits::kRangeChecksumBytes || (md5 && crc64)) {
    return rest_error("OutOfRangeInput", "One checksum is computed, for a range of at most 4 MiB.");
  }
  auto bytes = http::body_text(reading.content);
  if (!bytes) return rest_error(to_failure(bytes.error()));
  if (md5) headers.set("Content-MD5", base::base64_encode(base::md5(*bytes)));
  if (crc64) {
    Crc64 digest;
    digest.update(*bytes);
    headers.set("x-ms-content-crc64", base::base64_encode(digest.bytes()));
  }
  reading.content = std::move(*bytes);
  return Done{};
}

// Set Blob Properties can also resize a page blob and move its sequence number.
RestError refuse_page_change(const OperationContext& context) {
  auto blob = context.store.find(context.request.blob_id());
  if (!blob) return rest_error(blob.failure());
  if (blob->type != BlobType::page) return rest_error("InvalidBlobType");
  return rest_error("NotImplemented", "A page blob keeps its size and its sequence number here.");
}

}  // namespace

Answer put_blob(const OperationContext& context) {
  auto options = read_put(context, true);
  if (!options) return options.failure();
  auto sent = read_checksums(context.headers());
  if (!sent) return sent.failure();
  if (!options->properties.md5.empty() && sent->md5.empty() && sent->crc64.empty()) {
    sent->md5 = options->properties.md5;
  }
  ReceiveOptions receive;
  receive.durability = context.durability;
  receive.limit_bytes = limits::kPutBytes;
  receive.md5 = true;  // every Put Blob answers it, and Get Blob gives it back
  receive.crc64 = !sent->crc64.empty();
  auto content = receive_body(context, receive);
  if (!content) return content.failure();
  if (auto checked = check_checksums(*sent, *content); !checked) return checked.failure();
  options->properties.md5 = content->md5;
  auto stored = put_blob(context.store, context.request.blob_id(), *content, *options, context.now);
  if (!stored) return put_error(context, stored.failure());
  http::Response response = answer_with_validators(201, *stored);
  response.headers.set("Content-MD5", base::base64_encode(content->md5));
  if (receive.crc64) response.headers.set("x-ms-content-crc64", base::base64_encode(content->crc64));
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

Answer get_blob(const OperationContext& context) {
  auto conditions = read_conditions(context);
  if (!conditions) return conditions.failure();
  Choice choice;
  auto reading = read_blob(context.store, context.request.blob_id(), [&](const BlobRecord& blob) {
    return choose_range(context, *conditions, blob, choice);
  });
  if (!reading) return read_error(reading.failure(), choice.refused);
  const BlobRecord& blob = reading->record;
  if (choice.unsatisfiable) {
    RestError error = rest_error("InvalidRange");
    error.headers.set("Content-Range", http::unsatisfied_content_range(blob.size_bytes));
    return error;
  }
  http::Response response;
  add_blob_headers(response.headers, blob, context);
  const std::string md5 = base::base64_encode(blob.properties.md5);
  if (choice.partial) {
    response.status = 206;
    response.headers.set("Content-Range", http::content_range(reading->range, blob.size_bytes));
    set_if_any(response.headers, "x-ms-blob-content-md5", md5);
  } else {
    set_if_any(response.headers, "Content-MD5", md5);
  }
  auto checksums = add_range_checksums(response.headers, context, *reading, choice.partial);
  if (!checksums) return checksums.failure();
  response.body = std::move(reading->content);
  return response;
}

Answer get_blob_properties(const OperationContext& context) {
  auto blob = find_readable(context);
  if (!blob) return blob.failure();
  http::Response response;
  add_blob_headers(response.headers, *blob, context);
  set_if_any(response.headers, "Content-MD5", base::base64_encode(blob->properties.md5));
  response.headers.set("Content-Length", std::to_string(blob->size_bytes));
  if (blob->type != BlobType::block) return response;  // only block blobs have a tier
  response.headers.set("x-ms-access-tier", blob->tier.empty() ? "Hot" : blob->tier);
  if (blob->tier.empty()) response.headers.set("x-ms-access-tier-inferred", "true");
  if (blob->tier_changed) {
    response.headers.set("x-ms-access-tier-change-time", base::to_http_date(*blob->tier_changed));
  }
  return response;
}

Answer get_blob_metadata(const OperationContext& context) {
  auto blob = find_readable(context);
  if (!blob) return blob.failure();
  http::Response response = answer_with_validators(200, *blob);
  add_metadata(response.headers, blob->metadata);
  return response;
}

Answer set_blob_metadata(const OperationContext& context) {
  auto metadata = read_metadata(context.headers());
  if (!metadata) return metadata.failure();
  auto changed = set_blob_metadata(context.store, context.request.blob_id(), *metadata,
                                   conditions_of(context.headers()), context.now);
  if (!changed) return rest_error(changed.failure());
  http::Response response = answer_with_validators(200, *changed);
  response.headers.set("x-ms-request-server-encrypted", "true");
  return response;
}

Answer set_blob_properties(const OperationContext& context) {
  if (context.headers().get("x-ms-blob-content-length") ||
      context.headers().get("x-ms-sequence-number-action")) {
    return refuse_page_change(context);
  }
  auto properties = read_content_properties(context.headers(), false);
  if (!properties) return properties.failure();
  auto changed = set_blob_properties(context.store, context.request.blob_id(), *properties,
                                     conditions_of(context.headers()), context.now);
  if (!changed) return rest_error(changed.failure());
  http::Response response = answer_with_validators(200, *changed);
  if (changed->type == BlobType::page) {
    response.headers.set("x-ms-blob-sequence-number", std::to_string(changed->sequence_number));
  }
  return response;
}

}  // namespace exthost::storage
