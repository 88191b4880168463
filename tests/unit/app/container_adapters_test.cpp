#include "emulator/app/container_adapters.h"

#include "emulator/base/file.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/model/codes.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/memory_blob_store.h"
#include "tests/support/catch.h"

using namespace exthost;
using State = hosting::Fetched::State;

namespace {

/// A container of our own, as the hosting service reads it and as a watcher writes it.
struct Container {
  Container() { REQUIRE(storage::ensure_container(store, id, storage::AccessLevel::container, clock.now())); }

  base::VirtualScheduler clock{base::WallTime{std::chrono::seconds(1'800'000'000)}};
  std::unique_ptr<storage::BlobStore> owned = storage::make_memory_blob_store();
  storage::BlobStore& store = *owned;
  storage::Locations locations;
  storage::ContainerId id{"devstoreaccount1", "demo"};
  std::shared_ptr<hosting::ContainerSource> source =
      app::make_store_source(store, locations, id, "/devstoreaccount1/demo");
  std::unique_ptr<watch::ContainerSink> sink = app::make_store_sink(store, id, clock);
};

}  // namespace

TEST_CASE("what a watcher puts is what the hosting service gets, and only once") {
  Container container;
  REQUIRE(container.sink->put("config.json", watch::Content::of("{}")));
  const auto first = container.source->get("config.json", "", 100);
  REQUIRE(first);
  CHECK(first->state == State::found);
  CHECK(first->bytes == "{}");
  const auto again = container.source->get("config.json", first->etag, 100);
  REQUIRE(again);
  CHECK(again->state == State::not_modified);
}

TEST_CASE("a blob that is not there is absent, a container that is not there is unavailable") {
  Container container;
  const auto absent = container.source->get("1.0.0.1.zip", "", 100);
  REQUIRE(absent);
  CHECK(absent->state == State::absent);

  const auto nowhere = app::make_store_source(container.store, container.locations,
                                              {"devstoreaccount1", "other"}, "/devstoreaccount1/other");
  const auto unavailable = nowhere->get("config.json", "", 100);
  REQUIRE_FALSE(unavailable);
  CHECK(unavailable.error().kind == base::ErrorKind::unavailable);
  CHECK(unavailable.error().code == model::codes::kStorageUnavailable);
}

TEST_CASE(
    "while the primary endpoint is out the hosting service reads nothing, and a watcher goes on writing") {
  Container container;
  REQUIRE(container.sink->put("config.json", watch::Content::of("{}")));
  for (const auto outage : {storage::Outage::primary, storage::Outage::both}) {
    container.locations.set_outage(outage);
    const auto refused = container.source->get("config.json", "", 100);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::unavailable);
    CHECK(refused.error().code == model::codes::kStorageUnavailable);
  }
  CHECK(container.sink->put("config.json", watch::Content::of("[]")));
  container.locations.set_outage(storage::Outage::secondary);
  CHECK(container.source->get("config.json", "", 100)->bytes == "[]");
}

TEST_CASE("a package is one blob, and what an earlier one had is not asked of it") {
  Container container;
  const auto folder = base::TemporaryFolder::create("adapters-test");
  REQUIRE(folder);
  const auto write = [&](const std::string& name, const std::string& text) {
    REQUIRE(base::write_file(folder->path() / name, text, base::Durability::process));
  };
  const auto get = [&](const std::string& name) {
    return std::string(container.source->get(name, "", 1'000'000)->bytes);
  };
  for (int i = 0; i < 50; ++i)
    write("file" + std::to_string(i) + ".js", "export default " + std::to_string(i));
  package::PackageBuilder builder(folder->path(), {});
  const auto first = **builder.build();
  const auto etag = container.sink->put_new_zip("1.0.0.1.zip", first);
  REQUIRE(etag);
  CHECK(get("1.0.0.1.zip") == first.package->bytes());
  CHECK(container.source->get("1.0.0.1.zip", *etag, 1'000'000)->state == State::not_modified);
  CHECK(container.sink->put_new_zip("1.0.0.1.zip", first).error().kind == base::ErrorKind::conflict);

  write("file7.js", "export default 'seven'");
  const auto second = **builder.build();
  REQUIRE(container.sink->put_new_zip("1.0.0.2.zip", second));
  CHECK(get("1.0.0.2.zip") == second.package->bytes());
  CHECK(second.package->bytes() == package::build_folder(folder->path(), {})->package->bytes());

  // What the store had has gone with its blobs: the package gives all of it.
  write("file8.js", "export default 'eight'");
  const auto third = **builder.build();
  REQUIRE(container.sink->remove("1.0.0.1.zip"));
  REQUIRE(container.sink->remove("1.0.0.2.zip"));
  REQUIRE(container.sink->put_new_zip("1.0.0.3.zip", third));
  CHECK(get("1.0.0.3.zip") == third.package->bytes());
}

TEST_CASE("a blob over the limit is refused") {
  Container container;
  REQUIRE(container.sink->put("config.json", watch::Content::of(std::string(101, ' '))));
  const auto refused = container.source->get("config.json", "", 100);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kSourceTooLarge);
}

TEST_CASE("a put that expects another state changes nothing") {
  Container container;
  REQUIRE(container.sink->put_if_unchanged("config.json", watch::Content::of("1"), ""));
  CHECK(container.sink->put_if_unchanged("config.json", watch::Content::of("2"), "").error().kind ==
        base::ErrorKind::conflict);
  CHECK(
      container.sink->put_if_unchanged("config.json", watch::Content::of("2"), "\"0xOTHER\"").error().kind ==
      base::ErrorKind::conflict);
  const auto blob = container.sink->get("config.json");
  REQUIRE(blob);
  REQUIRE(*blob);
  CHECK((*blob)->content.bytes == "1");
  CHECK(container.sink->put_if_unchanged("config.json", watch::Content::of("2"), (*blob)->etag));
}

TEST_CASE("a blob that a client has leased is not taken for one that has changed") {
  Container container;
  REQUIRE(container.sink->put("config.json", watch::Content::of("1")));
  storage::LeaseAction acquire;
  acquire.proposed_id = "5f6e0ae0-0000-4000-8000-000000000000";
  REQUIRE(storage::lease_blob(container.store, {"devstoreaccount1", "demo", "config.json"}, acquire, {},
                              container.clock.now()));
  const auto blob = container.sink->get("config.json");
  REQUIRE(blob);
  const auto refused =
      container.sink->put_if_unchanged("config.json", watch::Content::of("2"), (*blob)->etag);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == base::ErrorKind::unavailable);
  CHECK_THAT(refused.error().message, ContainsSubstring("lease"));
}

TEST_CASE("every blob is listed, however many there are, and removing twice is no failure") {
  Container container;
  constexpr std::size_t kBlobs = 5010;  // more than one page of a scan
  for (std::size_t i = 0; i < kBlobs; ++i) {
    REQUIRE(container.sink->put("blob-" + std::to_string(i), watch::Content::of("x")));
  }
  const auto names = container.sink->list();
  REQUIRE(names);
  CHECK(names->size() == kBlobs);
  CHECK(container.sink->remove("blob-0"));
  CHECK(container.sink->remove("blob-0"));
  const auto gone = container.sink->get("blob-0");
  REQUIRE(gone);
  CHECK_FALSE(*gone);
}
