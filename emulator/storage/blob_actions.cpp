#include "emulator/storage/blob_actions.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kDefaultType = "application/octet-stream";
constexpr int kOpenAttempts = 16;  // a reader loses only if writers replace the blob that often meanwhile

std::string time_text(base::WallTime time) {
  return std::to_string(time.time_since_epoch().count());
}

// Azure's form. It follows from the etag before and from all that a reader can tell: so it changes with every
// write, also of equal content, and a later run never gives an old etag to other content.
std::string make_etag(const std::string& before, const std::string& what) {
  std::string digits = base::sha256_hex(before + '\n' + what).substr(0, 13);
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return "\"0x8D" + digits + "\"";
}

std::string text_of(const Metadata& metadata) {
  std::string text;
  for (const MetadataItem& item : metadata) text += item.name + '\n' + item.value + '\n';
  return text;
}

void stamp(BlobRecord& record, const std::string& etag_before, base::WallTime now) {
  const ContentProperties& properties = record.properties;
  std::string what = time_text(now) + '\n' + properties.type + '\n' + properties.encoding + '\n' +
                     properties.language + '\n' + properties.disposition + '\n' + properties.cache_control +
                     '\n' + properties.md5 + '\n' + text_of(record.metadata);
  for (const Piece& piece : record.pieces) what += piece.hash + '\n';
  record.etag = make_etag(etag_before, what);
  record.last_modified = now;
}

void stamp(ContainerRecord& record, base::WallTime now) {
  record.etag = make_etag(record.etag, time_text(now) + '\n' + record.name + '\n' + text_of(record.metadata));
  record.last_modified = now;
}

std::optional<Validators> validators(const std::optional<BlobRecord>& blob) {
  if (!blob) return std::nullopt;
  return Validators{blob->etag, blob->last_modified};
}

// For actions on something that must exist, where `If-None-Match: *` is a condition like any other.
std::optional<Failure> refuse_change(const Conditions& conditions, const Validators& current) {
  auto refusal = refuse_write(conditions, current);
  if (refusal && refusal->reason == Reason::blob_exists) {
    refusal = Failure{Reason::condition_failed,
                      "The condition specified using HTTP conditional header(s) is not met."};
  }
  return refusal;
}

// The blob that a put or a commit makes out of what was there.
BlobEdit replace(const BlobState& state, const PutOptions& options, std::vector<Piece> pieces,
                 base::WallTime now) {
  BlobRecord record;
  record.properties = options.properties;
  if (record.properties.type.empty()) record.properties.type = kDefaultType;
  record.metadata = options.metadata;
  record.pieces = std::move(pieces);
  for (const Piece& piece : record.pieces) record.size_bytes += piece.size_bytes;
  record.created = state.blob ? state.blob->created : now;
  stamp(record, state.blob ? state.blob->etag : "", now);
  return {std::move(record), true};
}

using BlobChange = std::function<void(BlobRecord&)>;
Outcome<BlobRecord> change_blob(BlobStore& store, const BlobId& id, const Conditions& conditions,
                                base::WallTime now, const BlobChange& change) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (!state.blob) return blob_not_found();
        if (auto refusal = refuse_change(conditions, *validators(state.blob))) return *refusal;
        BlobEdit edit{state.blob, false};
        change(*edit.blob);
        stamp(*edit.blob, state.blob->etag, now);
        return edit;
      },
      base::Durability::power);
}

using ContainerChange = std::function<void(ContainerRecord&)>;
Outcome<ContainerRecord> change_container(BlobStore& store, const ContainerId& id,
                                          const Conditions& conditions, base::WallTime now,
                                          const ContainerChange& change) {
  return store.update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        if (!before) return container_not_found();
        if (auto refusal = refuse_change(conditions, {before->etag, before->last_modified})) return *refusal;
        ContainerRecord record = *before;
        change(record);
        stamp(record, now);
        return std::optional(std::move(record));
      });
}

// The pieces that a block list names, or invalid_block_list.
Outcome<std::vector<Piece>> choose_blocks(const BlobState& state, const std::vector<BlockReference>& wanted) {
  std::map<std::string_view, const Piece*> committed;
  std::map<std::string_view, const Piece*> uncommitted;
  if (state.blob) {
    for (const Piece& piece : state.blob->pieces) {
      if (!piece.block_id.empty()) committed[piece.block_id] = &piece;
    }
  }
  for (const Piece& piece : state.staged) uncommitted[piece.block_id] = &piece;
  const auto look_up = [](const auto& blocks, const std::string& id) {
    const auto at = blocks.find(id);
    return at == blocks.end() ? nullptr : at->second;
  };
  std::vector<Piece> pieces;
  for (const BlockReference& reference : wanted) {
    const Piece* piece = nullptr;
    if (reference.source != BlockSource::committed) piece = look_up(uncommitted, reference.id);
    if (piece == nullptr && reference.source != BlockSource::uncommitted)
      piece = look_up(committed, reference.id);
    if (piece == nullptr) {
      return Failure{Reason::invalid_block_list,
                     "The specified block list is invalid: there is no block '" + reference.id + "'."};
    }
    pieces.push_back(*piece);
  }
  return pieces;
}

http::Slice join(const std::vector<http::Slice>& slices, std::uint64_t size_bytes) {
  if (slices.size() == 1) return slices.front();
  auto joined = std::make_shared<std::string>();
  joined->reserve(size_bytes);
  for (const http::Slice& slice : slices) joined->append(slice.bytes);
  return {joined, *joined};
}

}  // namespace

Outcome<ContainerRecord> ensure_container(BlobStore& store, const ContainerId& id, AccessLevel access,
                                          base::WallTime now) {
  auto found = store.find_container(id);
  if (found && found->access == access) return found;
  return store.update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        ContainerRecord record = before.value_or(ContainerRecord());
        record.name = id.container;
        record.access = access;
        stamp(record, now);
        return std::optional(std::move(record));
      });
}

Outcome<ContainerRecord> create_container(BlobStore& store, const ContainerId& id, const NewContainer& wanted,
                                          base::WallTime now) {
  return store.update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        if (before) return Failure{Reason::container_exists, "The specified container already exists."};
        ContainerRecord record;
        record.name = id.container;
        record.access = wanted.access;
        record.metadata = wanted.metadata;
        stamp(record, now);
        return std::optional(std::move(record));
      });
}

Outcome<Done> delete_container(BlobStore& store, const ContainerId& id, const Conditions& conditions) {
  auto deleted = store.update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        if (!before) return container_not_found();
        if (auto refusal = refuse_change(conditions, {before->etag, before->last_modified})) return *refusal;
        return std::optional<ContainerRecord>();
      });
  if (!deleted) return deleted.failure();
  return Done{};
}

Outcome<ContainerRecord> set_container_metadata(BlobStore& store, const ContainerId& id,
                                                const Metadata& metadata, const Conditions& conditions,
                                                base::WallTime now) {
  return change_container(store, id, conditions, now,
                          [&](ContainerRecord& record) { record.metadata = metadata; });
}

Outcome<ContainerRecord> set_container_access(BlobStore& store, const ContainerId& id, AccessLevel access,
                                              const std::vector<StoredPolicy>& policies,
                                              const Conditions& conditions, base::WallTime now) {
  return change_container(store, id, conditions, now, [&](ContainerRecord& record) {
    record.access = access;
    record.policies = policies;
  });
}

Outcome<BlobRecord> put_blob(BlobStore& store, const BlobId& id, std::string_view bytes,
                             const PutOptions& options, base::WallTime now) {
  auto content = store.receive(bytes, {options.durability});
  if (!content) return content.failure();
  return put_blob(store, id, *content, options, now);
}

Outcome<BlobRecord> put_blob(BlobStore& store, const BlobId& id, const Content& content,
                             const PutOptions& options, base::WallTime now) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (auto refusal = refuse_write(options.conditions, validators(state.blob))) return *refusal;
        return replace(state, options, {Piece{"", content.hash, content.size_bytes}}, now);
      },
      options.durability);
}

Outcome<BlobRecord> commit_blocks(BlobStore& store, const BlobId& id,
                                  const std::vector<BlockReference>& blocks, const PutOptions& options,
                                  base::WallTime now) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (auto refusal = refuse_write(options.conditions, validators(state.blob))) return *refusal;
        auto pieces = choose_blocks(state, blocks);
        if (!pieces) return pieces.failure();
        return replace(state, options, std::move(*pieces), now);
      },
      options.durability);
}

Outcome<BlobRecord> set_blob_properties(BlobStore& store, const BlobId& id,
                                        const ContentProperties& properties, const Conditions& conditions,
                                        base::WallTime now) {
  return change_blob(store, id, conditions, now, [&](BlobRecord& record) {
    record.properties = properties;
    if (record.properties.type.empty()) record.properties.type = kDefaultType;
  });
}

Outcome<BlobRecord> set_blob_metadata(BlobStore& store, const BlobId& id, const Metadata& metadata,
                                      const Conditions& conditions, base::WallTime now) {
  return change_blob(store, id, conditions, now, [&](BlobRecord& record) { record.metadata = metadata; });
}

Outcome<Done> delete_blob(BlobStore& store, const BlobId& id, const Conditions& conditions) {
  auto deleted = store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (!state.blob) return blob_not_found();
        if (auto refusal = refuse_change(conditions, *validators(state.blob))) return *refusal;
        return BlobEdit{std::nullopt, true};
      },
      base::Durability::power);
  if (!deleted) return deleted.failure();
  return Done{};
}

Outcome<BlobReading> read_blob(const BlobStore& store, const BlobId& id, const RangeChooser& choose) {
  for (int attempt = 1;; ++attempt) {
    auto record = store.find(id);
    if (!record) return record.failure();
    auto range = choose(*record);
    if (!range) return range.failure();
    auto content = store.read(*record, *range);
    if (content) return BlobReading{std::move(*record), *range, std::move(*content)};
    if (content.reason() != Reason::content_replaced) return content.failure();
    if (attempt == kOpenAttempts) return Failure{Reason::unavailable, content.failure().message};
  }
}

Outcome<OpenBlob> open_blob(const BlobStore& store, const BlobId& id, const std::string& if_none_match,
                            std::uint64_t limit_bytes) {
  auto reading = read_blob(store, id, [&](const BlobRecord& record) -> Outcome<http::ByteRange> {
    const auto conditions = Conditions::if_none_match_etag(if_none_match);
    if (auto refusal = refuse_read(conditions, {record.etag, record.last_modified})) return *refusal;
    if (record.size_bytes > limit_bytes) return too_long(limit_bytes);
    return http::ByteRange{0, record.size_bytes};
  });
  if (!reading) return reading.failure();
  return OpenBlob{std::move(reading->record), join(reading->content, reading->range.length)};
}

}  // namespace exthost::storage
