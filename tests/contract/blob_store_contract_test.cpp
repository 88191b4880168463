// What every BlobStore promises, asked of each of them.
#include <atomic>
#include <cstring>
#include <filesystem>
#include <thread>

#include "emulator/base/hash.h"
#include "tests/contract/blob_stores.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

// A body that gives a few bytes at a time and fails, if it is told to, before its end.
class PiecewiseBody final : public http::BodyReader {
 public:
  PiecewiseBody(std::string bytes, bool fails) : bytes_(std::move(bytes)), fails_(fails) {}
  base::Result<std::size_t> read(std::span<char> buffer) override {
    if (fails_ && sent_ > bytes_.size() / 2) {
      return base::Error{base::ErrorKind::unavailable, "the client went away", ""};
    }
    const std::size_t count = std::min({buffer.size(), std::size_t{7}, bytes_.size() - sent_});
    std::memcpy(buffer.data(), bytes_.data() + sent_, count);
    sent_ += count;
    return count;
  }

 private:
  std::string bytes_;
  bool fails_;
  std::size_t sent_ = 0;
};

}  // namespace

FOR_EVERY_STORE("A blob that was put is read back with its properties and metadata") {
  PutOptions options;
  options.properties = {"text/plain", "identity", "en", "attachment", "no-cache", std::string("\0\1\xff", 3)};
  options.metadata = {{"b", "2"}, {"A", "one"}};
  this->put("dir/a.txt", "hello", options);

  auto found = this->store->find(blob("dir/a.txt"));
  REQUIRE(found);
  CHECK(found->name == "dir/a.txt");
  CHECK(found->size_bytes == 5);
  CHECK(found->properties == options.properties);
  CHECK(found->metadata == options.metadata);
  CHECK(found->created == kNow);
  CHECK(found->last_modified == kNow);
  CHECK(this->get("dir/a.txt") == "hello");
}

FOR_EVERY_STORE("A blob without a type is a stream of octets, and an empty blob is a blob") {
  CHECK(this->put("empty", "").properties.type == "application/octet-stream");
  CHECK(this->get("empty").empty());
}

FOR_EVERY_STORE("Content is described as it is taken in") {
  ReceiveOptions options;
  options.md5 = true;
  options.crc64 = true;
  PiecewiseBody body("abc", false);
  auto content = this->store->receive(body, options);
  REQUIRE(content);
  CHECK(content->size_bytes == 3);
  CHECK(content->hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(content->md5 == "\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96\x3f\x7d\x28\xe1\x7f\x72");
  CHECK(base::base64_encode(content->crc64) == "6/rBP7vK5QU=");  // storage-api.md 3.6
}

FOR_EVERY_STORE("Content whose hash the caller knows is taken in under it, once") {
  ReceiveOptions options;
  options.durability = base::Durability::process;
  options.sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  options.md5 = true;
  const auto first = this->store->receive("abc", options);
  const auto second = this->store->receive("abc", options);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(second->hash == options.sha256);
  CHECK(second->size_bytes == 3);
  CHECK(second->md5 == first->md5);
  REQUIRE(put_blob(*this->store, blob("a"), *second, {}, kNow));
  CHECK(this->get("a") == "abc");
}

FOR_EVERY_STORE("What is absent is told apart: the container, or the blob") {
  CHECK(this->store->find(blob("none")).reason() == Reason::blob_not_found);
  CHECK(this->store->find({"acct", "none", "x"}).reason() == Reason::container_not_found);
  CHECK(this->store->find({"other", "files", "x"}).reason() == Reason::container_not_found);
  CHECK(this->store->find_container({"acct", "none"}).reason() == Reason::container_not_found);
  CHECK(this->store->list({"acct", "none"}, {}).reason() == Reason::container_not_found);
  CHECK(put_blob(*this->store, {"acct", "none", "x"}, "x", {}, kNow).reason() == Reason::container_not_found);
  CHECK(delete_blob(*this->store, blob("none"), {}, kNow).reason() == Reason::blob_not_found);
  CHECK(this->store->staged_blocks({"acct", "none", "x"}).reason() == Reason::container_not_found);
}

FOR_BOTH_STORES("A copy shares the content, and each of the two outlives the other") {
  const BlobRecord source = this->put("source", "shared");
  auto held = this->store->hold(source, base::Durability::power);
  REQUIRE(held);
  REQUIRE(delete_blob(*this->store, blob("source"), {}, kNow));
  const CopyState copy{"11111111-1111-1111-1111-111111111111", "http://here/source", kLater};
  REQUIRE(copy_blob(*this->store, blob("copy"), source, {}, copy, kLater));
  held->reset();
  CHECK(this->get("copy") == "shared");
  auto found = this->store->find(blob("copy"));
  REQUIRE(found);
  CHECK(found->copy == copy);
  CHECK(found->pieces == source.pieces);
  CHECK(this->store->list(kContainer, {})->front().copy == copy);
  REQUIRE(copy_blob(*this->store, blob("again"), *found, {}, copy, kLater));
  REQUIRE(delete_blob(*this->store, blob("copy"), {}, kLater));
  CHECK(this->get("again") == "shared");
}

FOR_EVERY_STORE("Content that is gone can't be held") {
  const BlobRecord old = this->put("a", "old");
  this->put("a", "new");
  CHECK(this->store->hold(old, base::Durability::process).reason() == Reason::content_replaced);
  const BlobRecord empty = this->put("empty", "");
  CHECK(this->store->hold(empty, base::Durability::power));
}

FOR_EVERY_STORE("Every write gives a new etag, also one of equal content") {
  const BlobRecord first = this->put("a", "same");
  const BlobRecord second = this->put("a", "same");
  CHECK(first.etag.substr(0, 5) == "\"0x8D");
  CHECK(second.etag != first.etag);
  auto third = set_blob_metadata(*this->store, blob("a"), {{"k", "v"}}, {}, kNow);
  REQUIRE(third);
  CHECK(third->etag != second.etag);
  CHECK(this->get("a") == "same");
}

FOR_EVERY_STORE("A put with a condition is done only if it holds, and says which failed") {
  PutOptions absent;
  absent.conditions = Conditions::must_not_exist();
  CHECK(put_blob(*this->store, blob("a"), "1", absent, kNow));
  CHECK(put_blob(*this->store, blob("a"), "2", absent, kNow).reason() == Reason::blob_exists);

  PutOptions match;
  match.conditions.if_match = "\"0x8D0000000000000\"";
  CHECK(put_blob(*this->store, blob("a"), "3", match, kNow).reason() == Reason::condition_failed);
  match.conditions.if_match = this->store->find(blob("a"))->etag;
  CHECK(put_blob(*this->store, blob("a"), "4", match, kNow));
  CHECK(this->get("a") == "4");
}

FOR_EVERY_STORE("A put replaces properties and metadata but keeps the time of creation") {
  PutOptions first;
  first.properties.type = "text/html";
  first.metadata = {{"k", "v"}};
  this->put("a", "1", first);
  auto second = put_blob(*this->store, blob("a"), "2", {}, kLater);
  REQUIRE(second);
  CHECK(second->properties.type == "application/octet-stream");
  CHECK(second->metadata.empty());
  CHECK(second->created == kNow);
  CHECK(second->last_modified == kLater);
}

FOR_EVERY_STORE("A reader that has the content is told so, and a limit is kept") {
  const BlobRecord record = this->put("a", "12345");
  CHECK(open_blob(*this->store, blob("a"), record.etag, 100).reason() == Reason::not_modified);
  CHECK(open_blob(*this->store, blob("a"), "\"other\"", 100));
  CHECK(open_blob(*this->store, blob("a"), "", 4).reason() == Reason::invalid_input);
}

FOR_EVERY_STORE("A deleted blob is gone, and its name can be used again") {
  this->put("a", "1");
  CHECK(delete_blob(*this->store, blob("a"), {}, kNow));
  CHECK(this->store->find(blob("a")).reason() == Reason::blob_not_found);
  this->put("a", "2");
  CHECK(this->get("a") == "2");
}

FOR_EVERY_STORE("What a reader has opened stays readable when the blob is replaced or deleted") {
  this->put("a", "old");
  auto open = open_blob(*this->store, blob("a"), "", 100);
  REQUIRE(open);
  this->put("a", "new");
  CHECK(delete_blob(*this->store, blob("a"), {}, kNow));
  CHECK(open->content.bytes == "old");
}

FOR_BOTH_STORES("Overwritten content is freed at once, unless another blob has the same") {
  const BlobRecord old = this->put("a", "only here");
  const BlobRecord shared = this->put("b", "shared");
  this->put("c", "shared");
  this->put("a", "something else");
  this->put("b", "something else");
  CHECK(this->store->read(old, {0, 9}).reason() == Reason::content_replaced);
  CHECK(this->store->read(shared, {0, 6}));
  CHECK(this->get("c") == "shared");
}

FOR_EVERY_STORE(
    "Content taken in stays while it is held, also if a blob with the same is deleted meanwhile") {
  auto content = this->store->receive("twice", {});
  REQUIRE(content);
  this->put("a", "twice");
  CHECK(delete_blob(*this->store, blob("a"), {}, kNow));
  REQUIRE(put_blob(*this->store, blob("b"), *content, {}, kNow));
  CHECK(this->get("b") == "twice");
}

FOR_EVERY_STORE("Parts of a blob are read across its blocks without touching the rest") {
  this->stage("a", "id1", "abc");
  this->stage("a", "id2", "def");
  this->stage("a", "id3", "ghi");
  using enum BlockSource;
  auto record = commit_blocks(*this->store, blob("a"),
                              {{latest, "id3"}, {latest, "id1"}, {uncommitted, "id2"}}, {}, kNow);
  REQUIRE(record);
  CHECK(record->size_bytes == 9);
  auto slices = this->store->read(*record, {2, 5});
  REQUIRE(slices);
  std::string text;
  for (const auto& slice : *slices) text += slice.bytes;
  CHECK(text == "iabcd");
  CHECK(this->get("a") == "ghiabcdef");
}

FOR_EVERY_STORE("A commit takes committed and uncommitted blocks, and drops the rest") {
  this->stage("a", "1", "old one");
  this->stage("a", "2", "two");
  REQUIRE(commit_blocks(*this->store, blob("a"), {{BlockSource::latest, "1"}, {BlockSource::latest, "2"}}, {},
                        kNow));
  this->stage("a", "1", "new one");
  this->stage("a", "3", "never named");
  REQUIRE(commit_blocks(
      *this->store, blob("a"),
      {{BlockSource::committed, "1"}, {BlockSource::uncommitted, "1"}, {BlockSource::latest, "2"}}, {},
      kNow));
  CHECK(this->get("a") == "old onenew onetwo");
  CHECK(this->store->staged_blocks(blob("a"))->empty());
}

FOR_EVERY_STORE("A commit that names a block that is not there changes nothing") {
  this->put("a", "before");
  this->stage("a", "1", "one");
  const auto commit = [&](BlockSource source, const std::string& id) {
    return commit_blocks(*this->store, blob("a"), {{source, id}}, {}, kNow).reason();
  };
  CHECK(commit(BlockSource::latest, "2") == Reason::invalid_block_list);
  CHECK(commit(BlockSource::committed, "1") == Reason::invalid_block_list);
  CHECK(this->get("a") == "before");
  CHECK(this->store->staged_blocks(blob("a"))->size() == 1);
}

FOR_EVERY_STORE("Blocks of one blob have ids of one length, and a block staged again replaces the first") {
  this->stage("a", "aa", "first");
  auto content = this->store->receive("x", {});
  CHECK(this->store->stage_block(blob("a"), "b", *content, base::Durability::process).reason() ==
        Reason::block_id_length);
  this->stage("a", "aa", "second!");
  auto staged = this->store->staged_blocks(blob("a"));
  REQUIRE(staged->size() == 1);
  CHECK(staged->front().size_bytes == 7);
}

FOR_EVERY_STORE("Staged blocks alone make no blob, and a put drops them") {
  this->stage("a", "1", "one");
  CHECK(this->store->find(blob("a")).reason() == Reason::blob_not_found);
  this->put("a", "whole");
  CHECK(this->store->staged_blocks(blob("a"))->empty());
}

FOR_EVERY_STORE("Blobs are listed in byte order, from a name on, with a prefix, up to a limit") {
  for (const char* name : {"b", "a/2", "a/1", "A", "\xc3\xa4", "a-"}) this->put(name, "x");
  using Names = std::vector<std::string>;
  CHECK(this->names({}) == Names{"A", "a-", "a/1", "a/2", "b", "\xc3\xa4"});
  CHECK(this->names({"a/", "", 10}) == Names{"a/1", "a/2"});
  CHECK(this->names({"a", "a/2", 10}) == Names{"a/2"});
  CHECK(this->names({"a", "b", 10}).empty());
  CHECK(this->names({"", "a", 2}) == Names{"a-", "a/1"});
}

FOR_BOTH_STORES("A blob's name may be where another's folder is") {
  this->put("a/b", "1");
  this->put("a", "2");
  CHECK(this->names({}) == std::vector<std::string>{"a", "a/b"});
}

FOR_EVERY_STORE("A snapshot keeps what the blob was, until it is deleted itself") {
  this->put("a", "first");
  const auto first = snapshot_blob(*this->store, blob("a"), std::nullopt, {}, kNow);
  const auto again = snapshot_blob(*this->store, blob("a"), std::nullopt, {}, kNow);
  REQUIRE(first);
  REQUIRE(again);
  CHECK(again->snapshot > first->snapshot);
  this->put("a", "second");
  const BlobId id{kContainer.account, kContainer.container, "a", first->snapshot};
  CHECK(this->get("a") == "second");
  CHECK(open_blob(*this->store, id, "", 100)->content.bytes == "first");
  CHECK(this->store->find(id)->etag == first->etag);
  CHECK(delete_blob(*this->store, blob("a"), {}, kNow).reason() == Reason::snapshots_present);
  REQUIRE(delete_blob(*this->store, id, {}, kNow));
  CHECK(this->store->find(id).reason() == Reason::blob_not_found);
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow, SnapshotDeletion::only));
  CHECK(this->store->read(*again, {0, 5}).reason() == Reason::content_replaced);
  CHECK(this->get("a") == "second");
  REQUIRE(snapshot_blob(*this->store, blob("a"), std::nullopt, {}, kNow));
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow, SnapshotDeletion::include));
  BlobScan scan;
  scan.snapshots = true;
  CHECK(this->names(scan).empty());
}

FOR_EVERY_STORE("Snapshots are listed on demand, the oldest first, ahead of their blob, from a position on") {
  for (const char* name : {"a", "b"}) {
    this->put(name, "x");
    REQUIRE(snapshot_blob(*this->store, blob(name), std::nullopt, {}, kNow));
    REQUIRE(snapshot_blob(*this->store, blob(name), std::nullopt, {}, kLater));
  }
  using Names = std::vector<std::string>;
  CHECK(this->names({}) == Names{"a", "b"});
  BlobScan scan;
  scan.snapshots = true;
  CHECK(this->names(scan) == Names{"a", "a", "a", "b", "b", "b"});
  auto found = this->store->list(kContainer, scan);
  CHECK((*found)[0].snapshot < (*found)[1].snapshot);
  CHECK((*found)[2].snapshot.empty());
  scan.from = "a";
  scan.position = position_of((*found)[1]);
  CHECK(this->names(scan) == Names{"a", "a", "b", "b", "b"});
  scan.position = "~";
  CHECK(this->names(scan) == Names{"a", "b", "b", "b"});
  scan.prefix = "b";
  CHECK(this->names(scan) == Names{"b", "b", "b"});
}

FOR_BOTH_STORES("Containers are made, listed, changed and deleted with all they hold") {
  NewContainer wanted{AccessLevel::blob, {{"k", "v"}}};
  REQUIRE(create_container(*this->store, {"acct", "second"}, wanted, kNow));
  CHECK(create_container(*this->store, {"acct", "second"}, wanted, kNow).reason() ==
        Reason::container_exists);
  REQUIRE(create_container(*this->store, {"other", "third"}, {}, kNow));
  auto listed = this->store->list_containers("acct", {"", "", 10});
  REQUIRE(listed);
  REQUIRE(listed->size() == 2);
  CHECK((*listed)[0].name == "files");
  CHECK((*listed)[1].metadata == wanted.metadata);

  const std::vector<StoredPolicy> policies{{"p", "2026-01-01", "2027-01-01", "rl"}};
  REQUIRE(set_container_access(*this->store, {"acct", "second"}, AccessLevel::none, policies, {}, kNow));
  auto second = this->store->find_container({"acct", "second"});
  CHECK(second->access == AccessLevel::none);
  CHECK(second->policies == policies);
  CHECK(second->metadata == wanted.metadata);

  const BlobRecord record = this->put("a", "gone with its container");
  REQUIRE(delete_container(*this->store, kContainer, {}, kNow));
  CHECK(delete_container(*this->store, kContainer, {}, kNow).reason() == Reason::container_not_found);
  CHECK(this->store->read(record, {0, 4}).reason() == Reason::content_replaced);
  REQUIRE(ensure_container(*this->store, kContainer, AccessLevel::none, kNow));
  CHECK(this->names({}).empty());
}

FOR_EVERY_STORE("A container that is there already keeps its blobs and takes the access level asked for") {
  this->put("a", "1");
  const auto before = this->store->find_container(kContainer);
  REQUIRE(ensure_container(*this->store, kContainer, AccessLevel::container, kLater));
  CHECK(this->store->find_container(kContainer)->etag == before->etag);
  REQUIRE(ensure_container(*this->store, kContainer, AccessLevel::none, kLater));
  CHECK(this->store->find_container(kContainer)->access == AccessLevel::none);
  CHECK(this->get("a") == "1");
}

FOR_EVERY_STORE("A body that breaks off, or is longer than allowed, leaves nothing") {
  PiecewiseBody broken(std::string(100, 'x'), true);
  CHECK(this->store->receive(broken, {}).reason() == Reason::unavailable);
  ReceiveOptions short_one;
  short_one.limit_bytes = 99;
  PiecewiseBody longer(std::string(100, 'x'), false);
  CHECK(this->store->receive(longer, short_one).reason() == Reason::invalid_input);
  CHECK(this->store->receive(std::string(100, 'x'), short_one).reason() == Reason::invalid_input);
}

FOR_EVERY_STORE("Followers hear of each change once it can be read, until they leave") {
  std::vector<std::string> heard;
  auto subscription = this->store->on_change([&](const Change& change) {
    heard.push_back(change.blob.name);
    if (change.blob.name == "a") CHECK(this->get("a") == "1");
  });
  this->put("a", "1");
  REQUIRE(set_container_metadata(*this->store, kContainer, {{"k", "v"}}, {}, kNow));
  CHECK(put_blob(*this->store, {"acct", "none", "x"}, "x", {}, kNow).reason() == Reason::container_not_found);
  CHECK(heard == std::vector<std::string>{"a", ""});
  subscription.reset();
  this->put("b", "1");
  CHECK(heard.size() == 2);
}

FOR_EVERY_STORE("Readers see the old blob or the new, whole, while writers replace it") {
  const auto filled = [](char letter) {
    return std::string(20'000 + static_cast<std::size_t>(letter), letter);
  };
  this->put("a", filled('a'));
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  const auto read_on = [&] {
    while (!done) {
      auto open = open_blob(*this->store, blob("a"), "", 1 << 20);
      if (!open || open->content.bytes != filled(open->content.bytes.front()) ||
          open->record.size_bytes != open->content.bytes.size()) {
        ++torn;
      }
    }
  };
  std::thread first(read_on);
  std::thread second(read_on);
  PutOptions relaxed;
  relaxed.durability = base::Durability::process;
  for (int i = 0; i < 200; ++i) {
    if (!put_blob(*this->store, blob("a"), filled(static_cast<char>('a' + i % 26)), relaxed, kNow)) ++torn;
  }
  done = true;
  first.join();
  second.join();
  CHECK(torn == 0);
}

FOR_EVERY_STORE(
    "No reader sees a blob older than what was acknowledged to a writer or read by anybody before") {
  PutOptions relaxed;
  relaxed.durability = base::Durability::process;
  const auto put_number = [&](const std::string& name, int number) {
    return put_blob(*this->store, blob(name), std::to_string(number), relaxed, kNow);
  };
  const std::vector<std::string> names{"a", "b"};
  std::vector<std::atomic<int>> newest(names.size());  // what somebody knows of
  for (const std::string& name : names) REQUIRE(put_number(name, 0));
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  const auto learn = [&](std::size_t i, int number) {
    int known = newest[i];
    while (known < number && !newest[i].compare_exchange_weak(known, number)) {
    }
  };
  const auto read_on = [&] {
    while (!done) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        const int known = newest[i];
        auto open = open_blob(*this->store, blob(names[i]), "", 100);
        const int number = open ? std::stoi(std::string(open->content.bytes)) : -1;
        if (number < known) ++wrong;
        learn(i, number);
      }
    }
  };
  std::thread first(read_on);
  std::thread second(read_on);
  for (int number = 1; number <= 100; ++number) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!put_number(names[i], number)) ++wrong;
      learn(i, number);
    }
  }
  done = true;
  first.join();
  second.join();
  CHECK(wrong == 0);
}

FOR_EVERY_STORE("A container and its blobs are read as they are, however often they were read before") {
  this->put("a", "one");
  for (int round = 0; round < 3; ++round) {
    for (const AccessLevel access : {AccessLevel::blob, AccessLevel::container, AccessLevel::none}) {
      REQUIRE(set_container_access(*this->store, kContainer, access, {}, {}, kNow));
      CHECK(this->store->find_container(kContainer)->access == access);
      CHECK(this->store->find_container(kContainer)->access == access);
    }
    REQUIRE(set_blob_metadata(*this->store, blob("a"), {{"round", std::to_string(round)}}, {}, kNow));
    CHECK(this->store->find(blob("a"))->metadata.front().value == std::to_string(round));
    CHECK(this->store->find(blob("a"))->metadata.front().value == std::to_string(round));
    this->put("a", std::to_string(round));
    CHECK(this->get("a") == std::to_string(round));
    CHECK(this->get("a") == std::to_string(round));
  }
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  CHECK(this->store->find(blob("a")).reason() == Reason::blob_not_found);
  this->put("a", "again");
  CHECK(this->get("a") == "again");
}

FOR_EVERY_STORE("Of writers that all want the blob to be new, one wins") {
  std::atomic<int> won{0};
  std::atomic<int> lost{0};
  const auto write = [&] {
    PutOptions options;
    options.conditions = Conditions::must_not_exist();
    for (int i = 0; i < 20; ++i) {
      auto put = put_blob(*this->store, blob("n" + std::to_string(i)), "x", options, kNow);
      if (put) ++won;
      if (!put && put.reason() == Reason::blob_exists) ++lost;
    }
  };
  std::thread first(write);
  std::thread second(write);
  first.join();
  second.join();
  CHECK(won == 20);
  CHECK(lost == 20);
}

FOR_EVERY_STORE("An account's settings are kept") {
  CHECK(this->store->account_settings("acct")->empty());
  REQUIRE(
      this->store->update_account_settings("acct", [](const std::string&) { return std::string("<a/>"); }));
  REQUIRE(this->store->update_account_settings("acct",
                                               [](const std::string& before) { return before + "<b/>"; }));
  CHECK(*this->store->account_settings("acct") == "<a/><b/>");
  CHECK(this->store->account_settings("other")->empty());
  const auto refuse = [](const std::string&) -> Outcome<std::string> {
    return Failure{Reason::invalid_input, "no"};
  };
  CHECK(this->store->update_account_settings("acct", refuse).reason() == Reason::invalid_input);
  CHECK(*this->store->account_settings("acct") == "<a/><b/>");
}

FOR_BOTH_STORES("A page blob's type, size and sequence number are kept, and it reads as zeros") {
  REQUIRE(create_blob(*this->store, blob("disk"), {BlobType::page, 1024, 42}, {}, kNow));
  const auto found = this->store->find(blob("disk"));
  REQUIRE(found);
  CHECK(found->type == BlobType::page);
  CHECK(found->size_bytes == 1024);
  CHECK(found->sequence_number == 42);
  CHECK(this->get("disk") == std::string(1024, '\0'));
  const auto listed = this->store->list(kContainer, {"", "", 10});
  REQUIRE(listed);
  CHECK(listed->front().type == BlobType::page);
}
