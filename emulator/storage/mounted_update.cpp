#include "emulator/storage/mounted_update.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "emulator/storage/content_range.h"
#include "emulator/storage/mounted_records.h"

namespace exthost::storage {
namespace {

constexpr int kAttempts = 8;  // a write loses only if others change the file that often meanwhile
constexpr std::size_t kCopyBytes = 256 * 1024;

std::string token_of(const std::optional<BlobRecord>& blob) {
  return blob ? blob->file : std::string();
}

// Where a block lies that the file has already.
std::optional<http::ByteRange> part_of(const BlobRecord& blob, const Piece& wanted) {
  std::uint64_t at = 0;
  for (const Piece& piece : blob.pieces) {
    if (piece.hash == wanted.hash) return http::ByteRange{at, piece.size_bytes};
    at += piece.size_bytes;
  }
  return std::nullopt;
}

bool is_of_file(const BlobRecord& record) {
  return !record.file.empty();
}

}  // namespace

Outcome<BlobRecord> MountedUpdate::run(const BlobEditor& editor, base::Durability durability) {
  for (int attempt = 1;; ++attempt) {
    wanted_.reset();
    Outcome<BlobRecord> now = BlobRecord();
    {
      std::unique_lock lock(mounted_.visible);
      now = below_.update(
          mounted_.kept(id_), [&](const BlobState& kept) { return decide(kept, editor, durability); },
          durability);
    }
    if (now || !wanted_) return now;
    if (attempt == kAttempts) {
      return Failure{Reason::unavailable, "'" + id_.name + "' is changed by others all the time.", {}};
    }
    if (auto prepared = prepare(*std::move(wanted_), durability);
        !prepared && prepared.reason() != Reason::content_replaced) {
      return prepared.failure();
    }
  }
}

// Inside the transaction.
Outcome<BlobEdit> MountedUpdate::decide(const BlobState& kept, const BlobEditor& editor,
                                        base::Durability durability) {
  auto file = mounted_.folder.find(id_.name);
  if (!file) return file.failure();
  BlobState state = kept;
  state.container = container_;
  state.blob = *file ? std::optional(blob_of_file(mounted_.id, **file, kept.blob, begun_ns_)) : std::nullopt;
  auto edit = editor(state);
  if (!edit) return edit;

  if (edit->blob && edit->blob->type != BlobType::block) {
    return Failure{Reason::refused, "A mounted folder holds block blobs only.", "InvalidBlobType"};
  }
  Need need{state.blob, std::nullopt, false};
  if (edit->blob && (!is_of_file(*edit->blob) || edit->blob->file != token_of(state.blob)))
    need.pieces = edit->blob->pieces;
  if (edit->snapshots) {
    need.snapshot = std::any_of(edit->snapshots->begin(), edit->snapshots->end(), is_of_file);
  }
  if (!is_prepared(need)) {
    wanted_ = std::move(need);
    return Failure{Reason::content_replaced, "the file is to be written first", {}};
  }
  if (need.pieces) {
    auto published = std::exchange(draft_, nullptr)->publish(durability);
    if (!published) return published.failure();
    edit->blob->name = id_.name;
    bind_to_file(*edit->blob, file_token(mounted_.id, *published));
    touched_file_ = true;
  } else if (!edit->blob && state.blob) {
    if (auto removed = mounted_.folder.remove(id_.name, durability); !removed) return removed.failure();
    touched_file_ = true;
  }
  if (need.snapshot) {
    for (BlobRecord& snapshot : *edit->snapshots) {
      if (!is_of_file(snapshot)) continue;
      snapshot.file.clear();
      snapshot.pieces = {Piece{"", snapshot_->hash, snapshot_->size_bytes}};
    }
  }
  return edit;
}

bool MountedUpdate::is_prepared(const Need& need) const {
  if (!need.pieces && !need.snapshot) return true;
  if (!prepared_ || token_of(prepared_->from) != token_of(need.from)) return false;
  if (need.pieces && (!draft_ || prepared_->pieces != need.pieces)) return false;
  return !need.snapshot || snapshot_.has_value();
}

Outcome<Done> MountedUpdate::prepare(Need need, base::Durability durability) {
  draft_.reset();
  snapshot_.reset();
  prepared_.reset();
  if (need.pieces) {
    auto draft = mounted_.folder.create(id_.name, durability);
    if (!draft) return draft.failure();
    draft_ = std::move(*draft);
    if (auto written = write_draft(*need.pieces, need.from); !written) return written;
    if (durability == base::Durability::power) {
      if (auto synced = draft_->sync(); !synced) return to_failure(synced.error());
    }
  }
  if (need.snapshot) {
    auto file = mounted_.open(*need.from);
    if (!file) return file.failure();
    auto content = take_in(below_, *need.from, std::move(*file), {0, need.from->size_bytes}, durability);
    if (!content) return content.failure();
    snapshot_ = std::move(*content);
  }
  prepared_ = std::move(need);
  return Done{};
}

Outcome<Done> MountedUpdate::write_draft(const std::vector<Piece>& pieces,
                                         const std::optional<BlobRecord>& from) {
  std::shared_ptr<const MountedFile> file;
  for (const Piece& piece : pieces) {
    if (const auto part = from ? part_of(*from, piece) : std::nullopt) {
      if (!file) {
        auto opened = mounted_.open(*from);
        if (!opened) return opened.failure();
        file = std::move(*opened);
      }
      if (auto written = write_part(*from, *file, *part); !written) return written;
      continue;
    }
    BlobRecord content;
    content.name = id_.name;
    content.size_bytes = piece.size_bytes;
    content.pieces.push_back(piece);
    auto slices = below_.read(content, {0, piece.size_bytes});
    if (!slices) return slices.failure();
    for (const http::Slice& slice : *slices) {
      if (auto written = draft_->write(slice.bytes); !written) return to_failure(written.error());
    }
  }
  return Done{};
}

Outcome<Done> MountedUpdate::write_part(const BlobRecord& from, const MountedFile& file,
                                        http::ByteRange part) {
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(part.length, kCopyBytes)));
  while (part.length > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(part.length, buffer.size()));
    auto count = file.read_at(part.first, std::span(buffer).first(wanted));
    if (!count || *count == 0) return content_replaced(from);
    if (auto written = draft_->write({buffer.data(), *count}); !written) return to_failure(written.error());
    part.first += *count;
    part.length -= *count;
  }
  return Done{};
}

}  // namespace exthost::storage
