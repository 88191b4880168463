// What stays restorable when a blob goes, and blobs that are not committed yet, in each store.
#include "emulator/storage/list_page.h"
#include "tests/contract/blob_stores.h"

using namespace exthost;
using namespace exthost::storage;
using namespace exthost::test;

namespace {

const base::WallTime kNextWeek = kNow + std::chrono::days(7);

void keep_for(BlobStore& store, int days) {
  const std::string settings =
      days == 0 ? "<StorageServiceProperties/>"
                : "<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>" +
                      std::to_string(days) + "</Days></DeleteRetentionPolicy></StorageServiceProperties>";
  REQUIRE(store.update_account_settings("acct", [&](const std::string&) { return settings; }));
}

// What is under a name, as an editor sees it.
BlobState state_of(BlobStore& store, const std::string& name) {
  BlobState seen;
  (void)store.update(
      blob(name),
      [&](const BlobState& state) -> Outcome<BlobEdit> {
        seen = state;
        return Failure{Reason::condition_failed, ""};
      },
      base::Durability::process);
  return seen;
}

// `a`, a soft-deleted one as `(a)`, an uncommitted one as `?a`, a snapshot as `a@` and its time's end.
std::string describe(const BlobRecord& record) {
  std::string text = record.name;
  if (!record.snapshot.empty()) text += "@" + record.snapshot.substr(record.snapshot.size() - 2, 1);
  if (record.deletion) text = "(" + text + ")";
  return is_uncommitted(record) ? "?" + text : text;
}

using Names = std::vector<std::string>;

// All pages of that size, and whatever it is the same list.
Names list_all(BlobStore& store, ListQuery query, std::size_t page_size) {
  Names names;
  query.limit = page_size;
  do {
    REQUIRE(names.size() < 100);  // else the pages go round in circles
    auto page = list_page(store, kContainer, query);
    REQUIRE(page);
    for (const ListEntry& entry : page->entries) {
      names.push_back(entry.prefix.empty() ? describe(entry.blob) : entry.prefix + "*");
    }
    query.from = page->next;
    query.position = page->next_position;
  } while (!query.from.empty());
  return names;
}
Names list_all(BlobStore& store, const ListQuery& query) {
  const Names names = list_all(store, query, 5000);
  for (std::size_t page_size = 1; page_size < 4; ++page_size) {
    CHECK(list_all(store, query, page_size) == names);
  }
  return names;
}

ListQuery everything(base::WallTime now = kNow) {
  ListQuery query;
  query.snapshots = true;
  query.deleted_at = now;
  query.uncommitted = true;
  return query;
}

}  // namespace

FOR_BOTH_STORES(
    "A blob that is deleted under a policy is gone for readers, and comes back with its content") {
  keep_for(*this->store, 7);
  const BlobRecord before = this->put("a", "kept");
  const auto deleted = delete_blob(*this->store, blob("a"), {}, kNow);
  REQUIRE(deleted);
  CHECK_FALSE(deleted->permanent);
  CHECK(this->store->find(blob("a")).reason() == Reason::blob_not_found);
  CHECK(this->names({}).empty());
  CHECK(delete_blob(*this->store, blob("a"), {}, kNow).reason() == Reason::blob_not_found);
  CHECK(list_all(*this->store, everything()) == Names{"(a)"});
  REQUIRE(undelete_blob(*this->store, blob("a"), kLater));
  CHECK(this->get("a") == "kept");
  CHECK(this->store->find(blob("a"))->etag == before.etag);
  CHECK(list_all(*this->store, everything()) == Names{"a"});
}

FOR_BOTH_STORES("Without a policy a deletion is for good, and frees the content") {
  const BlobRecord before = this->put("a", "gone");
  CHECK(delete_blob(*this->store, blob("a"), {}, kNow)->permanent);
  CHECK(list_all(*this->store, everything()).empty());
  CHECK(this->store->read(before, {0, 4}).reason() == Reason::content_replaced);
  CHECK(undelete_blob(*this->store, blob("a"), kNow).reason() == Reason::blob_not_found);
}

FOR_BOTH_STORES("An overwrite under a policy keeps what was there as a soft-deleted snapshot") {
  keep_for(*this->store, 7);
  this->put("a", "first");
  this->put("a", "second");
  this->stage("a", "1", "third");
  REQUIRE(commit_blocks(*this->store, blob("a"), {{BlockSource::latest, "1"}}, {}, kNow));
  REQUIRE(set_blob_metadata(*this->store, blob("a"), {{"k", "v"}}, {}, kNow));
  REQUIRE(set_blob_properties(*this->store, blob("a"), {}, {}, kNow));
  CHECK(list_all(*this->store, everything()) == Names{"(a@0)", "(a@1)", "a"});
  ListQuery without_snapshots = everything();
  without_snapshots.snapshots = false;
  CHECK(list_all(*this->store, without_snapshots) == Names{"a"});
  const std::string first = state_of(*this->store, "a").deleted.front().snapshot;
  const BlobId id{"acct", "files", "a", first};
  CHECK(this->store->find(id).reason() == Reason::blob_not_found);
  REQUIRE(undelete_blob(*this->store, blob("a"), kNow));
  CHECK(list_all(*this->store, everything()) == Names{"a@0", "a@1", "a"});
  CHECK(open_blob(*this->store, id, "", 100)->content.bytes == "first");
  CHECK(this->get("a") == "third");
}

FOR_BOTH_STORES(
    "Snapshots that are deleted come back with their blob, and only live ones hold a deletion off") {
  keep_for(*this->store, 7);
  this->put("a", "x");
  const auto snapshot = snapshot_blob(*this->store, blob("a"), std::nullopt, {}, kNow);
  REQUIRE(snapshot);
  const BlobId id{"acct", "files", "a", snapshot->snapshot};
  CHECK(delete_blob(*this->store, blob("a"), {}, kNow).reason() == Reason::snapshots_present);
  CHECK_FALSE(delete_blob(*this->store, id, {}, kNow)->permanent);
  CHECK(this->store->find(id).reason() == Reason::blob_not_found);
  CHECK(snapshot_blob(*this->store, blob("a"), std::nullopt, {}, kNow)->snapshot > snapshot->snapshot);
  CHECK_FALSE(delete_blob(*this->store, blob("a"), {}, kNow, SnapshotDeletion::only)->permanent);
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  CHECK(list_all(*this->store, everything()) == Names{"(a@0)", "(a@1)", "(a)"});
  REQUIRE(undelete_blob(*this->store, blob("a"), kNow));
  CHECK(list_all(*this->store, everything()) == Names{"a@0", "a@1", "a"});
  CHECK(this->store->find(id));
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow, SnapshotDeletion::include));
  CHECK(list_all(*this->store, everything()) == Names{"(a@0)", "(a@1)", "(a)"});
}

FOR_BOTH_STORES(
    "A put over a soft-deleted blob is a new blob, and makes the old one a soft-deleted snapshot") {
  keep_for(*this->store, 7);
  this->put("a", "old");
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  keep_for(*this->store, 0);  // what is kept stays so
  PutOptions options;
  options.conditions = Conditions::must_not_exist();
  const auto put = put_blob(*this->store, blob("a"), "new", options, kLater);
  REQUIRE(put);
  CHECK(put->created == kLater);
  CHECK(list_all(*this->store, everything()) == Names{"(a@0)", "a"});
  CHECK(state_of(*this->store, "a").deleted.front().deletion->until == kNextWeek);
  REQUIRE(undelete_blob(*this->store, blob("a"), kLater));
  CHECK(this->get("a") == "new");
  const std::string old = state_of(*this->store, "a").snapshots.front().snapshot;
  CHECK(open_blob(*this->store, {"acct", "files", "a", old}, "", 100)->content.bytes == "old");
}

FOR_BOTH_STORES("An archived blob that is overwritten is not kept; one that is deleted is") {
  keep_for(*this->store, 7);
  PutOptions options;
  options.tier = kArchive;
  this->put("a", "old", options);
  this->put("a", "new", options);
  CHECK(list_all(*this->store, everything()) == Names{"a"});
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  CHECK(list_all(*this->store, everything()) == Names{"(a)"});
}

FOR_BOTH_STORES(
    "What is kept too long is never shown and never restored, and is forgotten with its content") {
  keep_for(*this->store, 7);
  const BlobRecord blob_a = this->put("a", "deleted");
  this->put("b", "other");
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  const base::WallTime just_before = kNextWeek - base::Duration(1);
  CHECK(list_all(*this->store, everything(just_before)) == Names{"(a)", "b"});
  CHECK(list_all(*this->store, everything(kNextWeek)) == Names{"b"});
  CHECK(undelete_blob(*this->store, blob("a"), kNextWeek).reason() == Reason::blob_not_found);
  REQUIRE(this->store->forget_expired(just_before));
  CHECK(this->store->read(blob_a, {0, 7}));
  REQUIRE(this->store->forget_expired(kNextWeek));
  CHECK(this->store->read(blob_a, {0, 7}).reason() == Reason::content_replaced);
  CHECK(list_all(*this->store, everything(kNow)) == Names{"b"});
  CHECK(this->get("b") == "other");
}

FOR_BOTH_STORES("A policy that is changed changes nothing about what was deleted before") {
  keep_for(*this->store, 7);
  this->put("a", "x");
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  keep_for(*this->store, 1);
  this->put("b", "x");
  REQUIRE(delete_blob(*this->store, blob("b"), {}, kNow));
  CHECK(list_all(*this->store, everything(kNow + std::chrono::days(2))) == Names{"(a)"});
}

FOR_BOTH_STORES("A soft-deleted blob is not leased, and undeleting asks for no lease") {
  keep_for(*this->store, 7);
  this->put("a", "x");
  const LeaseAction acquire{LeaseAction::Kind::acquire, "", "id", {}, {}};
  REQUIRE(lease_blob(*this->store, blob("a"), acquire, {}, kNow));
  Conditions holder;
  holder.lease_id = "id";
  REQUIRE(delete_blob(*this->store, blob("a"), holder, kNow));
  REQUIRE(undelete_blob(*this->store, blob("a"), kNow));
  CHECK(this->store->find(blob("a"))->lease == Lease());
  REQUIRE(lease_blob(*this->store, blob("a"), acquire, {}, kNow));
  REQUIRE(undelete_blob(*this->store, blob("a"), kNow));
  CHECK(this->store->find(blob("a"))->lease.id == "id");
}

FOR_BOTH_STORES("A container is deleted with what is soft-deleted in it") {
  keep_for(*this->store, 7);
  const BlobRecord record = this->put("a", "x");
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  REQUIRE(delete_container(*this->store, kContainer, {}, kNow));
  REQUIRE(ensure_container(*this->store, kContainer, AccessLevel::none, kNow));
  CHECK(list_all(*this->store, everything()).empty());
  CHECK(this->store->read(record, {0, 1}).reason() == Reason::content_replaced);
}

FOR_BOTH_STORES("Blobs of which there are only blocks are listed on demand, in their places") {
  for (const char* name : {"dir/a", "z"}) this->put(name, "x");
  for (const char* name : {"a", "dir/b", "sub/c", "z"}) {
    this->stage(name, "1", "one");
    this->stage(name, "2", "two");
  }
  CHECK(list_all(*this->store, {}) == Names{"dir/a", "z"});
  ListQuery query;
  query.uncommitted = true;
  CHECK(list_all(*this->store, query) == Names{"?a", "dir/a", "?dir/b", "?sub/c", "z"});
  query.delimiter = "/";
  CHECK(list_all(*this->store, query) == Names{"?a", "dir/*", "sub/*", "z"});
  query.prefix = "dir/";
  CHECK(list_all(*this->store, query) == Names{"dir/a", "?dir/b"});
}

FOR_BOTH_STORES("Blocks for a soft-deleted blob lie beside it") {
  keep_for(*this->store, 7);
  for (const char* name : {"a", "b"}) this->put(name, "x");
  REQUIRE(delete_blob(*this->store, blob("a"), {}, kNow));
  this->stage("a", "1", "block");
  CHECK(list_all(*this->store, everything()) == Names{"(a)", "?a", "b"});
  ListQuery without_deleted = everything();
  without_deleted.deleted_at.reset();
  CHECK(list_all(*this->store, without_deleted) == Names{"?a", "b"});
  ListQuery without_snapshots = everything();
  without_snapshots.snapshots = false;
  CHECK(list_all(*this->store, without_snapshots) == Names{"(a)", "?a", "b"});
  REQUIRE(undelete_blob(*this->store, blob("a"), kNow));
  CHECK(list_all(*this->store, everything()) == Names{"a", "b"});
  CHECK(this->store->staged_blocks(blob("a"))->size() == 1);
}

FOR_BOTH_STORES("A listing with a delimiter that takes several scans names each blob once") {
  for (int i = 0; i < 1100; ++i) this->put(std::to_string(10'000 + i), "x");
  ListQuery query;
  query.delimiter = "/";
  auto page = list_page(*this->store, kContainer, query);
  REQUIRE(page);
  CHECK(page->entries.size() == 1100);
}
