#include "emulator/app/config_histories.h"

#include "emulator/base/file.h"
#include "emulator/base/virtual_scheduler.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/memory_blob_store.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::app;

namespace {

struct Setup {
  Setup() {
    REQUIRE(storage::ensure_container(*store, id, storage::AccessLevel::container, clock.now()));
    restart();
  }
  void restart() { histories = std::make_unique<ConfigHistories>(folder.path(), *store, clock, journal); }
  void put(const std::string& text) {
    clock.advance(std::chrono::seconds(1));
    REQUIRE(storage::put_blob(*store, {id.account, id.container, "config.json"}, text, {}, clock.now()));
    histories->look(id);
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const watch::SeenConfig& one : histories->of(id)) texts.push_back(one.text);
    return texts;
  }
  std::filesystem::path file() const { return folder.path() / "devstoreaccount1" / "demo.json"; }

  base::VirtualScheduler clock{base::WallTime{std::chrono::seconds(1'800'000'000)}};
  base::Journal journal{clock};
  base::TemporaryFolder folder = *base::TemporaryFolder::create("exthost-history-");
  std::unique_ptr<storage::BlobStore> store = storage::make_memory_blob_store();
  storage::ContainerId id{"devstoreaccount1", "demo"};
  std::unique_ptr<ConfigHistories> histories;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what config.json was is known after a restart, with the time at which it was seen") {
  Setup setup;
  setup.histories->look(setup.id);
  CHECK(setup.texts().empty());
  setup.put(R"({"stage1": "1"})");
  setup.put(R"({"stage1": "2"})");
  setup.restart();
  setup.histories->look(setup.id);
  CHECK(setup.texts() == Texts{R"({"stage1": "1"})", R"({"stage1": "2"})"});
  CHECK(setup.histories->of(setup.id)[1].seen == setup.clock.now());
  CHECK(setup.journal.last_seq() == 0);
}

TEST_CASE("a config.json that was changed while nothing ran is news at the next look") {
  Setup setup;
  setup.put(R"({"stage1": "1"})");
  setup.restart();
  setup.put(R"({"stage1": "3"})");
  CHECK(setup.texts() == Texts{R"({"stage1": "1"})", R"({"stage1": "3"})"});
}

TEST_CASE("a history that is none is told, and a new one begins") {
  Setup setup;
  setup.put(R"({"stage1": "1"})");
  for (const char* text : {"{", "[]", R"({"configs": [{"seen": "today", "text": "{}"}]})",
                           R"({"configs": [{"seen": "2026-11-21T16:05:12.123Z"}]})"}) {
    REQUIRE(base::write_file(setup.file(), text, base::Durability::process));
    setup.restart();
    const auto before = setup.journal.last_seq();
    setup.put(R"({"stage1": "2"})");
    CHECK(setup.texts() == Texts{R"({"stage1": "2"})"});
    const auto told = setup.journal.since(before);
    REQUIRE(told.size() == 1);
    CHECK(told[0].type == "history.failed");
    CHECK_THAT(told[0].data, ContainsSubstring("EHE5003"));
    CHECK(load_config_history(setup.file()));
  }
}

TEST_CASE("a history that cannot be written is told, and lasts for this run") {
  Setup setup;
  REQUIRE(
      base::write_file(setup.folder.path() / "devstoreaccount1", "in the way", base::Durability::process));
  setup.put(R"({"stage1": "1"})");
  setup.put(R"({"stage1": "2"})");
  CHECK(setup.texts().size() == 2);
  CHECK(setup.journal.since(0).front().type == "history.failed");
}
