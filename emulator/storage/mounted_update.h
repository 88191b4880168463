#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/package/source_file.h"
#include "emulator/storage/mounted_container.h"

namespace exthost::storage {

/// One BlobStore::update of a blob of a mounted container.
///
/// The editor runs inside the transaction of the store below that keeps what the file can't hold, and the
/// file gets its name (or loses it) just ahead of the commit. Bytes never move there: an edit that needs a
/// new file or a snapshot's content is put off, what it needs is written with no lock held, and the editor is
/// asked again. If the file has changed meanwhile, that begins anew.
class MountedUpdate {
 public:
  MountedUpdate(MountedContainer& mounted, BlobStore& below, const ContainerRecord& container,
                const BlobId& id)
      : mounted_(mounted), below_(below), container_(container), id_(id) {}

  Outcome<BlobRecord> run(const BlobEditor& editor, base::Durability durability);
  /// Whether the file was written or removed.
  bool touched_file() const { return touched_file_; }

 private:
  // What an edit needs before it can be done.
  struct Need {
    std::optional<BlobRecord> from;            // the blob that the editor saw
    std::optional<std::vector<Piece>> pieces;  // of the file that is to be written
    bool snapshot = false;                     // the content of `from`
  };

  Outcome<BlobEdit> decide(const BlobState& kept, const BlobEditor& editor, base::Durability durability);
  bool is_prepared(const Need& need) const;
  Outcome<Done> prepare(Need need, base::Durability durability);
  Outcome<Done> write_draft(const std::vector<Piece>& pieces, const std::optional<BlobRecord>& from);
  Outcome<Done> write_part(const BlobRecord& from, const MountedFile& file, http::ByteRange part);

  MountedContainer& mounted_;
  BlobStore& below_;
  const ContainerRecord& container_;
  const BlobId& id_;
  const std::int64_t begun_ns_ =
      package::wall_ns();  // one for all attempts: etags of fresh files depend on it
  bool touched_file_ = false;

  std::optional<Need> wanted_;    // set if the last decision was put off
  std::optional<Need> prepared_;  // what the next two are for
  std::unique_ptr<MountedFolder::Draft> draft_;
  std::optional<Content> snapshot_;
};

}  // namespace exthost::storage
