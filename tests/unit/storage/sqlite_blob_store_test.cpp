// What only the durable store promises: restarts, crashes, space, and files it must not touch.
#include "emulator/storage/sqlite_blob_store.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "emulator/base/file.h"
#include "emulator/base/hash.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/sqlite.h"
#include "spdlog/spdlog.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::storage;
namespace fs = std::filesystem;

namespace {

const ContainerId kContainer{"acct", "files"};
const base::WallTime kNow{base::Duration{1'700'000'000'000}};

BlobId blob(const std::string& name) {
  return {"acct", "files", name};
}

// A store as the first release wrote it. Never changed: that stores like it can be opened is what the test
// shows.
constexpr const char* kFirstSchema = R"sql(
CREATE TABLE accounts(
  name TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE containers(
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  access INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  policies TEXT NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  UNIQUE(account, name)
) STRICT;
CREATE TABLE blobs(
  id INTEGER PRIMARY KEY,
  container INTEGER NOT NULL REFERENCES containers(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  type TEXT NOT NULL,
  encoding TEXT NOT NULL,
  language TEXT NOT NULL,
  disposition TEXT NOT NULL,
  cache_control TEXT NOT NULL,
  md5 TEXT NOT NULL,
  metadata TEXT NOT NULL,
  etag TEXT NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  UNIQUE(container, name)
) STRICT;
CREATE TABLE pieces(
  blob INTEGER NOT NULL REFERENCES blobs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  block_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY(blob, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX pieces_by_hash ON pieces(hash);
CREATE TABLE staged(
  container INTEGER NOT NULL REFERENCES containers(id) ON DELETE CASCADE,
  blob TEXT NOT NULL,
  block_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY(container, blob, block_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX staged_by_hash ON staged(hash);
PRAGMA application_id = 1162363475;
PRAGMA user_version = 1;
INSERT INTO accounts VALUES('acct', '<x/>');
INSERT INTO containers VALUES(3, 'acct', 'files', 1, '{"k":"v"}',
  '[{"id":"p","start":"s","expiry":"e","permission":"r"}]', '"0x8D0"', 1700000000000);
INSERT INTO blobs VALUES(7, 3, 'dir/a', 4, 'text/plain', '', '', '', '', '', '', '"0x8D1"', 1700000000000,
  1700000000000);
INSERT INTO staged VALUES(3, 'b', 'QQ==', 'never written', 1);
)sql";

// What made such a store one of the second and of the third schema.
constexpr const char* kToSecondSchema = R"sql(
ALTER TABLE containers ADD COLUMN facts TEXT NOT NULL DEFAULT '';
ALTER TABLE blobs ADD COLUMN facts TEXT NOT NULL DEFAULT '';
PRAGMA user_version = 2;
)sql";
constexpr const char* kToThirdSchema = R"sql(
CREATE TABLE blobs_with_snapshots(
  id INTEGER PRIMARY KEY,
  container INTEGER NOT NULL REFERENCES containers(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  snapshot TEXT NOT NULL,
  size INTEGER NOT NULL,
  type TEXT NOT NULL,
  encoding TEXT NOT NULL,
  language TEXT NOT NULL,
  disposition TEXT NOT NULL,
  cache_control TEXT NOT NULL,
  md5 TEXT NOT NULL,
  metadata TEXT NOT NULL,
  etag TEXT NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE(container, name, snapshot)
) STRICT;
INSERT INTO blobs_with_snapshots SELECT id, container, name, '', size, type, encoding, language, disposition,
  cache_control, md5, metadata, etag, created, modified, facts FROM blobs;
DROP TABLE blobs;
ALTER TABLE blobs_with_snapshots RENAME TO blobs;
PRAGMA user_version = 3;
)sql";

class Folder {
 public:
  base::Result<std::unique_ptr<BlobStore>> try_open() {
    return open_sqlite_blob_store(path(), std::make_shared<spdlog::logger>("test"));
  }
  std::unique_ptr<BlobStore> open() {
    auto store = try_open();
    REQUIRE(store);
    return std::move(*store);
  }
  fs::path path() const { return folder_.path() / "storage"; }

  std::vector<fs::path> files(const char* below) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(path() / below)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }
  std::uintmax_t content_bytes() const {
    std::uintmax_t total = 0;
    for (const fs::path& file : files("content")) total += fs::file_size(file);
    return total;
  }
  void run_sql(const char* sql) {
    auto connection = Connection::open(path() / "blobs.db");
    REQUIRE(connection);
    (*connection)->run(sql);
    REQUIRE((*connection)->ok());
  }

 private:
  base::TemporaryFolder folder_ = *base::TemporaryFolder::create("exthost-sqlite");
};

void put(BlobStore& store, const std::string& name, std::string_view bytes,
         base::Durability durability = base::Durability::power) {
  PutOptions options;
  options.durability = durability;
  REQUIRE(put_blob(store, blob(name), bytes, options, kNow));
}

}  // namespace

TEST_CASE("Everything stored is there after a restart") {
  Folder folder;
  BlobRecord before;
  {
    auto store = folder.open();
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::blob, kNow));
    REQUIRE(set_container_access(*store, kContainer, AccessLevel::blob, {{"id", "s", "e", "p"}}, {}, kNow));
    PutOptions options;
    options.properties = {"text/plain", "a", "b", "c", "d", std::string("\0md5", 4)};
    options.metadata = {{"z", "last"}, {"a", "\"quoted\" \xc3\xa4"}};
    before = *put_blob(*store, blob("dir/a"), "kept", options, kNow);
    auto content = store->receive("staged", {});
    REQUIRE(store->stage_block(blob("b"), "QQ==", *content, base::Durability::power));
    REQUIRE(store->update_account_settings("acct", [](const std::string&) { return std::string("<x/>"); }));
  }
  auto store = folder.open();
  auto after = store->find(blob("dir/a"));
  REQUIRE(after);
  CHECK(after->etag == before.etag);
  CHECK(after->properties == before.properties);
  CHECK(after->metadata == before.metadata);
  CHECK(after->pieces == before.pieces);
  CHECK(open_blob(*store, blob("dir/a"), "", 100)->content.bytes == "kept");
  CHECK(store->find_container(kContainer)->policies == std::vector<StoredPolicy>{{"id", "s", "e", "p"}});
  REQUIRE(commit_blocks(*store, blob("b"), {{BlockSource::latest, "QQ=="}}, {}, kNow));
  CHECK(open_blob(*store, blob("b"), "", 100)->content.bytes == "staged");
  CHECK(*store->account_settings("acct") == "<x/>");
}

TEST_CASE("Twenty overwrites leave the space of one blob, and a deletion none") {
  Folder folder;
  auto store = folder.open();
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  for (int i = 0; i < 20; ++i)
    put(*store, "a", std::string(100'000, static_cast<char>('a' + i)), base::Durability::process);
  CHECK(folder.content_bytes() == 100'000);
  REQUIRE(delete_blob(*store, blob("a"), {}, kNow));
  CHECK(folder.files("content").empty());
  CHECK(folder.files("incoming").empty());
}

TEST_CASE("A put that is refused, and blocks that are dropped, leave no space behind") {
  Folder folder;
  auto store = folder.open();
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  PutOptions options;
  options.conditions.if_match = "\"none\"";
  CHECK_FALSE(put_blob(*store, blob("a"), "refused", options, kNow));
  CHECK(folder.files("content").empty());
  {
    auto content = store->receive("block", {});
    REQUIRE(store->stage_block(blob("a"), "QQ==", *content, base::Durability::process));
  }
  CHECK(folder.files("content").size() == 1);
  put(*store, "a", "whole");
  CHECK(folder.files("content").size() == 1);
  CHECK(open_blob(*store, blob("a"), "", 100)->content.bytes == "whole");
}

TEST_CASE("What a killed process left half-done is swept away at the next start, and nothing else") {
  Folder folder;
  {
    auto store = folder.open();
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
    put(*store, "a", "kept");
  }
  const fs::path orphan = folder.path() / "content" / "ff" / std::string(62, 'f');
  fs::create_directories(orphan.parent_path());
  std::ofstream(orphan) << "no record refers to this";
  std::ofstream(folder.path() / "incoming" / "17") << "half an upl";
  auto store = folder.open();
  CHECK(folder.files("incoming").empty());
  CHECK_FALSE(fs::exists(orphan));
  CHECK(open_blob(*store, blob("a"), "", 100)->content.bytes == "kept");
}

TEST_CASE("A store of a newer schema is left alone, with a sentence that says so") {
  Folder folder;
  folder.open().reset();
  folder.run_sql("PRAGMA user_version = 9999");
  auto store = folder.try_open();
  REQUIRE_FALSE(store);
  CHECK(store.error().kind == base::ErrorKind::conflict);
  CHECK_THAT(store.error().message, ContainsSubstring("schema 9999"));
}

TEST_CASE("A store of the first schema is opened for ever, with all it holds") {
  Folder folder;
  const std::string hash = base::sha256_hex("kept");
  const fs::path content = folder.path() / "content" / hash.substr(0, 2) / hash.substr(2);
  fs::create_directories(content.parent_path());
  std::ofstream(content) << "kept";
  folder.run_sql(kFirstSchema);
  folder.run_sql(("INSERT INTO pieces VALUES(7, 0, '', '" + hash + "', 4)").c_str());
  for (int opened = 0; opened < 2; ++opened) {
    auto store = folder.open();
    const auto container = store->find_container(kContainer);
    REQUIRE(container);
    CHECK(container->access == AccessLevel::blob);
    CHECK(container->metadata == Metadata{{"k", "v"}});
    CHECK(container->policies == std::vector<StoredPolicy>{{"p", "s", "e", "r"}});
    CHECK(container->lease == Lease());
    const auto found = store->find(blob("dir/a"));
    REQUIRE(found);
    CHECK(found->etag == "\"0x8D1\"");
    CHECK(found->properties.type == "text/plain");
    CHECK(found->created == kNow);
    CHECK(found->lease == Lease());
    CHECK(open_blob(*store, blob("dir/a"), "", 100)->content.bytes == "kept");
    CHECK(*store->account_settings("acct") == "<x/>");
    CHECK(store->staged_blocks(blob("b"))->size() == 1);
    put(*store, "new", "written after the upgrade");
  }
  auto store = folder.open();
  REQUIRE(snapshot_blob(*store, blob("dir/a"), std::nullopt, {}, kNow));
  REQUIRE(delete_container(*store, kContainer, {}, kNow));
  CHECK(folder.files("content").empty());
}

TEST_CASE("Stores of the second and the third schema are opened for ever, too") {
  const std::string hash = base::sha256_hex("kept");
  const int schema = GENERATE(2, 3);
  CAPTURE(schema);
  Folder folder;
  const fs::path content = folder.path() / "content" / hash.substr(0, 2) / hash.substr(2);
  fs::create_directories(content.parent_path());
  std::ofstream(content) << "kept";
  folder.run_sql(kFirstSchema);
  folder.run_sql(("INSERT INTO pieces VALUES(7, 0, '', '" + hash + "', 4)").c_str());
  folder.run_sql(kToSecondSchema);
  if (schema == 3) folder.run_sql(kToThirdSchema);
  folder.run_sql(R"(UPDATE blobs SET facts = '{"tier":"Cool","lease":{"id":"held"}}')");
  if (schema == 3) {
    folder.run_sql(
        "INSERT INTO blobs SELECT 8, container, name, '2026-11-20T15:16:38.0400000Z', size, type, encoding, "
        "language, disposition, cache_control, md5, metadata, etag, created, modified, '' FROM blobs");
    folder.run_sql(("INSERT INTO pieces VALUES(8, 0, '', '" + hash + "', 4)").c_str());
  }
  auto store = folder.open();
  const auto found = store->find(blob("dir/a"));
  REQUIRE(found);
  CHECK(found->tier == "Cool");
  CHECK(found->lease.id == "held");
  CHECK_FALSE(found->deletion);
  CHECK(open_blob(*store, blob("dir/a"), "", 100)->content.bytes == "kept");
  BlobScan scan;
  scan.snapshots = true;
  scan.deleted_at = kNow;
  CHECK(store->list(kContainer, scan)->size() == static_cast<std::size_t>(schema - 1));
}

TEST_CASE("What is soft-deleted survives a restart with its times, and frees its space when they are over") {
  Folder folder;
  {
    auto store = folder.open();
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
    REQUIRE(store->update_account_settings("acct", [](const std::string&) {
      return std::string(
          "<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>1</Days>"
          "</DeleteRetentionPolicy></StorageServiceProperties>");
    }));
    put(*store, "a", "old");
    put(*store, "a", "newer");
    REQUIRE(delete_blob(*store, blob("a"), {}, kNow));
    put(*store, "b", "stays!");
  }
  auto store = folder.open();
  CHECK(folder.content_bytes() == 14);
  BlobScan scan;
  scan.snapshots = true;
  scan.deleted_at = kNow;
  const auto listed = store->list(kContainer, scan);
  REQUIRE(listed->size() == 3);
  CHECK(listed->front().deletion == SoftDeletion{kNow, kNow + std::chrono::days(1)});
  REQUIRE(store->forget_expired(kNow + std::chrono::days(1)));
  CHECK(folder.content_bytes() == 6);
  CHECK(open_blob(*store, blob("b"), "", 100)->content.bytes == "stays!");
}

TEST_CASE("Snapshots survive a restart, keep their content, and free it when they go") {
  Folder folder;
  std::string time;
  {
    auto store = folder.open();
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
    put(*store, "a", "old");
    time = snapshot_blob(*store, blob("a"), Metadata{{"k", "v"}}, {}, kNow)->snapshot;
    put(*store, "a", "newer");
  }
  auto store = folder.open();
  const BlobId id{"acct", "files", "a", time};
  CHECK(open_blob(*store, id, "", 100)->content.bytes == "old");
  CHECK(store->find(id)->metadata == Metadata{{"k", "v"}});
  CHECK(folder.content_bytes() == 8);
  REQUIRE(delete_blob(*store, id, {}, kNow));
  CHECK(folder.content_bytes() == 5);
}

TEST_CASE("Tier and tags survive a restart") {
  Folder folder;
  {
    auto store = folder.open();
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
    PutOptions options;
    options.tags = {{"a", "1"}, {"b", ""}};
    options.tier = "Cold";
    REQUIRE(put_blob(*store, blob("a"), "x", options, kNow));
  }
  auto store = folder.open();
  CHECK(store->find(blob("a"))->tags == Tags{{"a", "1"}, {"b", ""}});
  CHECK(store->list(kContainer, {})->front().tier == "Cold");
}

TEST_CASE("A lease survives a restart") {
  Folder folder;
  const LeaseAction acquire{LeaseAction::Kind::acquire, "", "id", std::chrono::seconds(60), {}};
  const LeaseAction break_it{LeaseAction::Kind::break_it, "", "", {}, {}};
  Lease blob_lease;
  Lease container_lease;
  {
    auto store = folder.open();
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
    put(*store, "a", "x");
    blob_lease = lease_blob(*store, blob("a"), acquire, {}, kNow)->lease;
    REQUIRE(lease_container(*store, kContainer, acquire, {}, kNow));
    container_lease = lease_container(*store, kContainer, break_it, {}, kNow)->lease;
  }
  auto store = folder.open();
  CHECK(store->find(blob("a"))->lease == blob_lease);
  CHECK(store->list(kContainer, {})->front().lease == blob_lease);
  CHECK(store->find_container(kContainer)->lease == container_lease);
  CHECK(lease_state(container_lease, kNow) == LeaseState::breaking);
}

TEST_CASE("A file that is no blob store is not overwritten") {
  Folder folder;
  fs::create_directories(folder.path());
  std::ofstream(folder.path() / "blobs.db") << std::string(4096, 'x');
  auto garbage = folder.try_open();
  REQUIRE_FALSE(garbage);
  CHECK(garbage.error().kind == base::ErrorKind::corrupt);
  CHECK(fs::file_size(folder.path() / "blobs.db") == 4096);

  Folder other;
  fs::create_directories(other.path());
  other.run_sql("PRAGMA application_id = 1; CREATE TABLE theirs(x)");
  CHECK(other.try_open().error().kind == base::ErrorKind::corrupt);
}

TEST_CASE("A content file that was damaged is reported, not served") {
  Folder folder;
  auto store = folder.open();
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  put(*store, "a", "whole");
  std::ofstream(folder.files("content").front(), std::ios::trunc) << "who";
  CHECK(open_blob(*store, blob("a"), "", 100).reason() == Reason::unavailable);
}

TEST_CASE("Content that was freed is read from the disk again when it comes back") {
  Folder folder;
  auto store = folder.open();
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  put(*store, "a", "whole");
  CHECK(open_blob(*store, blob("a"), "", 100)->content.bytes == "whole");
  put(*store, "a", "other");
  put(*store, "b", "whole");
  for (const fs::path& file : folder.files("content")) std::ofstream(file, std::ios::trunc) << "who";
  CHECK(open_blob(*store, blob("b"), "", 100).reason() == Reason::unavailable);
}

TEST_CASE("A container that is deleted takes its blobs along, also those that were just read") {
  Folder folder;
  auto store = folder.open();
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  put(*store, "a", "whole");
  CHECK(open_blob(*store, blob("a"), "", 100));
  REQUIRE(delete_container(*store, kContainer, {}, kNow));
  CHECK(open_blob(*store, blob("a"), "", 100).reason() == Reason::container_not_found);
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  CHECK(open_blob(*store, blob("a"), "", 100).reason() == Reason::blob_not_found);
}

TEST_CASE("A large body is read as it is sent, whatever becomes of its blob meanwhile") {
  constexpr std::size_t kBlock = 5'000'000;
  Folder folder;
  auto store = folder.open();
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  std::string whole;
  std::vector<BlockReference> blocks;
  for (const char letter : {'a', 'b', 'c'}) {
    const std::string id(4, letter);
    const auto content = store->receive(std::string(kBlock, letter), {});
    REQUIRE(content);
    REQUIRE(store->stage_block(blob("large"), id, *content, base::Durability::process));
    whole += std::string(kBlock, letter);
    blocks.push_back({BlockSource::latest, id});
  }
  const auto record = commit_blocks(*store, blob("large"), blocks, {}, kNow);
  REQUIRE(record);
  const http::ByteRange range{kBlock - 7, 9'000'000};
  auto body = store->stream(*record, range);
  REQUIRE(body);
  REQUIRE(std::holds_alternative<std::shared_ptr<http::BodySource>>(*body));
  put(*store, "large", "small");
  CHECK(folder.files("content").size() == 4);
  const auto read = http::body_text(*body);
  REQUIRE(read);
  CHECK(*read == whole.substr(range.first, range.length));
  *body = std::string();
  CHECK(folder.files("content").size() == 1);
}

TEST_CASE("The store's folder is for its owner alone") {
  Folder folder;
  auto store = folder.open();
  CHECK((fs::status(folder.path()).permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
        fs::perms::none);
}

TEST_CASE("A disk that refuses fails the put and nothing else, and recovery needs no restart") {
  Folder folder;
  auto store = folder.open();
  REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
  put(*store, "a", "before");
  fs::rename(folder.path() / "incoming", folder.path() / "away");
  CHECK(put_blob(*store, blob("a"), "during", {}, kNow).reason() == Reason::unavailable);
  CHECK(open_blob(*store, blob("a"), "", 100)->content.bytes == "before");
  fs::rename(folder.path() / "away", folder.path() / "incoming");
  put(*store, "a", "after");
  CHECK(open_blob(*store, blob("a"), "", 100)->content.bytes == "after");
}

TEST_CASE("What was acknowledged survives kill -9 in the middle of the next writes") {
  Folder folder;
  folder.open().reset();
  int acknowledged[2];
  REQUIRE(pipe(acknowledged) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // Writes until it is killed, and tells of each blob once it is stored. Never returns to the test program.
    auto store = folder.try_open();
    if (!store || !ensure_container(**store, kContainer, AccessLevel::none, kNow)) _exit(1);
    for (unsigned char i = 0;; ++i) {
      PutOptions options;
      options.durability = i % 2 == 0 ? base::Durability::power : base::Durability::process;
      if (!put_blob(**store, blob(std::to_string(i)), std::string(1000 + i, 'x'), options, kNow)) _exit(2);
      if (write(acknowledged[1], &i, 1) != 1) _exit(3);
    }
  }
  close(acknowledged[1]);
  unsigned char last = 0;
  while (last < 40 && read(acknowledged[0], &last, 1) == 1) {
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(acknowledged[0], &last, 1) == 1) {
  }
  close(acknowledged[0]);
  REQUIRE(last >= 40);
  auto store = folder.open();
  for (int i = 0; i <= last; ++i) {
    CAPTURE(i);
    auto open = open_blob(*store, blob(std::to_string(i)), "", 10'000);
    REQUIRE(open);
    CHECK(open->content.bytes == std::string(1000 + static_cast<std::size_t>(i), 'x'));
  }
  CHECK(folder.files("incoming").empty());
}
