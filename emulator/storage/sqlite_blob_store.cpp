#include "emulator/storage/sqlite_blob_store.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/storage/blob_family.h"
#include "emulator/storage/content_files.h"
#include "emulator/storage/content_range.h"
#include "emulator/storage/content_stream.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/listeners.h"
#include "emulator/storage/recent_records.h"
#include "emulator/storage/sqlite_family.h"
#include "emulator/storage/sqlite_readers.h"
#include "emulator/storage/sqlite_rows.h"
#include "emulator/storage/store_failures.h"

namespace exthost::storage {
namespace {

namespace fs = std::filesystem;

// A body up to here is mapped: it goes out at once. A larger one is read as it is sent.
constexpr std::uint64_t kMappedBodyBytes = 8 * 1024 * 1024;

// Of what was read lately. With so many shards a write keeps few of the other blobs from being kept
// meanwhile.
constexpr std::uint64_t kRecentRecordBytes = 4 * 1024 * 1024;
constexpr std::size_t kRecentShards = 32;

// What is kept of a blob in memory is kept under this.
BlobId live(const BlobId& id) {
  return {id.account, id.container, id.name};
}

// Names beginning with a prefix are neighbours, so the first that doesn't ends the scan.
template <class Record>
void keep_prefix(std::vector<Record>& records, const std::string& prefix) {
  const auto end = std::find_if(records.begin(), records.end(),
                                [&](const Record& record) { return !record.name.starts_with(prefix); });
  records.erase(end, records.end());
}

// Both in the order of BlobScan.
std::vector<BlobRecord> merge_records(std::vector<BlobRecord> left, std::vector<BlobRecord> right) {
  std::vector<BlobRecord> merged;
  std::merge(std::make_move_iterator(left.begin()), std::make_move_iterator(left.end()),
             std::make_move_iterator(right.begin()), std::make_move_iterator(right.end()),
             std::back_inserter(merged), [](const BlobRecord& one, const BlobRecord& other) {
               return one.name != other.name ? one.name < other.name : position_of(one) < position_of(other);
             });
  return merged;
}

std::vector<std::string> hashes_of(const std::vector<Piece>& pieces) {
  std::vector<std::string> hashes;
  for (const Piece& piece : pieces) hashes.push_back(piece.hash);
  return hashes;
}

class SqliteBlobStore final : public BlobStore {
 public:
  SqliteBlobStore(const fs::path& file, std::unique_ptr<Connection> writer,
                  std::shared_ptr<spdlog::logger> log)
      : log_(std::move(log)), readers_(file), writer_(std::move(writer)) {}
  ~SqliteBlobStore() override {
    if (files_) files_->close();
  }

  base::Result<void> open_content(const fs::path& folder) {
    auto files = ContentFiles::open(folder, [this](const std::string& hash) { return refers_to(hash); });
    if (!files) return std::move(files).error();
    files_ = std::move(*files);
    const auto swept = files_->sweep();
    if (!swept) return swept.error();
    if (*swept != 0) log_->info("swept {} unfinished or unreferenced content files", *swept);
    return {};
  }

  Outcome<ContainerRecord> find_container(const ContainerId& id) const override {
    return recent_or_read<ContainerRecord>(recent_containers_, id,
                                           [&](Connection& connection) -> Outcome<ContainerRecord> {
                                             auto container = load_container(connection, id);
                                             if (!container) return container_not_found();
                                             return std::move(container->record);
                                           });
  }

  Outcome<ContainerRecord> update_container(const ContainerId& id, const ContainerEditor& editor) override {
    std::vector<std::string> dropped;
    // Begin before the commit, end after it; blobs go with their container.
    std::optional<RecentContainers::Changing> containers_change;
    std::optional<RecentBlobs::Changing> blobs_change;
    auto now = write<ContainerRecord>(
        base::Durability::power, [&](Connection& connection) -> Outcome<ContainerRecord> {
          auto before = load_container(connection, id);
          if (!connection.ok()) return failure_of(connection);
          auto after = editor(before ? std::optional(before->record) : std::nullopt);
          if (!after) return after.failure();
          containers_change.emplace(recent_containers_, id);
          blobs_change.emplace(recent_blobs_);
          if (after->has_value()) {
            (*after)->name = id.container;
            save_container(connection, id, **after);
            return std::move(**after);
          }
          if (before) {
            dropped = hashes_in_container(connection, before->id);
            delete_container(connection, before->id);
          }
          return ContainerRecord();
        });
    containers_change.reset();
    blobs_change.reset();
    if (now) {
      files_->free_unneeded(dropped);
      listeners_.tell({{id.account, id.container, ""}});
    }
    return now;
  }

  Outcome<std::vector<ContainerRecord>> list_containers(const std::string& account,
                                                        const BlobScan& scan) const override {
    using Records = std::vector<ContainerRecord>;
    return read<Records>([&](Connection& connection) -> Outcome<Records> {
      auto records = load_containers(connection, account, std::max(scan.from, scan.prefix), scan.limit);
      keep_prefix(records, scan.prefix);
      return records;
    });
  }

  Outcome<BlobRecord> find(const BlobId& id) const override {
    const auto load = [&](Connection& connection) -> Outcome<BlobRecord> {
      auto container = load_container(connection, id.in());
      if (!container) return container_not_found();
      auto blob = load_blob(connection, container->id, id.name, id.snapshot);
      if (!blob) return blob_not_found();
      return std::move(blob->record);
    };
    return id.snapshot.empty() ? recent_or_read<BlobRecord>(recent_blobs_, id, load) : read<BlobRecord>(load);
  }

  Outcome<BlobRecord> update(const BlobId& id, const BlobEditor& editor,
                             base::Durability durability) override {
    std::vector<std::string> dropped;
    std::optional<RecentBlobs::Changing> change;  // begins before the commit, ends after it
    auto now = write<BlobRecord>(durability, [&](Connection& connection) -> Outcome<BlobRecord> {
      auto container = load_container(connection, id.in());
      if (!container) return container_not_found();
      const auto before = load_family(connection, container->id, id.name);
      BlobState state;
      state.container = std::move(container->record);
      state.staged = load_staged(connection, container->id, id.name);
      state.settings = load_settings(connection, id.account);
      show_family(records_of(before), state);
      if (!connection.ok()) return failure_of(connection);
      auto edit = editor(state);
      if (!edit) return edit.failure();
      change.emplace(recent_blobs_, live(id));
      if (edit->drop_staged && !state.staged.empty()) {
        delete_staged(connection, container->id, id.name);
        dropped = hashes_of(state.staged);
      }
      write_family(connection, container->id, before, family_after(state, *edit, id.name),
                   edit->snapshots.has_value(), dropped);
      if (!edit->blob) return BlobRecord();
      edit->blob->name = id.name;
      return std::move(*edit->blob);
    });
    change.reset();
    if (now) {
      files_->free_unneeded(dropped);
      listeners_.tell({id});
    }
    return now;
  }

  Outcome<std::vector<BlobRecord>> list(const ContainerId& id, const BlobScan& scan) const override {
    using Records = std::vector<BlobRecord>;
    return read<Records>([&](Connection& connection) -> Outcome<Records> {
      auto container = load_container(connection, id);
      if (!container) return container_not_found();
      auto records = load_blobs(connection, container->id, scan);
      if (scan.uncommitted) {
        records = merge_records(std::move(records), load_uncommitted(connection, container->id, scan));
        if (records.size() > scan.limit) records.resize(scan.limit);
      }
      keep_prefix(records, scan.prefix);
      return records;
    });
  }

  Outcome<Content> receive(http::BodyReader& body, const ReceiveOptions& options) override {
    return logged(files_->receive(body, options));
  }
  Outcome<Content> receive(std::string_view bytes, const ReceiveOptions& options) override {
    return logged(files_->receive(bytes, options));
  }

  Outcome<std::vector<http::Slice>> read(const BlobRecord& record, http::ByteRange range) const override {
    std::vector<http::Slice> slices;
    auto walked = for_each_part(
        record, range, [&](const Piece& piece, std::uint64_t first, std::uint64_t length) -> Outcome<Done> {
          auto slice = files_->read(piece.hash, piece.size_bytes, first, length);
          if (!slice && slice.error().kind == base::ErrorKind::corrupt) return damaged(record, piece);
          if (!slice) return to_failure(slice.error());
          if (!*slice) return content_replaced(record);
          slices.push_back(std::move(**slice));
          return Done{};
        });
    if (!walked) return logged(Outcome<std::vector<http::Slice>>(walked.failure()));
    return slices;
  }

  Outcome<http::Body> stream(const BlobRecord& record, http::ByteRange range) const override {
    if (range.length <= kMappedBodyBytes) return BlobStore::stream(record, range);
    std::vector<ContentStream::Part> parts;
    std::vector<std::string> hashes;
    auto walked = for_each_part(
        record, range, [&](const Piece& piece, std::uint64_t first, std::uint64_t length) -> Outcome<Done> {
          parts.push_back({piece.hash, piece.size_bytes, first, length});
          hashes.push_back(piece.hash);
          return Done{};
        });
    if (!walked) return walked.failure();
    auto held = files_->keep(hashes, base::Durability::process);
    if (!held) return logged(Outcome<http::Body>(to_failure(held.error())));
    if (!*held) return content_replaced(record);
    return http::Body(std::make_shared<ContentStream>(files_, std::move(parts), std::move(*held)));
  }

  Outcome<std::shared_ptr<const void>> hold(const BlobRecord& record, base::Durability durability) override {
    using Held = std::shared_ptr<const void>;
    auto held = files_->keep(hashes_of(record.pieces), durability);
    if (!held) return logged(Outcome<Held>(to_failure(held.error())));
    if (!*held) return content_replaced(record);
    return Held(std::move(*held));
  }

  Outcome<Done> stage_block(const BlobId& id, const std::string& block_id, const Content& content,
                            base::Durability durability) override {
    std::vector<std::string> dropped;
    auto done = write<Done>(durability, [&](Connection& connection) -> Outcome<Done> {
      auto container = load_container(connection, id.in());
      if (!container) return container_not_found();
      const StagedSummary staged = summarize_staged(connection, container->id, id.name, block_id);
      if (staged.count != 0 && staged.id_length != block_id.size()) return block_id_length();
      if (!staged.hash.empty()) {
        dropped.push_back(staged.hash);
      } else if (static_cast<std::size_t>(staged.count) >= limits::kUncommittedBlocks) {
        return too_many_blocks();
      }
      save_staged(connection, container->id, id.name, {block_id, content.hash, content.size_bytes});
      return Done{};
    });
    if (done) files_->free_unneeded(dropped);
    return done;
  }

  Outcome<std::vector<Piece>> staged_blocks(const BlobId& id) const override {
    using Pieces = std::vector<Piece>;
    return read<Pieces>([&](Connection& connection) -> Outcome<Pieces> {
      auto container = load_container(connection, id.in());
      if (!container) return container_not_found();
      return load_staged(connection, container->id, id.name);
    });
  }

  Outcome<Done> forget_expired(base::WallTime now) override {
    const auto some =
        read<bool>([&](Connection& connection) -> Outcome<bool> { return has_expired(connection, now); });
    if (!some) return some.failure();
    if (!*some) return Done{};
    std::vector<std::string> dropped;
    auto done = write<Done>(base::Durability::process, [&](Connection& connection) -> Outcome<Done> {
      dropped = delete_expired(connection, now);
      return Done{};
    });
    if (done) files_->free_unneeded(dropped);
    return done;
  }

  Outcome<std::string> account_settings(const std::string& account) const override {
    return read<std::string>(
        [&](Connection& connection) -> Outcome<std::string> { return load_settings(connection, account); });
  }

  Outcome<Done> update_account_settings(const std::string& account, const SettingsEditor& editor) override {
    return write<Done>(base::Durability::power, [&](Connection& connection) -> Outcome<Done> {
      const std::string before = load_settings(connection, account);
      if (!connection.ok()) return failure_of(connection);
      auto edited = editor(before);
      if (!edited) return edited.failure();
      if (*edited != before) save_settings(connection, account, *edited);
      return Done{};
    });
  }

  std::shared_ptr<void> on_change(Listener listener) override { return listeners_.add(std::move(listener)); }

 private:
  // The record as it was read lately, else as `load` reads it now.
  template <class Record, class Cache, class Id, class Load>
  Outcome<Record> recent_or_read(const Cache& recent, const Id& id, Load load) const {
    const auto look = recent.look(id);
    if (look.value) return Record(**look.value);
    auto record = read<Record>(load);
    if (record) recent.keep(id, look.ticket, std::make_shared<const Record>(*record), cost_of(*record));
    return record;
  }

  // Runs `question` on one state of the database.
  template <class T, class Question>
  Outcome<T> read(Question question) const {
    auto borrowed = readers_.borrow();
    if (!borrowed) return logged(Outcome<T>(to_failure(borrowed.error())));
    Connection& connection = **borrowed;
    connection.statement("BEGIN").finish();
    Outcome<T> answer = question(connection);
    connection.statement("COMMIT").finish();
    if (!connection.ok()) return logged(Outcome<T>(failure_of(connection)));  // and the connection is dropped
    readers_.give_back(std::move(*borrowed));
    return answer;
  }

  // Runs `change` as one transaction, which counts only if it succeeds and the disk takes it.
  template <class T, class Work>
  Outcome<T> write(base::Durability durability, Work change) {
    return logged(write_unlogged<T>(durability, std::move(change)));
  }

  template <class T, class Work>
  Outcome<T> write_unlogged(base::Durability durability, Work change) {
    std::lock_guard lock(writing_);
    Connection& connection = *writer_;
    wait_for_disk(durability == base::Durability::power);
    connection.statement("BEGIN IMMEDIATE").finish();
    if (!connection.ok()) return failure_of(connection);
    Outcome<T> result = change(connection);
    if (result && connection.ok()) connection.statement("COMMIT").finish();
    if (result && connection.ok()) return result;
    if (!connection.ok()) result = failure_of(connection);
    connection.run("ROLLBACK");
    connection.take_failure();  // a failure that ended the transaction leaves nothing to roll back
    return result;
  }

  // Whether a commit returns only when the disk has it. What was committed without waiting is on the disk too
  // once a later commit has waited: they share one log. (SQLite obeys this pragma when it is prepared, so it
  // is never kept prepared.)
  void wait_for_disk(bool wait) {
    if (wait == waits_for_disk_) return;
    writer_->run(wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    if (writer_->ok()) waits_for_disk_ = wait;
  }

  static Failure failure_of(Connection& connection) {
    return {Reason::unavailable, connection.take_failure()};
  }

  template <class T>
  Outcome<T> logged(Outcome<T> outcome) const {
    if (!outcome && outcome.reason() == Reason::unavailable) log_->error("{}", outcome.failure().message);
    return outcome;
  }

  static Failure damaged(const BlobRecord& record, const Piece& piece) {
    return {Reason::unavailable,
            "the stored content of '" + record.name + "' is damaged: " + piece.hash + " has the wrong size"};
  }

  base::Result<bool> refers_to(const std::string& hash) const {
    auto referenced =
        read<bool>([&](Connection& connection) -> Outcome<bool> { return is_referenced(connection, hash); });
    if (!referenced) return to_error(referenced.failure());
    return *referenced;
  }

  std::shared_ptr<spdlog::logger> log_;
  mutable Readers readers_;
  std::mutex writing_;                   // SQLite has one writer; held for one transaction, disk included
  std::unique_ptr<Connection> writer_;   // used with writing_ held
  bool waits_for_disk_ = true;           // the writer's; changed with writing_ held
  std::shared_ptr<ContentFiles> files_;  // holds of callers may outlive this store
  Listeners listeners_;
  RecentContainers recent_containers_{kRecentRecordBytes, kRecentShards};
  RecentBlobs recent_blobs_{kRecentRecordBytes, kRecentShards};
};

}  // namespace

base::Result<std::unique_ptr<BlobStore>> open_sqlite_blob_store(const fs::path& folder,
                                                                std::shared_ptr<spdlog::logger> log) {
  if (auto made = base::make_private_folder(folder); !made) return std::move(made).error();
  const fs::path file = folder / "blobs.db";
  auto writer = Connection::open(file);
  if (!writer) return std::move(writer).error();
  if (auto prepared = prepare_schema(**writer, file.string()); !prepared) return std::move(prepared).error();
  (*writer)->run("PRAGMA journal_mode = WAL");
  (*writer)->run("PRAGMA synchronous = FULL");
  (*writer)->run("PRAGMA foreign_keys = ON");
  if (std::string failure = (*writer)->take_failure(); !failure.empty()) {
    return base::Error{base::ErrorKind::unavailable,
                       "can't use the blob store " + file.string() + ": " + failure, ""};
  }
  auto store = std::make_unique<SqliteBlobStore>(file, std::move(*writer), std::move(log));
  if (auto opened = store->open_content(folder); !opened) return std::move(opened).error();
  return std::unique_ptr<BlobStore>(std::move(store));
}

}  // namespace exthost::storage
