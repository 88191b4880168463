#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/storage/blob_store.h"
#include "emulator/storage/held_pieces.h"
#include "emulator/storage/listeners.h"
#include "emulator/storage/mounted_file.h"

namespace exthost::storage {

/// A folder of the user's that is a container.
struct Mount {
  ContainerId container;
  std::filesystem::path folder;
  bool read_only = false;
};

/// A store some of whose containers are folders (docs/decisions/0007): their blobs are the folders' files,
/// read anew with each call, and written as files. Everything else is in the store below, also what files
/// can't hold: properties, metadata, leases, tags, tiers, uncommitted blocks and snapshots. A mounted blob
/// whose content is held (`hold`) is taken in, so that any record of either kind may name its pieces.
///
/// Where the contract of BlobStore is not kept: a file that others write over in place breaks the reads that
/// are under way off; a write that others make in the moment in which one of ours is published may be lost;
/// and if the store below fails in that moment, the file is there without its properties. Reason::refused for
/// what a folder can't do.
class MountedBlobStore final : public BlobStore {
 public:
  /// Takes away what a killed process left in the folders. Fails if the store below does.
  static base::Result<std::unique_ptr<MountedBlobStore>> open(std::unique_ptr<BlobStore> below,
                                                              const std::vector<Mount>& mounts);
  ~MountedBlobStore() override;

  /// Looks at a mounted folder, and tells of each blob that somebody changed there since the look before; of
  /// the container itself if there are too many. The first look tells nothing. One thread at a time for each
  /// container.
  void look(const ContainerId& container);

  Outcome<ContainerRecord> find_container(const ContainerId& id) const override;
  Outcome<ContainerRecord> update_container(const ContainerId& id, const ContainerEditor& editor) override;
  Outcome<std::vector<ContainerRecord>> list_containers(const std::string& account,
                                                        const BlobScan& scan) const override;
  Outcome<BlobRecord> find(const BlobId& id) const override;
  Outcome<BlobRecord> update(const BlobId& id, const BlobEditor& editor,
                             base::Durability durability) override;
  Outcome<std::vector<BlobRecord>> list(const ContainerId& id, const BlobScan& scan) const override;
  Outcome<Content> receive(http::BodyReader& body, const ReceiveOptions& options) override;
  Outcome<Content> receive(std::string_view bytes, const ReceiveOptions& options) override;
  Outcome<std::vector<http::Slice>> read(const BlobRecord& record, http::ByteRange range) const override;
  Outcome<http::Body> stream(const BlobRecord& record, http::ByteRange range) const override;
  Outcome<std::shared_ptr<const void>> hold(const BlobRecord& record, base::Durability durability) override;
  bool is_near(const ContainerId& id) const override;
  Outcome<Done> stage_block(const BlobId& id, const std::string& block_id, const Content& content,
                            base::Durability durability) override;
  Outcome<std::vector<Piece>> staged_blocks(const BlobId& id) const override;
  Outcome<Done> forget_expired(base::WallTime now) override;
  Outcome<std::string> account_settings(const std::string& account) const override;
  Outcome<Done> update_account_settings(const std::string& account, const SettingsEditor& editor) override;
  [[nodiscard]] std::shared_ptr<void> on_change(Listener listener) override;

 private:
  class Mounted;
  explicit MountedBlobStore(std::unique_ptr<BlobStore> below);
  Mounted* mounted(const ContainerId& id) const;
  Outcome<std::shared_ptr<const MountedFile>> open_file(const BlobRecord& record) const;
  std::optional<BlobRecord> held_copy(const BlobRecord& record) const;

  const std::unique_ptr<BlobStore> below_;
  std::map<ContainerId, std::unique_ptr<Mounted>> mounts_;  // fixed once made
  HeldPieces held_;
  Listeners listeners_;
  std::shared_ptr<void> changes_below_;
};

}  // namespace exthost::storage
