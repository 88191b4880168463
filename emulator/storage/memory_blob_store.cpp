#include "emulator/storage/memory_blob_store.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include "emulator/storage/blob_family.h"
#include "emulator/storage/content_range.h"
#include "emulator/storage/digest.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/listeners.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {
namespace {

using Bytes = std::shared_ptr<const std::string>;

// A record and the bytes it keeps alive, piece by piece.
struct StoredBlob {
  BlobRecord record;
  std::vector<Bytes> bytes;
};
struct StagedBlock {
  Piece piece;
  Bytes bytes;
};
using Place = std::pair<std::string, std::string>;  // name and position, so the order is that of BlobScan

struct StoredContainer {
  ContainerRecord record;
  std::map<Place, StoredBlob> blobs;                                 // live and soft-deleted, and snapshots
  std::map<std::string, std::map<std::string, StagedBlock>> staged;  // by blob name, then by block id
};

std::vector<Piece> pieces_of(const std::map<std::string, StagedBlock>& blocks) {
  std::vector<Piece> pieces;
  for (const auto& [id, block] : blocks) pieces.push_back(block.piece);
  return pieces;
}

class MemoryBlobStore final : public BlobStore {
 public:
  Outcome<ContainerRecord> find_container(const ContainerId& id) const override {
    std::lock_guard lock(mutex_);
    const StoredContainer* container = container_of(id);
    if (container == nullptr) return container_not_found();
    return container->record;
  }

  Outcome<ContainerRecord> update_container(const ContainerId& id, const ContainerEditor& editor) override {
    ContainerRecord now;
    {
      std::lock_guard lock(mutex_);
      std::optional<ContainerRecord> before;
      if (const StoredContainer* container = container_of(id)) before = container->record;
      auto after = editor(before);
      if (!after) return after.failure();
      if (after->has_value()) {
        now = **after;
        now.name = id.container;
        containers_[id].record = now;
      } else {
        containers_.erase(id);
      }
    }
    listeners_.tell({{id.account, id.container, ""}});
    return now;
  }

  Outcome<std::vector<ContainerRecord>> list_containers(const std::string& account,
                                                        const BlobScan& scan) const override {
    std::lock_guard lock(mutex_);
    std::vector<ContainerRecord> found;
    const ContainerId from{account, std::max(scan.from, scan.prefix)};
    for (auto at = containers_.lower_bound(from); at != containers_.end(); ++at) {
      if (at->first.account != account || !at->first.container.starts_with(scan.prefix)) break;
      if (found.size() == scan.limit) break;
      found.push_back(at->second.record);
    }
    return found;
  }

  Outcome<BlobRecord> find(const BlobId& id) const override {
    std::lock_guard lock(mutex_);
    const StoredContainer* container = container_of(id.in());
    if (container == nullptr) return container_not_found();
    const StoredBlob* blob = stored(*container, id);
    if (blob == nullptr) return blob_not_found();
    return blob->record;
  }

  Outcome<BlobRecord> update(const BlobId& id, const BlobEditor& editor, base::Durability) override {
    BlobRecord now;
    {
      std::lock_guard lock(mutex_);
      StoredContainer* container = container_of(id.in());
      if (container == nullptr) return container_not_found();
      BlobState state;
      state.container = container->record;
      if (auto staged = container->staged.find(id.name); staged != container->staged.end()) {
        state.staged = pieces_of(staged->second);
      }
      if (auto set = settings_.find(id.account); set != settings_.end()) state.settings = set->second;
      show_family(family_of(*container, id.name), state);
      auto edit = editor(state);
      if (!edit) return edit.failure();
      replace_family(*container, id.name, family_after(state, *edit, id.name));
      if (edit->blob) {
        now = std::move(*edit->blob);
        now.name = id.name;
      }
      if (edit->drop_staged) container->staged.erase(id.name);
    }
    listeners_.tell({id});
    return now;
  }

  Outcome<std::vector<BlobRecord>> list(const ContainerId& id, const BlobScan& scan) const override {
    std::lock_guard lock(mutex_);
    const StoredContainer* container = container_of(id);
    if (container == nullptr) return container_not_found();
    std::vector<BlobRecord> found;
    for (const BlobRecord& record : records_for(*container, scan)) {
      if (found.size() == scan.limit) break;
      if (record.name < scan.from || !record.name.starts_with(scan.prefix)) continue;
      if (record.name == scan.from && position_of(record) < scan.position) continue;
      found.push_back(record);
      found.back().pieces.clear();
    }
    return found;
  }

  Outcome<Content> receive(http::BodyReader& body, const ReceiveOptions& options) override {
    std::string bytes;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
      auto count = body.read(buffer);
      if (!count) return to_failure(count.error());
      if (*count == 0) break;
      bytes.append(buffer.data(), *count);
      if (options.limit_bytes != 0 && bytes.size() > options.limit_bytes)
        return too_long(options.limit_bytes);
    }
    return keep(std::move(bytes), options);
  }

  Outcome<Content> receive(std::string_view bytes, const ReceiveOptions& options) override {
    if (options.limit_bytes != 0 && bytes.size() > options.limit_bytes) return too_long(options.limit_bytes);
    return keep(std::string(bytes), options);
  }

  Outcome<std::vector<http::Slice>> read(const BlobRecord& record, http::ByteRange range) const override {
    std::lock_guard lock(mutex_);
    std::vector<http::Slice> slices;
    auto walked = for_each_part(
        record, range, [&](const Piece& piece, std::uint64_t first, std::uint64_t length) -> Outcome<Done> {
          const auto at = contents_.find(piece.hash);
          const Bytes bytes = at == contents_.end() ? nullptr : at->second.lock();
          if (!bytes) return content_replaced(record);
          slices.push_back({bytes, std::string_view(*bytes).substr(first, length)});
          return Done{};
        });
    if (!walked) return walked.failure();
    return slices;
  }

  Outcome<std::shared_ptr<const void>> hold(const BlobRecord& record, base::Durability) override {
    std::lock_guard lock(mutex_);
    auto held = std::make_shared<std::vector<Bytes>>();
    for (const Piece& piece : record.pieces) {
      const auto at = contents_.find(piece.hash);
      Bytes bytes = at == contents_.end() ? nullptr : at->second.lock();
      if (!bytes) return content_replaced(record);
      held->push_back(std::move(bytes));
    }
    return std::shared_ptr<const void>(std::move(held));
  }

  Outcome<Done> stage_block(const BlobId& id, const std::string& block_id, const Content& content,
                            base::Durability) override {
    std::lock_guard lock(mutex_);
    StoredContainer* container = container_of(id.in());
    if (container == nullptr) return container_not_found();
    auto& blocks = container->staged[id.name];
    if (!blocks.empty() && blocks.begin()->first.size() != block_id.size()) return block_id_length();
    if (blocks.size() >= limits::kUncommittedBlocks && blocks.count(block_id) == 0) return too_many_blocks();
    blocks[block_id] = {{block_id, content.hash, content.size_bytes}, bytes_of(content.hash)};
    return Done{};
  }

  Outcome<std::vector<Piece>> staged_blocks(const BlobId& id) const override {
    std::lock_guard lock(mutex_);
    const StoredContainer* container = container_of(id.in());
    if (container == nullptr) return container_not_found();
    const auto staged = container->staged.find(id.name);
    return staged == container->staged.end() ? std::vector<Piece>() : pieces_of(staged->second);
  }

  Outcome<Done> forget_expired(base::WallTime now) override {
    std::lock_guard lock(mutex_);
    for (auto& [id, container] : containers_) {
      for (auto at = container.blobs.begin(); at != container.blobs.end();) {
        const auto& deletion = at->second.record.deletion;
        at = deletion && deletion->until <= now ? container.blobs.erase(at) : std::next(at);
      }
    }
    return Done{};
  }

  Outcome<std::string> account_settings(const std::string& account) const override {
    std::lock_guard lock(mutex_);
    const auto at = settings_.find(account);
    return at == settings_.end() ? std::string() : at->second;
  }

  Outcome<Done> update_account_settings(const std::string& account, const SettingsEditor& editor) override {
    std::lock_guard lock(mutex_);
    auto edited = editor(settings_[account]);
    if (!edited) return edited.failure();
    settings_[account] = std::move(*edited);
    return Done{};
  }

  std::shared_ptr<void> on_change(Listener listener) override { return listeners_.add(std::move(listener)); }

 private:
  const StoredContainer* container_of(const ContainerId& id) const {
    const auto at = containers_.find(id);
    return at == containers_.end() ? nullptr : &at->second;
  }
  StoredContainer* container_of(const ContainerId& id) {
    const auto at = containers_.find(id);
    return at == containers_.end() ? nullptr : &at->second;
  }

  static const StoredBlob* stored(const StoredContainer& container, const BlobId& id) {
    const auto at = container.blobs.find({id.name, id.snapshot.empty() ? "~" : id.snapshot});
    return at == container.blobs.end() || at->second.record.deletion ? nullptr : &at->second;
  }

  static std::vector<BlobRecord> family_of(const StoredContainer& container, const std::string& name) {
    std::vector<BlobRecord> family;
    for (auto at = container.blobs.lower_bound({name, ""}); at != container.blobs.end(); ++at) {
      if (at->first.first != name) break;
      family.push_back(at->second.record);
    }
    return family;
  }

  // All of the kinds that the scan asks for, in its order.
  static std::vector<BlobRecord> records_for(const StoredContainer& container, const BlobScan& scan) {
    std::vector<BlobRecord> records;
    for (const auto& [place, blob] : container.blobs) {
      const auto& deletion = blob.record.deletion;
      if (!blob.record.snapshot.empty() && !scan.snapshots) continue;
      if (deletion && (!scan.deleted_at || deletion->until <= *scan.deleted_at)) continue;
      records.push_back(blob.record);
    }
    if (!scan.uncommitted) return records;
    for (const auto& [name, blocks] : container.staged) {
      if (stored(container, {"", "", name}) == nullptr) records.emplace_back().name = name;
    }
    std::sort(records.begin(), records.end(), [](const BlobRecord& left, const BlobRecord& right) {
      return left.name != right.name ? left.name < right.name : position_of(left) < position_of(right);
    });
    return records;
  }

  StoredBlob store_of(const BlobRecord& record) const {
    StoredBlob stored{record, {}};
    if (!record.file.empty()) return stored;  // its content is not here
    for (const Piece& piece : record.pieces) stored.bytes.push_back(bytes_of(piece.hash));
    return stored;
  }

  void replace_family(StoredContainer& container, const std::string& name,
                      const std::vector<BlobRecord>& family) const {
    // Made before the old ones go: they may be the last that hold some of the content.
    std::map<Place, StoredBlob> after;
    for (const BlobRecord& record : family) after[{name, position_of(record)}] = store_of(record);
    const auto begin = container.blobs.lower_bound({name, ""});
    auto end = begin;
    while (end != container.blobs.end() && end->first.first == name) ++end;
    container.blobs.erase(begin, end);
    container.blobs.merge(after);
  }

  // An editor only names content that is held or that the blob has already.
  Bytes bytes_of(const std::string& hash) const {
    const auto at = contents_.find(hash);
    EXTHOST_CHECK(at != contents_.end());
    Bytes bytes = at->second.lock();
    EXTHOST_CHECK(bytes != nullptr);
    return bytes;
  }

  Outcome<Content> keep(std::string bytes, const ReceiveOptions& options) {
    ContentDigest digest(options);
    digest.update(bytes);
    Content content = digest.finish();
    std::lock_guard lock(mutex_);
    std::weak_ptr<const std::string>& entry = contents_[content.hash];
    Bytes kept = entry.lock();
    if (!kept) {
      kept = std::make_shared<const std::string>(std::move(bytes));
      entry = kept;
    }
    content.hold = kept;
    return content;
  }

  mutable std::mutex mutex_;  // guards all below but the listeners
  std::map<ContainerId, StoredContainer> containers_;
  std::map<std::string, std::weak_ptr<const std::string>>
      contents_;  // by hash; owned by records, blocks and holds
  std::map<std::string, std::string> settings_;
  Listeners listeners_;
};

}  // namespace

std::unique_ptr<BlobStore> make_memory_blob_store() {
  return std::make_unique<MemoryBlobStore>();
}

}  // namespace exthost::storage
