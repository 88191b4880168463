#include "emulator/app/container_adapters.h"

#include <utility>

#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"
#include "emulator/storage/blob_actions.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using storage::Reason;

constexpr std::uint64_t kAnySize = UINT64_MAX;
constexpr auto kDurability = base::Durability::process;  // of what a watcher puts (make_store_sink)

bool is_absent(Reason reason) {
  return reason == Reason::blob_not_found || reason == Reason::container_not_found;
}

class StoreSource final : public hosting::ContainerSource {
 public:
  StoreSource(storage::BlobStore& store, const storage::Locations& locations, storage::ContainerId id,
              std::string url)
      : store_(store), locations_(locations), id_(std::move(id)), url_(std::move(url)) {}

  std::string url() const override { return url_; }

  bool is_out() const override { return locations_.is_out(id_.account, false); }

  Result<hosting::Fetched> get(const std::string& blob, const std::string& if_none_match,
                               std::uint64_t limit_bytes) override {
    using State = hosting::Fetched::State;
    if (is_out()) {
      return Error{ErrorKind::unavailable, "it answered 503 ServerBusy: a storage outage is on",
                   std::string(model::codes::kStorageUnavailable)};
    }
    auto opened = storage::open_blob(store_, {id_.account, id_.container, blob}, if_none_match, limit_bytes);
    if (opened)
      return hosting::Fetched{State::found, opened->record.etag, opened->content.bytes,
                              opened->content.owner};
    if (opened.reason() == Reason::blob_not_found) return hosting::Fetched{State::absent, "", {}, nullptr};
    if (opened.reason() == Reason::not_modified)
      return hosting::Fetched{State::not_modified, if_none_match, {}, nullptr};
    if (opened.reason() == Reason::invalid_input) {
      return Error{ErrorKind::invalid_input, opened.failure().message,
                   std::string(model::codes::kSourceTooLarge)};
    }
    return Error{ErrorKind::unavailable, opened.failure().message,
                 std::string(model::codes::kStorageUnavailable)};
  }

 private:
  storage::BlobStore& store_;
  const storage::Locations& locations_;
  const storage::ContainerId id_;
  const std::string url_;
};

class StoreSink final : public watch::ContainerSink {
 public:
  StoreSink(storage::BlobStore& store, storage::ContainerId id, const base::Clock& clock)
      : store_(store), id_(std::move(id)), clock_(clock) {}

  Result<std::optional<Blob>> get(const std::string& name) override {
    auto opened = storage::open_blob(store_, blob_id(name), "", kAnySize);
    if (opened)
      return std::optional(Blob{{opened->content.owner, opened->content.bytes}, opened->record.etag});
    if (is_absent(opened.reason())) return std::optional<Blob>();
    return storage::to_error(opened.failure());
  }

  Result<void> put(const std::string& name, watch::Content content) override {
    return put_if(name, content, {});
  }

  Result<void> put_if_unchanged(const std::string& name, watch::Content content,
                                const std::string& etag) override {
    storage::Conditions conditions;
    if (etag.empty()) {
      conditions.if_none_match = "*";
    } else {
      conditions.if_match = etag;
    }
    return put_if(name, content, conditions);
  }

  Result<std::string> put_new_zip(const std::string& name, const package::BuiltPackage& built) override {
    auto received = receive_parts(built);
    if (!received) return storage::to_error(received.failure());
    storage::Conditions conditions;
    conditions.if_none_match = "*";
    auto put = storage::put_shared_blob(store_, blob_id(name), received->pieces,
                                        options_for(name, std::move(conditions)), clock_.now());
    if (put) return std::move(put->etag);
    return put_failure(put.failure());
  }

  Result<void> remove(const std::string& name) override {
    auto removed =
        storage::delete_blob(store_, blob_id(name), {}, clock_.now(), storage::SnapshotDeletion::include);
    if (removed || is_absent(removed.reason())) return {};
    return storage::to_error(removed.failure());
  }

  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    storage::BlobScan scan;
    for (;;) {
      auto page = store_.list(id_, scan);
      if (!page) return storage::to_error(page.failure());
      for (const storage::BlobRecord& record : *page) names.push_back(record.name);
      if (page->size() < scan.limit) return names;
      scan.from = names.back() + '\0';
    }
  }

 private:
  storage::BlobId blob_id(const std::string& name) const { return {id_.account, id_.container, name}; }

  /// What a blob is made of, taken in and kept until it is put.
  struct Received {
    std::vector<storage::Piece> pieces;
    std::vector<std::shared_ptr<const void>> holds;
  };

  /// Takes in the parts that came with their bytes. Of the others it asks the store; if one is not there, as
  /// of a first zip, the package lays out the whole.
  storage::Outcome<Received> receive_parts(const package::BuiltPackage& built) {
    Received received;
    storage::BlobRecord there;
    for (const package::ZipPart& part : built.parts) {
      if (part.bytes == nullptr) there.pieces.push_back({"", part.sha256, part.size_bytes});
    }
    auto hold = store_.hold(there, kDurability);
    if (!hold && hold.reason() != Reason::content_replaced) return hold.failure();
    if (hold) received.holds.push_back(*std::move(hold));
    const std::string_view zip = hold ? std::string_view() : built.package->bytes();
    std::size_t offset = 0;
    for (const package::ZipPart& part : built.parts) {
      if (hold && part.bytes == nullptr) {
        received.pieces.push_back({"", part.sha256, part.size_bytes});
      } else {
        const std::string_view bytes =
            hold ? std::string_view(*part.bytes) : zip.substr(offset, part.size_bytes);
        storage::ReceiveOptions options;
        options.durability = kDurability;
        options.sha256 = part.sha256;
        auto taken = store_.receive(bytes, options);
        if (!taken) return taken.failure();
        received.pieces.push_back({"", std::move(taken->hash), taken->size_bytes});
        received.holds.push_back(std::move(taken->hold));
      }
      offset += part.size_bytes;
    }
    return received;
  }

  Result<void> put_if(const std::string& name, const watch::Content& content,
                      storage::Conditions conditions) {
    auto put = storage::put_blob(store_, blob_id(name), content.bytes,
                                 options_for(name, std::move(conditions)), clock_.now());
    if (put) return {};
    return put_failure(put.failure());
  }

  static storage::PutOptions options_for(const std::string& name, storage::Conditions conditions) {
    storage::PutOptions options;
    options.properties.type = std::string(http::content_type_for(name));
    options.conditions = std::move(conditions);
    options.durability = kDurability;
    return options;
  }

  static Error put_failure(const storage::Failure& failure) {
    Error error = storage::to_error(failure);
    const bool changed = failure.reason == Reason::condition_failed || failure.reason == Reason::blob_exists;
    if (changed) {
      error.kind = ErrorKind::conflict;
    } else if (error.kind == ErrorKind::conflict) {
      error.kind = ErrorKind::unavailable;  // a client's lease and the like: what was read has not changed
    }
    return error;
  }

  storage::BlobStore& store_;
  const storage::ContainerId id_;
  const base::Clock& clock_;
};

}  // namespace

std::shared_ptr<hosting::ContainerSource> make_store_source(storage::BlobStore& store,
                                                            const storage::Locations& locations,
                                                            storage::ContainerId id, std::string url) {
  return std::make_shared<StoreSource>(store, locations, std::move(id), std::move(url));
}

std::unique_ptr<watch::ContainerSink> make_store_sink(storage::BlobStore& store, storage::ContainerId id,
                                                      const base::Clock& clock) {
  return std::make_unique<StoreSink>(store, std::move(id), clock);
}

}  // namespace exthost::app
