#include "emulator/storage/mounted_blob_store.h"

#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <utility>

#include "emulator/package/source_file.h"
#include "emulator/storage/content_range.h"
#include "emulator/storage/mounted_container.h"
#include "emulator/storage/mounted_folder.h"
#include "emulator/storage/mounted_records.h"
#include "emulator/storage/mounted_update.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {

namespace {

constexpr std::size_t kMostFiles = 200'000;  // that a look remembers
constexpr std::string_view kFolderKey = "folder";

Failure read_only_mount() {
  return {Reason::refused, "The container is a mounted folder that the settings make read-only.",
          "InsufficientAccountPermissions"};
}

/// Empties the kept container if it was kept for another folder, and makes it if it is not there.
Outcome<Done> prepare_kept(BlobStore& below, const Mount& mount) {
  const ContainerId id = kept_container(mount.container);
  const Metadata folder{{std::string(kFolderKey), mount.folder.string()}};
  auto found = below.find_container(id);
  if (found && found->metadata == folder) return Done{};
  if (!found && found.reason() != Reason::container_not_found) return found.failure();
  for (const bool remove : {true, false}) {
    auto updated = below.update_container(
        id, [&](const std::optional<ContainerRecord>&) -> Outcome<std::optional<ContainerRecord>> {
          if (remove) return std::optional<ContainerRecord>();
          ContainerRecord record;
          record.metadata = folder;
          return std::optional(std::move(record));
        });
    if (!updated) return updated.failure();
  }
  return Done{};
}

}  // namespace

// One mount, and what the last look at it saw.
class MountedBlobStore::Mounted {
 public:
  explicit Mounted(const Mount& mount)
      : read_only(mount.read_only), part(mount.container, MountedFolder(mount.folder)) {}

  /// What differs from the look before; absent at the first look. Too many files: the container itself.
  std::vector<std::string> changed_names();
  /// A change of our own, which need not be told again.
  void saw(const std::string& name, const std::optional<std::string>& token);

  const bool read_only;
  MountedContainer part;

 private:
  std::mutex mutex_;
  bool looked_ = false;
  std::map<std::string, std::string> seen_;  // name to token
  std::set<std::string> uncertain_;          // names that may change again without showing it
};

std::vector<std::string> MountedBlobStore::Mounted::changed_names() {
  const std::int64_t now_ns = package::wall_ns();
  auto files = part.folder.list("", "", kMostFiles + 1);
  if (!files || files->size() > kMostFiles) return {""};
  std::map<std::string, std::string> seen;
  std::set<std::string> uncertain;
  for (const package::SourceFile& file : *files) {
    seen[file.path] = file_token(part.id, file);
    if (may_change_unseen(file, now_ns)) uncertain.insert(file.path);
  }
  std::lock_guard lock(mutex_);
  std::vector<std::string> changed;
  if (std::exchange(looked_, true)) {
    for (const auto& [name, token] : seen) {
      const auto before = seen_.find(name);
      if (before == seen_.end() || before->second != token || uncertain_.count(name) != 0)
        changed.push_back(name);
    }
    for (const auto& [name, token] : seen_) {
      if (seen.count(name) == 0) changed.push_back(name);
    }
  }
  seen_ = std::move(seen);
  uncertain_ = std::move(uncertain);
  return changed;
}

void MountedBlobStore::Mounted::saw(const std::string& name, const std::optional<std::string>& token) {
  std::lock_guard lock(mutex_);
  uncertain_.erase(name);
  if (token) {
    seen_[name] = *token;
  } else {
    seen_.erase(name);
  }
}

MountedBlobStore::MountedBlobStore(std::unique_ptr<BlobStore> below) : below_(std::move(below)) {
  changes_below_ = below_->on_change([this](const Change& change) {
    if (!is_kept_container(change.blob.in())) listeners_.tell(change);
  });
}

MountedBlobStore::~MountedBlobStore() = default;

base::Result<std::unique_ptr<MountedBlobStore>> MountedBlobStore::open(std::unique_ptr<BlobStore> below,
                                                                       const std::vector<Mount>& mounts) {
  std::unique_ptr<MountedBlobStore> store(new MountedBlobStore(std::move(below)));
  for (const Mount& mount : mounts) {
    if (auto prepared = prepare_kept(*store->below_, mount); !prepared) return to_error(prepared.failure());
    auto mounted = std::make_unique<Mounted>(mount);
    if (!mount.read_only) mounted->part.folder.sweep();
    store->mounts_[mount.container] = std::move(mounted);
  }
  return store;
}

bool MountedBlobStore::is_near(const ContainerId& id) const {
  return mounted(id) == nullptr && below_->is_near(id);
}

MountedBlobStore::Mounted* MountedBlobStore::mounted(const ContainerId& id) const {
  const auto at = mounts_.find(id);
  return at == mounts_.end() ? nullptr : at->second.get();
}

void MountedBlobStore::look(const ContainerId& container) {
  Mounted* mount = mounted(container);
  if (mount == nullptr) return;
  for (const std::string& name : mount->changed_names()) {
    listeners_.tell({{container.account, container.container, name}});
  }
}

Outcome<ContainerRecord> MountedBlobStore::find_container(const ContainerId& id) const {
  return below_->find_container(id);
}

Outcome<ContainerRecord> MountedBlobStore::update_container(const ContainerId& id,
                                                            const ContainerEditor& editor) {
  if (mounted(id) == nullptr) return below_->update_container(id, editor);
  return below_->update_container(
      id, [&](const std::optional<ContainerRecord>& before) -> Outcome<std::optional<ContainerRecord>> {
        auto after = editor(before);
        if (!after || *after) return after;
        return Failure{Reason::refused,
                       "The container is a mounted folder: it goes with its entry in the settings.",
                       "InsufficientAccountPermissions"};
      });
}

Outcome<std::vector<ContainerRecord>> MountedBlobStore::list_containers(const std::string& account,
                                                                        const BlobScan& scan) const {
  return below_->list_containers(account, scan);
}

Outcome<BlobRecord> MountedBlobStore::find(const BlobId& id) const {
  const Mounted* mount = mounted(id.in());
  if (mount == nullptr) return below_->find(id);
  if (auto container = below_->find_container(id.in()); !container) return container.failure();
  return mount->part.find(*below_, id);
}

Outcome<BlobRecord> MountedBlobStore::update(const BlobId& id, const BlobEditor& editor,
                                             base::Durability durability) {
  const BlobEditor resolved = [&](const BlobState& state) {
    auto edit = editor(state);
    if (edit && edit->blob && edit->blob->file.empty()) held_.resolve(edit->blob->pieces);
    return edit;
  };
  Mounted* mount = mounted(id.in());
  if (mount == nullptr) return below_->update(id, resolved, durability);
  auto container = below_->find_container(id.in());
  if (!container) return container.failure();
  if (mount->read_only) return read_only_mount();
  MountedUpdate update(mount->part, *below_, *container, id);
  auto now = update.run(resolved, durability);
  if (!now) return now;
  if (update.touched_file()) {
    mount->saw(id.name, now->file.empty() ? std::nullopt : std::optional(now->file));
  }
  listeners_.tell({id});
  return now;
}

Outcome<std::vector<BlobRecord>> MountedBlobStore::list(const ContainerId& id, const BlobScan& scan) const {
  const Mounted* mount = mounted(id);
  if (mount == nullptr) return below_->list(id, scan);
  if (auto container = below_->find_container(id); !container) return container.failure();
  return list_mounted(mount->part, *below_, scan);
}

Outcome<Content> MountedBlobStore::receive(http::BodyReader& body, const ReceiveOptions& options) {
  return below_->receive(body, options);
}
Outcome<Content> MountedBlobStore::receive(std::string_view bytes, const ReceiveOptions& options) {
  return below_->receive(bytes, options);
}

Outcome<std::shared_ptr<const MountedFile>> MountedBlobStore::open_file(const BlobRecord& record) const {
  const auto container = container_of_token(record.file);
  const Mounted* mount = container ? mounted(*container) : nullptr;
  if (mount == nullptr) return content_replaced(record);
  return mount->part.open(record);
}

Outcome<std::vector<http::Slice>> MountedBlobStore::read(const BlobRecord& record,
                                                         http::ByteRange range) const {
  if (record.file.empty()) return below_->read(record, range);
  if (const auto held = held_copy(record)) return below_->read(*held, range);
  auto file = open_file(record);
  if (!file) return file.failure();
  // A caller's slices outlive all changes, so they are of a copy: on the disk, not in memory.
  auto content = take_in(*below_, record, std::move(*file), range, base::Durability::process);
  if (!content) return content.failure();
  BlobRecord copy;
  copy.name = record.name;
  copy.size_bytes = content->size_bytes;
  copy.pieces.push_back({"", content->hash, content->size_bytes});
  return below_->read(copy, {0, copy.size_bytes});
}

Outcome<http::Body> MountedBlobStore::stream(const BlobRecord& record, http::ByteRange range) const {
  if (record.file.empty()) return below_->stream(record, range);
  auto file = open_file(record);
  if (!file) return file.failure();
  return http::Body(std::make_shared<MountedFileReader>(std::move(*file), range));
}

// The record with its content in the store below, if somebody holds that.
std::optional<BlobRecord> MountedBlobStore::held_copy(const BlobRecord& record) const {
  BlobRecord copy = record;
  if (!held_.resolve(copy.pieces)) return std::nullopt;
  copy.file.clear();
  return copy;
}

Outcome<std::shared_ptr<const void>> MountedBlobStore::hold(const BlobRecord& record,
                                                            base::Durability durability) {
  if (record.file.empty()) return below_->hold(record, durability);
  auto file = open_file(record);
  if (!file) return file.failure();
  auto held = std::make_shared<std::vector<HeldPieces::Held>>();
  std::uint64_t offset = 0;
  for (const Piece& piece : record.pieces) {
    auto content = take_in(*below_, record, *file, {offset, piece.size_bytes}, durability);
    if (!content) return content.failure();
    held->push_back(held_.add(piece.hash, std::make_shared<const Content>(std::move(*content))));
    offset += piece.size_bytes;
  }
  return std::shared_ptr<const void>(std::move(held));
}

Outcome<Done> MountedBlobStore::stage_block(const BlobId& id, const std::string& block_id,
                                            const Content& given, base::Durability durability) {
  Content content = given;
  if (const auto held = held_.find(given.hash)) content.hash = held->hash;
  const Mounted* mount = mounted(id.in());
  if (mount == nullptr) return below_->stage_block(id, block_id, content, durability);
  if (auto container = below_->find_container(id.in()); !container) return container.failure();
  if (mount->read_only) return read_only_mount();
  if (auto refusal = refuse_new_name(id.name)) return *refusal;
  return below_->stage_block(mount->part.kept(id), block_id, content, durability);
}

Outcome<std::vector<Piece>> MountedBlobStore::staged_blocks(const BlobId& id) const {
  const Mounted* mount = mounted(id.in());
  if (mount == nullptr) return below_->staged_blocks(id);
  if (auto container = below_->find_container(id.in()); !container) return container.failure();
  return below_->staged_blocks(mount->part.kept(id));
}

Outcome<Done> MountedBlobStore::forget_expired(base::WallTime now) {
  return below_->forget_expired(now);
}

Outcome<std::string> MountedBlobStore::account_settings(const std::string& account) const {
  return below_->account_settings(account);
}
Outcome<Done> MountedBlobStore::update_account_settings(const std::string& account,
                                                        const SettingsEditor& editor) {
  return below_->update_account_settings(account, editor);
}

std::shared_ptr<void> MountedBlobStore::on_change(Listener listener) {
  return listeners_.add(std::move(listener));
}

}  // namespace exthost::storage
