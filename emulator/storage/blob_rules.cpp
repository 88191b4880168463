#include "emulator/storage/blob_rules.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/storage/soft_delete.h"
#include "emulator/storage/store_failures.h"
#include "emulator/storage/tag_query.h"

namespace exthost::storage {
namespace {

std::string time_text(base::WallTime time) {
  return std::to_string(time.time_since_epoch().count());
}

std::string text_of(const Metadata& metadata) {
  std::string text;
  for (const MetadataItem& item : metadata) text += item.name + '\n' + item.value + '\n';
  return text;
}

template <class Record>
Validators validators_of(const Record& record) {
  return {record.etag, record.last_modified};
}

// An expression that can't be read was refused with the request.
std::optional<Failure> refuse_tags(const Conditions& conditions, const Tags& tags) {
  if (conditions.if_tags.empty()) return std::nullopt;
  const auto query = parse_tag_query(conditions.if_tags, TagQueryUse::condition);
  if (query && matches(*query, tags, "")) return std::nullopt;
  return Failure{Reason::condition_failed,
                 "The condition specified using HTTP conditional header(s) is not met."};
}

std::optional<Failure> change_conditions(const Conditions& conditions, const Validators& current) {
  auto refusal = refuse_write(conditions, current);
  if (refusal && refusal->reason == Reason::blob_exists) {
    return Failure{Reason::condition_failed,
                   "The condition specified using HTTP conditional header(s) is not met."};
  }
  return refusal;
}

}  // namespace

std::string make_etag(const std::string& before, const std::string& what) {
  std::string digits = base::sha256_hex(before + '\n' + what).substr(0, 13);
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return "\"0x8D" + digits + "\"";
}

void stamp(BlobRecord& record, const std::string& etag_before, base::WallTime now) {
  const ContentProperties& properties = record.properties;
  std::string what = time_text(now) + '\n' + properties.type + '\n' + properties.encoding + '\n' +
                     properties.language + '\n' + properties.disposition + '\n' + properties.cache_control +
                     '\n' + properties.md5 + '\n' + text_of(record.metadata);
  for (const Piece& piece : record.pieces) what += piece.hash + '\n';
  if (record.type == BlobType::page) what += std::to_string(record.size_bytes);
  record.etag = make_etag(etag_before, what);
  record.last_modified = now;
}

void stamp(ContainerRecord& record, base::WallTime now) {
  record.etag = make_etag(record.etag, time_text(now) + '\n' + record.name + '\n' + text_of(record.metadata));
  record.last_modified = now;
}

std::optional<Failure> refuse_conditions(const Conditions& conditions, const BlobRecord& current) {
  if (auto refusal = refuse_tags(conditions, current.tags)) return refusal;
  return change_conditions(conditions, validators_of(current));
}

std::optional<Failure> refuse_conditions(const Conditions& conditions, const ContainerRecord& current) {
  return change_conditions(conditions, validators_of(current));
}

std::optional<Failure> refuse_put(const Conditions& conditions, const std::optional<BlobRecord>& current,
                                  base::WallTime now) {
  const auto validators = current ? std::optional(validators_of(*current)) : std::nullopt;
  if (auto refusal = refuse_write(conditions, validators)) return refusal;
  if (auto refusal = refuse_tags(conditions, current ? current->tags : Tags())) return refusal;
  return refuse_unleased_write(current ? current->lease : Lease(), conditions.lease_id, LeasedThing::blob,
                               now);
}

std::optional<Failure> refuse_change(const Conditions& conditions, const BlobRecord& current,
                                     base::WallTime now) {
  if (auto refusal = refuse_conditions(conditions, current)) return refusal;
  return refuse_unleased_write(current.lease, conditions.lease_id, LeasedThing::blob, now);
}

std::optional<Failure> refuse_beside(const Conditions& conditions, const BlobRecord& current,
                                     base::WallTime now) {
  if (auto refusal = refuse_conditions(conditions, current)) return refusal;
  return refuse_wrong_lease(current.lease, conditions.lease_id, LeasedThing::blob, now);
}

std::optional<Failure> refuse_blob_read(const Conditions& conditions, const BlobRecord& current,
                                        base::WallTime now) {
  if (auto refusal = refuse_tags(conditions, current.tags)) return refusal;
  if (auto refusal = refuse_read(conditions, validators_of(current))) return refusal;
  return refuse_wrong_lease(current.lease, conditions.lease_id, LeasedThing::blob, now);
}

std::optional<Failure> refuse_container_change(const Conditions& conditions, const ContainerRecord& current,
                                               base::WallTime now) {
  if (auto refusal = refuse_conditions(conditions, current)) return refusal;
  return refuse_wrong_lease(current.lease, conditions.lease_id, LeasedThing::container, now);
}

std::optional<Failure> refuse_container_deletion(const Conditions& conditions, const ContainerRecord& current,
                                                 base::WallTime now) {
  if (auto refusal = refuse_conditions(conditions, current)) return refusal;
  return refuse_unleased_write(current.lease, conditions.lease_id, LeasedThing::container, now);
}

std::optional<Failure> refuse_other_type(const std::optional<BlobRecord>& current, BlobType type) {
  if (current && current->type != type) return wrong_blob_type();
  return std::nullopt;
}

BlobEdit replace(const BlobState& state, const PutOptions& options, std::vector<Piece> pieces,
                 base::WallTime now, const std::optional<NewBlob>& other_type) {
  BlobRecord record;
  record.properties = options.properties;
  if (record.properties.type.empty()) record.properties.type = kDefaultContentType;
  record.metadata = options.metadata;
  record.pieces = std::move(pieces);
  for (const Piece& piece : record.pieces) record.size_bytes += piece.size_bytes;
  if (other_type) {
    record.type = other_type->type;
    record.size_bytes = other_type->size_bytes;
    record.sequence_number = other_type->sequence_number;
  }
  record.created = state.blob ? state.blob->created : now;
  record.tags = options.tags;
  record.tier = options.tier;
  if (state.blob) record.lease = after_write(state.blob->lease, now);
  stamp(record, state.blob ? state.blob->etag : "", now);
  return {std::move(record), true, std::nullopt, deleted_after_overwrite(state, now)};
}

Outcome<BlobRecord> change_blob(BlobStore& store, const BlobId& id, const Conditions& conditions,
                                base::WallTime now, const BlobChange& change) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (!state.blob) return blob_not_found();
        if (auto refusal = refuse_change(conditions, *state.blob, now)) return *refusal;
        BlobEdit edit{state.blob, false};
        change(*edit.blob);
        edit.blob->lease = after_write(edit.blob->lease, now);
        stamp(*edit.blob, state.blob->etag, now);
        return edit;
      },
      base::Durability::power);
}

Outcome<ContainerRecord> change_container(BlobStore& store, const ContainerId& id,
                                          const Conditions& conditions, base::WallTime now,
                                          const ContainerChange& change) {
  return store.update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        if (!before) return container_not_found();
        if (auto refusal = refuse_container_change(conditions, *before, now)) return *refusal;
        ContainerRecord record = *before;
        change(record);
        stamp(record, now);
        return std::optional(std::move(record));
      });
}

}  // namespace exthost::storage
