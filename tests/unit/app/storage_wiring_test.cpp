#include "emulator/app/storage_wiring.h"

#include "emulator/base/virtual_scheduler.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/memory_blob_store.h"
#include "tests/support/catch.h"

using namespace exthost;

namespace {

struct Store {
  base::VirtualScheduler clock{base::WallTime{std::chrono::seconds(1'800'000'000)}};
  std::unique_ptr<storage::BlobStore> owned = storage::make_memory_blob_store();
  storage::BlobStore& store = *owned;
  app::Settings settings;

  Store() {
    settings.extensions.resize(1);
    settings.extensions[0].name = "Demo";
    settings.extensions[0].storage.account = "mybiza";
    settings.extensions[0].storage.container = "demo";
  }
  void add(const std::string& account, const std::string& name, std::optional<storage::AccessLevel> access) {
    app::ContainerEntry entry;
    entry.account = account;
    entry.name = name;
    entry.access = access;
    settings.storage.containers.push_back(entry);
  }
  void prepare() { REQUIRE(app::prepare_store(store, settings, clock.now())); }
  storage::AccessLevel access(const std::string& account, const std::string& name) const {
    const auto found = store.find_container({account, name});
    REQUIRE(found);
    return found->access;
  }
};

}  // namespace

TEST_CASE("every account that the settings name exists, with its keys or the well-known one") {
  Store store;
  store.settings.storage.accounts = {{"keyed", {"a2V5MQ==", "a2V5Mg=="}}};
  store.add("boxes", "box", std::nullopt);
  const auto accounts = app::make_accounts(store.settings);
  REQUIRE(accounts);
  CHECK(accounts->names() == std::vector<std::string>{"boxes", "devstoreaccount1", "keyed", "mybiza"});
  CHECK(accounts->keys("keyed") == std::vector<std::string>{"key1", "key2"});
  for (const char* name : {"boxes", "devstoreaccount1", "mybiza"})
    CHECK(accounts->first_key_text(name) == storage::kDevelopmentKey);

  store.settings.storage.accounts = {{"devstoreaccount1", {"a2V5MQ=="}}, {"mybiza", {"a2V5Mg=="}}};
  const auto own = app::make_accounts(store.settings);
  CHECK(own->keys("devstoreaccount1") == std::vector<std::string>{"key1"});
  CHECK(own->keys("mybiza") == std::vector<std::string>{"key2"});
}

TEST_CASE("containers are made as the settings want them, and an extension's is readable by anyone") {
  Store store;
  store.add("devstoreaccount1", "open", storage::AccessLevel::blob);
  store.add("devstoreaccount1", "closed", std::nullopt);
  store.add("mybiza", "demo", std::nullopt);
  store.prepare();
  CHECK(store.access("mybiza", "demo") == storage::AccessLevel::container);
  CHECK(store.access("devstoreaccount1", "open") == storage::AccessLevel::blob);
  CHECK(store.access("devstoreaccount1", "closed") == storage::AccessLevel::none);
}

TEST_CASE("the settings win over what the store has, and leave alone what they do not name") {
  Store store;
  store.add("devstoreaccount1", "box", storage::AccessLevel::container);
  const std::string before =
      "<StorageServiceProperties><Cors><CorsRule><AllowedOrigins>*</AllowedOrigins>"
      "<AllowedMethods>PUT</AllowedMethods><MaxAgeInSeconds>1</MaxAgeInSeconds></CorsRule>"
      "</Cors></StorageServiceProperties>";
  for (const char* account : {"devstoreaccount1", "mybiza"}) {
    REQUIRE(store.store.update_account_settings(
        account, [&](const std::string&) -> storage::Outcome<std::string> { return before; }));
  }
  for (const char* name : {"box", "other"}) {
    const storage::ContainerId id{"devstoreaccount1", name};
    REQUIRE(storage::ensure_container(store.store, id, storage::AccessLevel::blob, store.clock.now()));
    REQUIRE(
        storage::put_blob(store.store, {"devstoreaccount1", name, "kept"}, "bytes", {}, store.clock.now()));
  }
  app::CorsEntry cors;
  cors.account = "mybiza";
  cors.rules = {{"https://localhost:14430", "GET", "*", "", "3600"}};
  store.settings.storage.cors = {cors};
  store.prepare();
  CHECK(store.access("devstoreaccount1", "box") == storage::AccessLevel::container);
  CHECK(store.access("devstoreaccount1", "other") == storage::AccessLevel::blob);
  CHECK(store.store.find({"devstoreaccount1", "box", "kept"}));
  const auto rules = storage::cors_rules(*store.store.account_settings("mybiza"));
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].origins == "https://localhost:14430");
  CHECK(storage::cors_rules(*store.store.account_settings("devstoreaccount1")).at(0).methods == "PUT");
}

TEST_CASE("connection strings are for the extensions' account, if they share one") {
  Store store;
  CHECK(app::usual_account(store.settings) == "mybiza");
  store.settings.extensions.push_back(store.settings.extensions[0]);
  CHECK(app::usual_account(store.settings) == "mybiza");
  store.settings.extensions[1].storage.account = "another";
  CHECK(app::usual_account(store.settings) == "devstoreaccount1");
  store.settings.extensions[1].storage.url = "http://127.0.0.1:10000/a/b";
  CHECK(app::usual_account(store.settings) == "mybiza");
  store.settings.extensions.clear();
  CHECK(app::usual_account(store.settings) == "devstoreaccount1");
}

TEST_CASE("an outage and its end are told once each") {
  base::VirtualScheduler clock{base::WallTime{std::chrono::seconds(1'800'000'000)}};
  base::Journal journal(clock);
  storage::Locations locations;
  CHECK_FALSE(app::switch_outage(locations, storage::Outage::none, journal));
  CHECK(app::switch_outage(locations, storage::Outage::primary, journal));
  CHECK_FALSE(app::switch_outage(locations, storage::Outage::primary, journal));
  CHECK(app::switch_outage(locations, storage::Outage::none, journal));
  const auto events = journal.since(0);
  REQUIRE(events.size() == 2);
  CHECK(events[0].type == "storage.outage");
  CHECK(events[0].data == R"({"outage":"primary"})");
  CHECK(events[1].type == "storage.restored");
}
