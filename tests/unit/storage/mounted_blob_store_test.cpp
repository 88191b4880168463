// What only a mounted folder promises: files are the truth, whoever wrote them.
#include "emulator/storage/mounted_blob_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "emulator/base/file.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/mounted_records.h"
#include "emulator/storage/sqlite_blob_store.h"
#include "spdlog/spdlog.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::storage;
namespace fs = std::filesystem;

namespace {

const ContainerId kContainer{"acct", "files"};
const base::WallTime kNow{base::Duration{1'700'000'000'000}};

BlobId blob(const std::string& name) {
  return {kContainer.account, kContainer.container, name};
}

// A store over a database, with one container that is a folder; it can be opened again.
class Deploy {
 public:
  Deploy() { reopen(); }

  void reopen(const std::string& folder = "deploy") {
    store.reset();
    auto below = open_sqlite_blob_store(base_.path() / "storage", std::make_shared<spdlog::logger>("test"));
    REQUIRE(below);
    auto mounted = MountedBlobStore::open(std::move(*below), {{kContainer, base_.path() / folder, false}});
    REQUIRE(mounted);
    store = std::move(*mounted);
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::container, kNow));
  }

  fs::path path(const std::string& name) const { return base_.path() / "deploy" / name; }

  // As a person's tools would, and long enough ago that its times tell everything.
  void write(const std::string& name, const std::string& text, int age_seconds = 60) {
    fs::create_directories(path(name).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    fs::last_write_time(path(name), fs::file_time_type::clock::now() - std::chrono::seconds(age_seconds));
  }
  std::string text(const std::string& name) const {
    auto bytes = base::read_file(path(name), 1 << 20);
    REQUIRE(bytes);
    return bytes->value_or("(absent)");
  }

  BlobRecord put(const std::string& name, const std::string& bytes, const PutOptions& options = {}) {
    auto put = put_blob(*store, blob(name), bytes, options, kNow);
    REQUIRE(put);
    return *put;
  }
  BlobRecord find(const std::string& name) {
    auto found = store->find(blob(name));
    REQUIRE(found);
    return *found;
  }
  std::string get(const std::string& name) {
    auto open = open_blob(*store, blob(name), "", 1 << 30);
    REQUIRE(open);
    return std::string(open->content.bytes);
  }
  std::vector<std::string> names(const BlobScan& scan = {}) {
    auto found = store->list(kContainer, scan);
    REQUIRE(found);
    std::vector<std::string> names;
    for (const BlobRecord& record : *found) names.push_back(record.name);
    return names;
  }
  // All that is in the folder, ours or not.
  std::vector<std::string> paths() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(path("")))
      found.push_back(entry.path().lexically_relative(path("")).string());
    std::sort(found.begin(), found.end());
    return found;
  }

  std::unique_ptr<MountedBlobStore> store;

 private:
  base::TemporaryFolder base_ = *base::TemporaryFolder::create("exthost-mounts");
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Deploy, "A file is a blob at once, with a type by its name and the time it was written") {
  write("config.json", "{}");
  write("1.0.0.1.zip", "PK");
  write("docs/a b", "text");
  CHECK(names() == Names{"1.0.0.1.zip", "config.json", "docs/a b"});
  const BlobRecord config = find("config.json");
  CHECK(config.size_bytes == 2);
  CHECK(config.properties.type == "application/json; charset=utf-8");
  CHECK(find("docs/a b").properties.type == "application/octet-stream");
  CHECK(config.etag.substr(0, 5) == "\"0x8D");
  struct stat status {};
  REQUIRE(::stat(path("config.json").c_str(), &status) == 0);
  CHECK(config.last_modified ==
        base::WallTime(std::chrono::seconds(status.st_mtim.tv_sec) +
                       std::chrono::milliseconds(status.st_mtim.tv_nsec / 1'000'000)));
  CHECK(get("config.json") == "{}");
  CHECK(store->list(kContainer, {})->front().etag == find("1.0.0.1.zip").etag);
}

TEST_CASE_METHOD(Deploy,
                 "A file that others change is another state of the blob, and one that is gone is gone") {
  write("a", "one");
  const BlobRecord before = find("a");
  CHECK(find("a").etag == before.etag);
  write("a", "two", 50);
  CHECK(find("a").etag != before.etag);
  CHECK(get("a") == "two");
  CHECK(store->read(before, {0, 3}).reason() == Reason::content_replaced);
  CHECK(store->stream(before, {0, 3}).reason() == Reason::content_replaced);
  fs::remove(path("a"));
  CHECK(store->find(blob("a")).reason() == Reason::blob_not_found);
  CHECK(names().empty());
}

TEST_CASE("A file just written has an etag that it will not keep, since another write might not show") {
  constexpr std::int64_t kWritten = 1'700'000'000'123'456'789;
  const package::SourceFile file{"a", 3, kWritten, kWritten, 7};
  const auto etag = [&](std::int64_t after_ns) {
    return blob_of_file(kContainer, file, std::nullopt, kWritten + after_ns).etag;
  };
  CHECK(etag(1'000'000) == etag(2'000'000));
  CHECK(etag(1'000'000) != etag(60'000'000'000));
  CHECK(etag(60'000'000'000) == etag(90'000'000'000));
  BlobRecord kept = blob_of_file(kContainer, file, std::nullopt, kWritten);
  kept.etag = "\"ours\"";
  CHECK(blob_of_file(kContainer, file, kept, kWritten).etag == "\"ours\"");
}

TEST_CASE_METHOD(Deploy,
                 "A put makes a file that others can read, with its folders; a deletion takes them away") {
  const mode_t before = ::umask(022);
  put("a/b/c.txt", "hello");
  ::umask(before);
  CHECK(text("a/b/c.txt") == "hello");
  CHECK(paths() == Names{"a", "a/b", "a/b/c.txt"});
  CHECK(fs::status(path("a/b/c.txt")).permissions() == fs::perms(0644));
  CHECK(fs::status(path("a")).permissions() == fs::perms(0755));
  put("a/d", "");
  REQUIRE(delete_blob(*store, blob("a/b/c.txt"), {}, kNow));
  CHECK(paths() == Names{"a", "a/d"});
  REQUIRE(delete_blob(*store, blob("a/d"), {}, kNow));
  CHECK(paths().empty());
  CHECK(fs::is_directory(path("")));
}

TEST_CASE_METHOD(Deploy, "A put that is refused leaves the folder as it was") {
  PutOptions match;
  match.conditions.if_match = "\"0x8D0\"";
  CHECK(put_blob(*store, blob("a/b"), "x", match, kNow).reason() == Reason::condition_failed);
  CHECK_FALSE(fs::exists(path("a")));
  Content lost;
  lost.hash = std::string(64, '0');
  lost.size_bytes = 3;
  CHECK(put_blob(*store, blob("a/b"), lost, {}, kNow).reason() == Reason::unavailable);
  CHECK(paths().empty());
}

TEST_CASE_METHOD(Deploy,
                 "What a file can't hold stays with it, also over a restart, until others change the file") {
  PutOptions options;
  options.properties.type = "text/x-special";
  options.metadata = {{"who", "me"}};
  options.tags = {{"stage", "one"}};
  const BlobRecord put_record = put("a", "text", options);
  write("b", "foreign");
  const auto foreign = set_blob_metadata(*store, blob("b"), {{"k", "v"}}, {}, kNow);
  REQUIRE(foreign);
  CHECK(foreign->properties.type == "application/octet-stream");
  write("c", "untouched");
  const std::string untouched = find("c").etag;

  reopen();
  const BlobRecord a = find("a");
  CHECK(a.etag == put_record.etag);
  CHECK(a.properties.type == "text/x-special");
  CHECK(a.metadata == options.metadata);
  CHECK(a.tags == options.tags);
  CHECK(a.last_modified == kNow);
  CHECK(find("b").etag == foreign->etag);
  CHECK(find("b").metadata == Metadata{{"k", "v"}});
  CHECK(find("c").etag == untouched);
  CHECK((*store->list(kContainer, {}))[0].metadata == options.metadata);

  write("a", "text");
  CHECK(find("a").metadata.empty());
  CHECK(find("a").tags.empty());
  CHECK(find("a").etag != put_record.etag);
}

TEST_CASE_METHOD(Deploy, "What is kept for another folder's files counts no more") {
  put("a", "x");
  REQUIRE(snapshot_blob(*store, blob("a"), std::nullopt, {}, kNow));
  BlobScan scan;
  scan.snapshots = true;
  reopen("elsewhere");
  CHECK(names(scan).empty());
  reopen();
  CHECK(names(scan) == Names{"a"});
}

TEST_CASE("A container's own blobs are out of sight while a folder is mounted there, and not lost") {
  base::TemporaryFolder folder = *base::TemporaryFolder::create("exthost-mounts");
  const auto below = [&] {
    return *open_sqlite_blob_store(folder.path() / "storage", std::make_shared<spdlog::logger>("test"));
  };
  {
    auto store = below();
    REQUIRE(ensure_container(*store, kContainer, AccessLevel::none, kNow));
    REQUIRE(put_blob(*store, blob("own"), "x", {}, kNow));
  }
  {
    auto store = *MountedBlobStore::open(below(), {{kContainer, folder.path() / "deploy", false}});
    CHECK(store->list(kContainer, {})->empty());
    REQUIRE(put_blob(*store, blob("file"), "x", {}, kNow));
    CHECK(store->list_containers("acct", {})->size() == 1);
  }
  auto store = below();
  REQUIRE(store->list(kContainer, {})->size() == 1);
  CHECK(store->list(kContainer, {})->front().name == "own");
}

TEST_CASE_METHOD(Deploy, "Shared are regular files below the folder, and links to them inside it") {
  write("real", "text");
  write("sub/real", "text");
  write("../outside", "secret");
  fs::create_symlink("real", path("link"));
  fs::create_symlink("../../outside", path("sub/out"));
  fs::create_symlink(path("../outside"), path("out"));
  fs::create_symlink("sub", path("linked folder"));
  fs::create_symlink("nowhere", path("broken"));
  fs::create_symlink("loop", path("loop"));
  REQUIRE(::mkfifo(path("pipe").c_str(), 0600) == 0);
  write("\xff.bin", "not UTF-8");
  write("back\\slash", "no blob can have this name");
  write(".exthost-emu-0123456789abcdef.tmp", "unfinished");
  write(".hidden", "a dot alone hides nothing");
  CHECK(names() == Names{".hidden", "link", "real", "sub/real"});
  CHECK(get("link") == "text");
  for (const char* name : {"out", "sub/out", "linked folder/real", "broken", "loop", "pipe", "\xff.bin",
                           "sub", ".exthost-emu-0123456789abcdef.tmp", "../outside", "/etc/passwd", ""}) {
    CAPTURE(name);
    CHECK(store->find(blob(name)).reason() == Reason::blob_not_found);
  }
  put("link", "its own");
  CHECK(text("real") == "text");
  CHECK(put_blob(*store, blob("linked folder/new"), "x", {}, kNow).failure().code == "ResourceTypeMismatch");
  CHECK_FALSE(fs::exists(path("sub/new")));
}

TEST_CASE_METHOD(Deploy, "Lists go through folders in the order of the names, from any name on") {
  for (const char* name : {"a/x", "a-b", "a.b", "a0", "a/sub/y", "b/1", "b/2", "c"}) write(name, "x");
  const Names all{"a-b", "a.b", "a/sub/y", "a/x", "a0", "b/1", "b/2", "c"};
  CHECK(names() == all);
  CHECK(names({"a/", "", 10}) == Names{"a/sub/y", "a/x"});
  CHECK(names({"a/s", "", 10}) == Names{"a/sub/y"});
  CHECK(names({"b", "b/2", 10}) == Names{"b/2"});
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(names({"", all[i], 2}) ==
          Names(all.begin() + static_cast<std::ptrdiff_t>(i),
                all.begin() + static_cast<std::ptrdiff_t>(std::min(i + 2, all.size()))));
  }
  put("b/1", "x");
  REQUIRE(snapshot_blob(*store, blob("b/1"), std::nullopt, {}, kNow));
  fs::remove(path("b/1"));
  put("a-b", "x");
  fs::remove(path("a-b"));
  BlobScan scan;
  scan.snapshots = true;
  CHECK(names(scan) == Names{"a.b", "a/sub/y", "a/x", "a0", "b/1", "b/2", "c"});
  scan.from = "a/x";
  scan.position = std::string("~") + '\0';
  CHECK(names(scan) == Names{"a0", "b/1", "b/2", "c"});
}

TEST_CASE_METHOD(Deploy, "A file that is cut short while it is sent ends the sending, and nothing else") {
  write("big", std::string(300'000, 'a'));
  const BlobRecord record = find("big");
  auto body = store->stream(record, {10, 299'990});
  REQUIRE(body);
  auto source = std::get<std::shared_ptr<http::BodySource>>(*body);
  CHECK(source->length() == 299'990);
  auto slices = store->read(record, {0, 300'000});
  REQUIRE(slices);
  std::string buffer(1000, '\0');
  CHECK(*source->read(buffer) == 1000);
  CHECK(buffer == std::string(1000, 'a'));
  fs::resize_file(path("big"), 5);
  CHECK_FALSE(source->read(buffer));
  CHECK(slices->front().bytes == std::string(300'000, 'a'));
}

TEST_CASE_METHOD(Deploy, "A file that is replaced while it is sent is sent as it was") {
  write("a", "first");
  auto body = store->stream(find("a"), {0, 5});
  REQUIRE(body);
  put("a", "other");
  auto sent = http::body_text(*body);
  REQUIRE(sent);
  CHECK(*sent == "first");
}

TEST_CASE_METHOD(Deploy, "A part of a huge file is read without the rest") {
  write("huge", "");
  fs::resize_file(path("huge"), 5ull << 30);
  fs::last_write_time(path("huge"), fs::file_time_type::clock::now() - std::chrono::minutes(1));
  auto body = store->stream(find("huge"), {(5ull << 30) - 3, 3});
  REQUIRE(body);
  CHECK(*http::body_text(*body) == std::string(3, '\0'));
}

TEST_CASE_METHOD(Deploy, "A blob made of blocks is a file, and keeps its blocks for the next commit") {
  for (const char* id : {"1", "2"}) {
    auto content = store->receive(std::string(3, id[0]), {});
    REQUIRE(store->stage_block(blob("a"), id, *content, base::Durability::process));
  }
  using enum BlockSource;
  REQUIRE(commit_blocks(*store, blob("a"), {{latest, "2"}, {latest, "1"}}, {}, kNow));
  CHECK(text("a") == "222111");
  reopen();
  REQUIRE(commit_blocks(*store, blob("a"), {{committed, "1"}, {committed, "1"}, {latest, "2"}}, {}, kNow));
  CHECK(text("a") == "111111222");
  write("a", "foreign");
  CHECK(commit_blocks(*store, blob("a"), {{committed, "1"}}, {}, kNow).reason() ==
        Reason::invalid_block_list);
}

TEST_CASE_METHOD(
    Deploy, "Copies go into a folder, out of it and inside it, of what the source was when it was held") {
  const BlobId plain{"acct", "plain", "copy"};
  REQUIRE(ensure_container(*store, plain.in(), AccessLevel::none, kNow));
  const CopyState state{"11111111-1111-1111-1111-111111111111", "http://here/source", kNow};
  const auto copy = [&](const BlobRecord& source, const BlobId& to) {
    return copy_blob(*store, to, source, {}, state, kNow);
  };
  write("source", "by hand");
  const BlobRecord source = find("source");
  auto held = store->hold(source, base::Durability::power);
  REQUIRE(held);
  fs::remove(path("source"));
  REQUIRE(copy(source, plain));
  REQUIRE(copy(source, blob("inside/copy")));
  CHECK(store->read(source, {0, 7})->front().bytes == "by hand");
  auto block = store->receive("x", {});
  block->hash = source.pieces.front().hash;
  block->size_bytes = source.size_bytes;
  REQUIRE(store->stage_block(plain, "1", *block, base::Durability::power));
  held->reset();
  CHECK(text("inside/copy") == "by hand");
  CHECK(find("inside/copy").copy == state);
  CHECK(open_blob(*store, plain, "", 100)->content.bytes == "by hand");
  REQUIRE(commit_blocks(*store, plain, {{BlockSource::latest, "1"}}, {}, kNow));
  CHECK(open_blob(*store, plain, "", 100)->content.bytes == "by hand");
  CHECK(store->hold(source, base::Durability::power).reason() == Reason::content_replaced);

  REQUIRE(put_blob(*store, plain, "from the store", {}, kNow));
  const auto out = store->find(plain);
  held = store->hold(*out, base::Durability::power);
  REQUIRE(held);
  REQUIRE(copy(*out, blob("inside/copy")));
  CHECK(text("inside/copy") == "from the store");
}

TEST_CASE_METHOD(Deploy, "A blob of several blocks is copied whole") {
  for (const char* id : {"1", "2"}) {
    auto content = store->receive(std::string(3, id[0]), {});
    REQUIRE(store->stage_block(blob("a"), id, *content, base::Durability::process));
  }
  REQUIRE(
      commit_blocks(*store, blob("a"), {{BlockSource::latest, "2"}, {BlockSource::latest, "1"}}, {}, kNow));
  const BlobRecord source = find("a");
  auto held = store->hold(source, base::Durability::process);
  std::vector<Piece> pieces = source.pieces;
  for (Piece& piece : pieces) piece.block_id.clear();
  REQUIRE(put_shared_blob(*store, blob("b"), pieces, {}, kNow));
  CHECK(text("b") == "222111");
}

TEST_CASE_METHOD(Deploy, "A snapshot keeps what a file was, whoever overwrites it") {
  write("a", "first");
  const auto snapshot = snapshot_blob(*store, blob("a"), std::nullopt, {}, kNow);
  REQUIRE(snapshot);
  write("a", "second, by somebody else");
  const BlobId id{kContainer.account, kContainer.container, "a", snapshot->snapshot};
  reopen();
  CHECK(open_blob(*store, id, "", 100)->content.bytes == "first");
  CHECK(get("a") == "second, by somebody else");
}

TEST_CASE_METHOD(Deploy, "A condition is judged by the file as it is when the write takes place") {
  write("a", "one");
  PutOptions match;
  match.conditions.if_match = find("a").etag;
  auto content = store->receive("mine", {});
  int asked = 0;
  const auto editor = [&](const BlobState& state) -> Outcome<BlobEdit> {
    if (++asked == 1) write("a", "theirs", 40);  // while what the edit needs is made
    if (!state.blob || state.blob->etag != match.conditions.if_match)
      return Failure{Reason::condition_failed, "", {}};
    BlobEdit edit;
    edit.blob = BlobRecord();
    edit.blob->pieces = {Piece{"", content->hash, content->size_bytes}};
    return edit;
  };
  CHECK(store->update(blob("a"), editor, base::Durability::process).reason() == Reason::condition_failed);
  CHECK(asked == 2);
  CHECK(text("a") == "theirs");
  CHECK(paths() == Names{"a"});
}

TEST_CASE_METHOD(Deploy,
                 "A look tells what others changed since the one before, and nothing of our own writes") {
  write("a", "x");
  write("b", "x");
  Names heard;
  auto subscription = store->on_change([&](const Change& change) { heard.push_back(change.blob.name); });
  const auto look = [&] {
    heard.clear();
    store->look(kContainer);
    return heard;
  };
  CHECK(look().empty());
  write("a", "y", 50);
  fs::remove(path("b"));
  write("sub/c", "x");
  CHECK(look() == Names{"a", "sub/c", "b"});
  CHECK(look().empty());
  put("d", "ours");
  CHECK(heard == Names{"d"});
  REQUIRE(delete_blob(*store, blob("a"), {}, kNow));
  CHECK(look().empty());
}

TEST_CASE_METHOD(Deploy, "A file that was written a moment before a look is told again by the next") {
  store->look(kContainer);
  Names heard;
  auto subscription = store->on_change([&](const Change& change) { heard.push_back(change.blob.name); });
  write("a", "x", -3600);
  store->look(kContainer);
  store->look(kContainer);
  CHECK(heard == Names{"a", "a"});
}

TEST_CASE_METHOD(Deploy, "Unfinished files of a killed process are removed at the start, others' are not") {
  write("sub/.exthost-emu-0123456789abcdef.tmp", "half");
  write(".other.tmp", "theirs");
  reopen();
  CHECK(paths() == Names{".other.tmp", "sub"});
}

TEST_CASE_METHOD(Deploy, "A folder that is not there is an empty container, until something is put") {
  CHECK(names().empty());
  CHECK_FALSE(fs::exists(path("")));
  store->look(kContainer);
  put("a", "x");
  CHECK(names() == Names{"a"});
  fs::remove_all(path(""));
  CHECK(names().empty());
}
