#include "emulator/app/version_zips.h"

#include <utility>

#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/storage/blob_actions.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using model::zip_of;
using storage::Reason;

constexpr std::uint64_t kAnySize = UINT64_MAX;

}  // namespace

Error version_taken(const std::string& version, const std::string& where) {
  return {ErrorKind::conflict,
          where + " has another " + zip_of(version) +
              ": a version is published once, since production never fetches one again; choose a new one",
          std::string(model::codes::kVersionTaken)};
}

Result<ReceivedZip> receive_zip(storage::BlobStore& store, http::BodyReader& body, std::uint64_t limit_bytes,
                                base::Durability durability) {
  storage::ReceiveOptions options;
  options.durability = durability;
  options.limit_bytes = limit_bytes;
  auto content = store.receive(body, options);
  if (!content) {
    Error error = storage::to_error(content.failure()).within("the zip was not received");
    if (error.kind == ErrorKind::invalid_input) error.code = model::codes::kBodyTooLarge;
    return error;
  }
  ReceivedZip zip{*std::move(content), {}};
  storage::BlobRecord whole;  // of no blob: what it takes to read the content
  whole.size_bytes = zip.content.size_bytes;
  whole.pieces.push_back({"", zip.content.hash, zip.content.size_bytes});
  auto slices = store.read(whole, {0, whole.size_bytes});
  if (!slices) return storage::to_error(slices.failure());
  if (!slices->empty()) zip.bytes = slices->front();  // what was received in one has one slice, or none
  return zip;
}

Result<VersionThere> compare_version(const storage::BlobStore& store, const storage::ContainerId& id,
                                     const std::string& version, const ReceivedZip& zip) {
  const auto there = storage::open_blob(store, {id.account, id.container, zip_of(version)}, "", kAnySize);
  if (there) return there->content.bytes == zip.bytes.bytes ? VersionThere::same : VersionThere::other;
  if (there.reason() == Reason::blob_not_found || there.reason() == Reason::container_not_found)
    return VersionThere::absent;
  return storage::to_error(there.failure());
}

Result<void> put_version(storage::BlobStore& store, const storage::ContainerId& id,
                         const std::string& version, const ReceivedZip& zip, base::Durability durability,
                         base::WallTime now) {
  storage::PutOptions options;
  options.properties.type = std::string(http::content_type_for(zip_of(version)));
  options.conditions.if_none_match = "*";
  options.durability = durability;
  const auto put =
      storage::put_blob(store, {id.account, id.container, zip_of(version)}, zip.content, options, now);
  if (put) return {};
  if (put.reason() == Reason::blob_exists || put.reason() == Reason::condition_failed)
    return version_taken(version, "the container " + id.container);
  return storage::to_error(put.failure());
}

Result<std::vector<storage::BlobRecord>> list_version_zips(const storage::BlobStore& store,
                                                           const storage::ContainerId& id) {
  std::vector<storage::BlobRecord> zips;
  storage::BlobScan scan;
  for (;;) {
    auto page = store.list(id, scan);
    if (!page) return storage::to_error(page.failure());
    const bool last = page->size() < scan.limit;
    if (!page->empty()) scan.from = page->back().name + '\0';
    for (storage::BlobRecord& record : *page) {
      if (model::version_of_zip(record.name)) zips.push_back(std::move(record));
    }
    if (last) return zips;
  }
}

}  // namespace exthost::app
