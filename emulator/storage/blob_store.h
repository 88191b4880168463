#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/base/result.h"
#include "emulator/http/conditions.h"
#include "emulator/http/message.h"
#include "emulator/storage/outcome.h"
#include "emulator/storage/records.h"

namespace exthost::storage {

/// Content that has been taken in and that nothing refers to yet. It stays for as long as `hold` lives; a
/// record that names its hash keeps it from then on.
struct Content {
  std::string hash;
  std::uint64_t size_bytes = 0;
  std::string md5;    ///< Raw, or empty if it was not asked for.
  std::string crc64;  ///< The 8 bytes little-endian (storage-api.md 3.6), or empty if it was not asked for.
  std::shared_ptr<const void> hold;
};

struct ReceiveOptions {
  base::Durability durability = base::Durability::power;
  std::uint64_t limit_bytes = 0;  ///< 0: no limit but the disk's.
  bool md5 = false;               ///< Costs as much time as all the rest together.
  bool crc64 = false;
  /// Of the content, lower-case hexadecimal, if the caller has computed it: then it is not computed again,
  /// and what is there already is not written again. Only for content in memory.
  std::string sha256 = {};
};

/// A blob's surroundings, as an editor sees them.
struct BlobState {
  ContainerRecord container;
  std::optional<BlobRecord> blob;
  std::vector<Piece> staged;          ///< Uncommitted blocks, in the order of their ids.
  std::vector<BlobRecord> snapshots;  ///< The oldest first.
  /// What was soft-deleted (soft_delete.h), also what has expired meanwhile: the blob itself, which then is
  /// absent above, and snapshots.
  std::vector<BlobRecord> deleted = {};
  std::string settings = {};  ///< The account's service properties, as `account_settings` has them.
};

/// The blob as it shall be; absent: deleted.
struct BlobEdit {
  std::optional<BlobRecord> blob;
  bool drop_staged = false;
  /// The snapshots as they shall be, in any order; absent: as they are.
  std::optional<std::vector<BlobRecord>> snapshots = std::nullopt;
  /// The soft-deleted ones as they shall be; absent: as they are. A blob takes the place of a soft-deleted
  /// one that still is under its name.
  std::optional<std::vector<BlobRecord>> deleted = std::nullopt;
};

/// Decides from what is there what shall be there. Pure and quick: it runs while the store admits no other
/// writer.
using BlobEditor = std::function<Outcome<BlobEdit>(const BlobState&)>;
/// The same for a container; absent: deleted with all its blobs.
using ContainerEditor =
    std::function<Outcome<std::optional<ContainerRecord>>(const std::optional<ContainerRecord>&)>;

/// The same for an account's service properties, which may be empty.
using SettingsEditor = std::function<Outcome<std::string>(const std::string&)>;

/// Which blobs of a container, in byte order of their names, or which containers.
struct BlobScan {
  std::string prefix;
  std::string from;  ///< Names before this are passed over.
  std::size_t limit = 5000;
  bool snapshots = false;     ///< Also those, the oldest first, ahead of their blob.
  std::string position = {};  ///< Of the blobs named `from`: those before this position are passed over.
  /// Also soft-deleted ones, and with `snapshots` those snapshots, that can be restored at this time.
  std::optional<base::WallTime> deleted_at = std::nullopt;
  bool uncommitted = false;  ///< Also blobs that have only uncommitted blocks (`is_uncommitted`).
};

/// Where a record stands among those of its name, as BlobScan orders them.
inline std::string position_of(const BlobRecord& record) {
  if (is_uncommitted(record)) return "~~";
  return record.snapshot.empty() ? "~" : record.snapshot;
}

/// What was changed. An empty blob name: the container itself (made, deleted, its access level or metadata).
struct Change {
  BlobId blob;
};

/// The blob accounts of one emulator: what there is, durably, and nothing of how one asks for it over HTTP.
///
/// A write is an editor (a pure function from what is there to what shall be) run as one transaction, so that
/// conditions and change are atomic and every rule stands outside. Content is taken in first (`receive`),
/// named by its hash, and freed as soon as no record refers to it; whoever has opened it keeps reading it. A
/// write that returned has survived the end of the process, and with Durability::power also the end of power.
///
/// Thread-safe; blocks on the disk. Failures that are not the caller's are Reason::unavailable and change
/// nothing.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual Outcome<ContainerRecord> find_container(const ContainerId& id) const = 0;
  /// The record as it now is; a record without a name if it was deleted.
  virtual Outcome<ContainerRecord> update_container(const ContainerId& id, const ContainerEditor& editor) = 0;
  /// Names in byte order, from `from` on, that begin with `prefix`; `limit` of them at most.
  virtual Outcome<std::vector<ContainerRecord>> list_containers(const std::string& account,
                                                                const BlobScan& scan) const = 0;

  /// The blob or the snapshot; container_not_found or blob_not_found if it is not there.
  virtual Outcome<BlobRecord> find(const BlobId& id) const = 0;
  /// The blob's record as it now is; a record without a name if it was deleted. The editor sees the blob and
  /// its snapshots, whichever of them `id` names. Fails with container_not_found before the editor is asked,
  /// and with what the editor answers.
  virtual Outcome<BlobRecord> update(const BlobId& id, const BlobEditor& editor,
                                     base::Durability durability) = 0;
  /// Records without their pieces.
  virtual Outcome<std::vector<BlobRecord>> list(const ContainerId& id, const BlobScan& scan) const = 0;

  /// Takes in content by pulling it, or as it lies in memory. No lock is held while bytes move.
  virtual Outcome<Content> receive(http::BodyReader& body, const ReceiveOptions& options) = 0;
  virtual Outcome<Content> receive(std::string_view bytes, const ReceiveOptions& options) = 0;
  /// A part of a blob's content, without copying it. content_replaced if the record is not the current one
  /// any more and its content is gone.
  virtual Outcome<std::vector<http::Slice>> read(const BlobRecord& record, http::ByteRange range) const = 0;

  /// Keeps a record's content from being freed for as long as what is returned lives, so that another record
  /// may name it, with that durability. content_replaced if it is gone already.
  virtual Outcome<std::shared_ptr<const void>> hold(const BlobRecord& record,
                                                    base::Durability durability) = 0;

  /// The same as the body of a response. A store whose content is not its own to map gives it in pieces.
  virtual Outcome<http::Body> stream(const BlobRecord& record, http::ByteRange range) const {
    auto slices = read(record, range);
    if (!slices) return slices.failure();
    return http::Body(std::move(*slices));
  }

  /// Whether reading a blob of the container asks nobody but this store's own files; a folder of the user's
  /// may lie on any disk. Never blocks.
  virtual bool is_near(const ContainerId&) const { return true; }

  /// Keeps a block for a later commit. Replaces an uncommitted one with the same id.
  virtual Outcome<Done> stage_block(const BlobId& id, const std::string& block_id, const Content& content,
                                    base::Durability durability) = 0;
  /// Uncommitted blocks in the order of their ids.
  virtual Outcome<std::vector<Piece>> staged_blocks(const BlobId& id) const = 0;

  /// Forgets what was soft-deleted and can't be restored any more at `now`, and frees its content. Until then
  /// such records are there, and no listing shows them.
  virtual Outcome<Done> forget_expired(base::WallTime now) = 0;

  /// The account's service properties (the XML of Set Blob Service Properties), empty if they were never set.
  virtual Outcome<std::string> account_settings(const std::string& account) const = 0;
  /// Replaces them by what the editor makes of them, as one transaction.
  virtual Outcome<Done> update_account_settings(const std::string& account, const SettingsEditor& editor) = 0;

  using Listener = std::function<void(const Change&)>;
  /// Tells `listener` of every change once it is stored, on the thread that made it, with no lock of the
  /// store held. The subscription ends when the returned object is destroyed; a call under way then may still
  /// end after that.
  [[nodiscard]] virtual std::shared_ptr<void> on_change(Listener listener) = 0;
};

}  // namespace exthost::storage
