#include "emulator/storage/blob_actions.h"

#include <map>
#include <utility>

#include "emulator/storage/blob_rules.h"
#include "emulator/storage/store_failures.h"
#include "emulator/storage/zeros.h"

namespace exthost::storage {
namespace {

constexpr int kOpenAttempts = 16;  // a reader loses only if writers replace the blob that often meanwhile

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

Failure archived(const BlobRecord& record) {
  return {Reason::blob_archived, "'" + record.name + "' is archived.", {}};
}

// Looks the blob up and takes its content with `take`, anew for as long as writers replace it in between.
template <class T, class Take>
Outcome<T> read_current(const BlobStore& store, const BlobId& id, Take take) {
  for (int attempt = 1;; ++attempt) {
    auto record = store.find(id);
    if (!record) return record.failure();
    Outcome<T> taken = take(std::move(*record));
    if (taken || taken.reason() != Reason::content_replaced) return taken;
    if (attempt == kOpenAttempts) return Failure{Reason::unavailable, taken.failure().message};
  }
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

Outcome<Done> delete_container(BlobStore& store, const ContainerId& id, const Conditions& conditions,
                               base::WallTime now) {
  auto deleted = store.update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        if (!before) return container_not_found();
        if (auto refusal = refuse_container_deletion(conditions, *before, now)) return *refusal;
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
  return put_shared_blob(store, id, {Piece{"", content.hash, content.size_bytes}}, options, now);
}

Outcome<BlobRecord> commit_blocks(BlobStore& store, const BlobId& id,
                                  const std::vector<BlockReference>& blocks, const PutOptions& options,
                                  base::WallTime now) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (auto refusal = refuse_put(options.conditions, state.blob, now)) return *refusal;
        if (auto refusal = refuse_other_type(state.blob, BlobType::block)) return *refusal;
        auto pieces = choose_blocks(state, blocks);
        if (!pieces) return pieces.failure();
        return replace(state, options, std::move(*pieces), now);
      },
      options.durability);
}

Outcome<BlobRecord> create_blob(BlobStore& store, const BlobId& id, const NewBlob& wanted,
                                const PutOptions& options, base::WallTime now) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (auto refusal = refuse_put(options.conditions, state.blob, now)) return *refusal;
        if (auto refusal = refuse_other_type(state.blob, wanted.type)) return *refusal;
        return replace(state, options, {}, now, wanted);
      },
      options.durability);
}

Outcome<BlobRecord> set_blob_properties(BlobStore& store, const BlobId& id,
                                        const ContentProperties& properties, const Conditions& conditions,
                                        base::WallTime now) {
  return change_blob(store, id, conditions, now, [&](BlobRecord& record) {
    record.properties = properties;
    if (record.properties.type.empty()) record.properties.type = kDefaultContentType;
    record.copy.reset();
  });
}

Outcome<BlobRecord> set_blob_metadata(BlobStore& store, const BlobId& id, const Metadata& metadata,
                                      const Conditions& conditions, base::WallTime now) {
  return change_blob(store, id, conditions, now, [&](BlobRecord& record) { record.metadata = metadata; });
}

Outcome<BlobRecord> lease_blob(BlobStore& store, const BlobId& id, const LeaseAction& action,
                               const Conditions& conditions, base::WallTime now) {
  return store.update(
      id,
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        if (!state.blob) return blob_not_found();
        if (auto refusal = refuse_conditions(conditions, *state.blob)) return *refusal;
        auto lease = apply_lease_action(state.blob->lease, action, now);
        if (!lease) return lease.failure();
        BlobEdit edit{state.blob, false};
        edit.blob->lease = std::move(*lease);
        return edit;
      },
      base::Durability::power);
}

Outcome<ContainerRecord> lease_container(BlobStore& store, const ContainerId& id, const LeaseAction& action,
                                         const Conditions& conditions, base::WallTime now) {
  return store.update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        if (!before) return container_not_found();
        if (auto refusal = refuse_conditions(conditions, *before)) return *refusal;
        auto lease = apply_lease_action(before->lease, action, now);
        if (!lease) return lease.failure();
        ContainerRecord record = *before;
        record.lease = std::move(*lease);
        return std::optional(std::move(record));
      });
}

Outcome<BlobReading> read_blob(const BlobStore& store, const BlobId& id, const RangeChooser& choose) {
  using Read = Outcome<BlobReading>;
  return read_current<BlobReading>(store, id, [&](BlobRecord&& record) -> Read {
    auto range = choose(record);
    if (!range) return range.failure();
    if (is_archived(record)) return archived(record);
    auto content = record.type == BlobType::page ? Outcome<http::Body>(zeros(range->length))
                                                 : store.stream(record, *range);
    if (!content) return content.failure();
    BlobReading reading;
    reading.record = std::move(record);
    reading.range = *range;
    reading.content = std::move(*content);
    return reading;
  });
}

Outcome<OpenBlob> open_blob(const BlobStore& store, const BlobId& id, const std::string& if_none_match,
                            std::uint64_t limit_bytes) {
  const auto conditions = Conditions::if_none_match_etag(if_none_match);
  return read_current<OpenBlob>(store, id, [&](BlobRecord&& record) -> Outcome<OpenBlob> {
    if (auto refusal = refuse_read(conditions, {record.etag, record.last_modified})) return *refusal;
    if (record.size_bytes > limit_bytes) return too_long(limit_bytes);
    if (is_archived(record)) return archived(record);
    const std::uint64_t size_bytes = record.size_bytes;
    auto content = record.type == BlobType::page ? Outcome<std::vector<http::Slice>>(zeros(size_bytes))
                                                 : store.read(record, {0, size_bytes});
    if (!content) return content.failure();
    return OpenBlob{std::move(record), join(*content, size_bytes)};
  });
}

}  // namespace exthost::storage
