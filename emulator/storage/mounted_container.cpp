#include "emulator/storage/mounted_container.h"

#include <utility>

#include "emulator/package/source_file.h"
#include "emulator/storage/content_range.h"
#include "emulator/storage/mounted_records.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {
namespace {

constexpr std::size_t kKeptPage = 1000;

// The kept records of a scan, page by page.
class KeptRecords {
 public:
  KeptRecords(const BlobStore& below, ContainerId id, BlobScan scan)
      : below_(below), id_(std::move(id)), scan_(std::move(scan)) {
    scan_.limit = kKeptPage;
  }

  /// Null at the end.
  Outcome<const BlobRecord*> current() {
    if (at_ == page_.size() && !ended_) {
      auto page = below_.list(id_, scan_);
      if (!page) return page.failure();
      page_ = std::move(*page);
      at_ = 0;
      ended_ = page_.size() < scan_.limit;
      if (!page_.empty()) {
        scan_.from = page_.back().name;
        scan_.position = position_of(page_.back()) + '\0';
      }
    }
    return at_ == page_.size() ? nullptr : &page_[at_];
  }
  void advance() { ++at_; }

 private:
  const BlobStore& below_;
  const ContainerId id_;
  BlobScan scan_;
  std::vector<BlobRecord> page_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

BlobId MountedContainer::kept(const BlobId& blob) const {
  const ContainerId below = kept_container(id);
  return {below.account, below.container, blob.name, blob.snapshot};
}

Outcome<BlobRecord> MountedContainer::find(const BlobStore& below, const BlobId& blob) const {
  if (!blob.snapshot.empty()) return below.find(kept(blob));
  const std::int64_t now_ns = package::wall_ns();
  std::shared_lock lock(visible);
  auto file = folder.find(blob.name);
  if (!file) return file.failure();
  if (!*file) return blob_not_found();
  auto record = below.find(kept(blob));
  if (!record && record.reason() != Reason::blob_not_found) return record.failure();
  return blob_of_file(id, **file, record ? std::optional(std::move(*record)) : std::nullopt, now_ns);
}

Outcome<std::shared_ptr<const MountedFile>> MountedContainer::open(const BlobRecord& record) const {
  auto file = folder.open(record.name);
  if (!file) return file.failure();
  if (!*file || file_token(id, (**file)->state()) != record.file) return content_replaced(record);
  return std::move(**file);
}

Outcome<Content> take_in(BlobStore& below, const BlobRecord& record, std::shared_ptr<const MountedFile> file,
                         http::ByteRange range, base::Durability durability) {
  MountedFileReader reader(std::move(file), range);
  auto content = below.receive(reader, {durability});
  if (reader.found_change()) return content_replaced(record);
  return content;
}

Outcome<std::vector<BlobRecord>> list_mounted(const MountedContainer& container, const BlobStore& below,
                                              const BlobScan& scan) {
  const std::int64_t now_ns = package::wall_ns();
  std::shared_lock lock(container.visible);
  // One more, since the first may be passed over by its position.
  auto files = container.folder.list(scan.prefix, scan.from, scan.limit + 1);
  if (!files) return files.failure();
  auto file = files->begin();
  if (file != files->end() && file->path == scan.from && std::string("~") < scan.position) ++file;

  KeptRecords kept(below, kept_container(container.id), scan);
  std::vector<BlobRecord> found;
  while (found.size() < scan.limit) {
    auto record = kept.current();
    if (!record) return record.failure();
    const bool file_is_first = file != files->end() && (*record == nullptr || file->path < (*record)->name);
    if (file_is_first) {
      found.push_back(blob_of_file(container.id, *file++, std::nullopt, now_ns));
      found.back().pieces.clear();
    } else if (*record == nullptr) {
      break;
    } else {
      const bool is_blob = (*record)->snapshot.empty();
      const bool has_file = file != files->end() && file->path == (*record)->name;
      if (!is_blob) {
        found.push_back(**record);
      } else if (has_file) {
        found.push_back(blob_of_file(container.id, *file++, **record, now_ns));
        found.back().pieces.clear();
      } else if (is_uncommitted(**record)) {
        found.push_back(**record);
      }
      kept.advance();
    }
  }
  return found;
}

}  // namespace exthost::storage
