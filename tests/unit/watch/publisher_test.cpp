#include "emulator/watch/publisher.h"

#include "emulator/base/virtual_scheduler.h"
#include "emulator/model/codes.h"
#include "emulator/package/pack_files.h"
#include "tests/support/catch.h"
#include "tests/support/fake_container.h"
#include "tests/support/memory_watch_backend.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using namespace exthost::watch;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

namespace {

const std::string kFirst = "1.0.261120-120411";

/// A publisher of base version 1.0 to `dev` and `stage1`, at 12:04:11 on 20 November 2026.
struct Setup {
  testing::ManualTime time;
  base::VirtualScheduler clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + 12h + 4min + 11s};
  testing::FakeContainer container;
  Names minted;
  Names etags;
  PublisherSettings settings;
  std::unique_ptr<Publisher> publisher;

  Setup() {
    settings.base_version = "1.0";
    settings.publish_to = {"stage1", "dev"};
    settings.default_stages = {"stage1", "stage2"};
    restart();
  }
  void restart() {
    publisher = std::make_unique<Publisher>(
        settings, container, clock, time.source(),
        [this](const std::string& version, const std::shared_ptr<const package::Package>&,
               const std::string& etag) {
          minted.push_back(version);
          etags.push_back(etag);
        });
  }
  base::Result<Published> publish(const std::string& text) {
    const testing::SourceTree tree;
    tree.write("index.html", text);
    auto built = package::build_folder(tree.path(), {});
    REQUIRE(built);
    return publish(*std::move(built));
  }
  base::Result<Published> publish(package::BuiltPackage built) {
    publisher->hold(std::move(built), 8ms);
    auto published = publisher->publish();
    if (!published) return std::move(published).error();
    REQUIRE(*published);
    return **std::move(published);
  }
  std::string& config() { return container.blobs["config.json"]; }
  void fail_on(const std::string& action, base::ErrorKind kind = base::ErrorKind::unavailable) {
    container.failure = [action, kind](const std::string& asked) -> std::optional<base::Error> {
      if (asked != action) return std::nullopt;
      return base::Error{kind, "disk full", ""};
    };
  }
};

}  // namespace

TEST_CASE("a container without config.json gets one with all stages of the cloud at the first version") {
  Setup setup;
  const auto published = setup.publish("one");
  REQUIRE(published);
  CHECK(published->version == kFirst);
  CHECK(setup.config() == "{\n  \"$version\": \"3\",\n  \"stage1\": \"" + kFirst + "\",\n  \"stage2\": \"" +
                              kFirst + "\",\n  \"dev\": \"" + kFirst + "\"\n}\n");
}

TEST_CASE("the zip goes first, then config.json, of which only the pointers change") {
  Setup setup;
  setup.container.set("config.json", "{\n  \"stage5\": \"0.9\",\n  \"stage1\": \"0.9\"\n}\n");
  const auto published = setup.publish("one");
  REQUIRE(published);
  CHECK(setup.container.done == Names{"put " + kFirst + ".zip", "put config.json"});
  CHECK(setup.config() ==
        "{\n  \"stage5\": \"0.9\",\n  \"stage1\": \"" + kFirst + "\",\n  \"dev\": \"" + kFirst + "\"\n}\n");
  CHECK(published->names == Names{"dev", "stage1"});
  CHECK(published->changed == Names{"index.html"});
  CHECK(published->zip_bytes == setup.container.blobs[kFirst + ".zip"].size());
  CHECK(published->build == 8ms);
  CHECK_FALSE(published->reused);
}

TEST_CASE("who serves hears of a version once its zip is there, before config.json points to it") {
  Setup setup;
  setup.fail_on("put " + kFirst + ".zip");
  CHECK_FALSE(setup.publish("one"));
  CHECK(setup.minted.empty());
  setup.fail_on("put config.json");
  CHECK_FALSE(setup.publish("one"));
  REQUIRE(setup.minted == Names{kFirst + "-2"});
  CHECK(setup.container.blobs.count("config.json") == 0);
  setup.container.failure = nullptr;
  CHECK(setup.etags == Names{(**setup.container.get(kFirst + "-2.zip")).etag});
}

TEST_CASE("versions of the same second are told apart by a number") {
  Setup setup;
  REQUIRE(setup.publish("one"));
  const auto second = setup.publish("two");
  REQUIRE(second);
  CHECK(second->version == kFirst + "-2");
  setup.clock.advance(1s);
  const auto third = setup.publish("three");
  REQUIRE(third);
  CHECK(third->version == "1.0.261120-120412");
}

TEST_CASE("a version whose zip is there already, or was minted before, is not minted again") {
  Setup setup;
  setup.container.set(kFirst + ".zip", "somebody's");
  const auto published = setup.publish("one");
  REQUIRE(published);
  CHECK(published->version == kFirst + "-2");
  setup.container.blobs.erase(kFirst + "-2.zip");
  const auto next = setup.publish("two");
  REQUIRE(next);
  CHECK(next->version == kFirst + "-3");
}

TEST_CASE("a name that is taken between choosing and storing is left alone, and the next try takes another") {
  Setup setup;
  setup.container.failure = [&setup](const std::string& action) -> std::optional<base::Error> {
    if (action == "put " + kFirst + ".zip") setup.container.set(kFirst + ".zip", "somebody's");
    return std::nullopt;
  };
  const auto failed = setup.publish("one");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == base::ErrorKind::unavailable);
  CHECK(setup.container.blobs[kFirst + ".zip"] == "somebody's");
  const auto retried = setup.publisher->publish();
  REQUIRE(retried);
  REQUIRE(*retried);
  CHECK((*retried)->version == kFirst + "-2");
}

TEST_CASE("after a restart the same content goes on though a save had compressed it otherwise") {
  Setup setup;
  const testing::SourceTree tree;
  std::string text;
  for (int i = 0; text.size() < package::kHotBytes; ++i) text += "line " + std::to_string(i * i) + "\n";
  tree.write("large.js", text);
  package::PackageBuilder builder(tree.path(), {});
  REQUIRE(setup.publish(**builder.build()));
  tree.write("large.js", text + "end");
  const auto saved = setup.publish(**builder.build());
  REQUIRE(saved);

  setup.restart();
  auto rebuilt = package::build_folder(tree.path(), {});
  REQUIRE(rebuilt);
  CHECK(rebuilt->package->bytes() != setup.container.blobs[saved->version + ".zip"]);
  const auto published = setup.publish(*rebuilt);
  REQUIRE(published);
  CHECK(published->reused);
  CHECK(published->version == saved->version);

  setup.restart();
  tree.write("large.js", text + "END");
  CHECK_FALSE(setup.publish(*package::build_folder(tree.path(), {}))->reused);
}

TEST_CASE("after a restart the same content goes on under the version it had") {
  Setup setup;
  REQUIRE(setup.publish("one"));
  setup.clock.advance(1h);
  setup.restart();
  setup.container.set("config.json", "{\n  \"stage1\": \"0.9\"\n}\n");
  setup.container.done.clear();
  const auto published = setup.publish("one");
  REQUIRE(published);
  CHECK(published->version == kFirst);
  CHECK(published->reused);
  CHECK(setup.container.done == Names{"put config.json"});
  CHECK_THAT(setup.config(), ContainsSubstring("\"dev\": \"" + kFirst + "\""));
}

TEST_CASE("a zip that can't be stored leaves config.json as it is, and the same version goes out later") {
  Setup setup;
  setup.container.set("config.json", "{}");
  setup.fail_on("put " + kFirst + ".zip");
  const auto failed = setup.publish("one");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == model::codes::kPublishFailed);
  CHECK(failed.error().kind == base::ErrorKind::unavailable);
  CHECK(setup.config() == "{}");
  CHECK(setup.publisher->pointers().empty());

  setup.container.failure = {};
  const auto retried = setup.publisher->publish();
  REQUIRE(retried);
  REQUIRE(*retried);
  CHECK((*retried)->version == kFirst);
  const auto nothing_left = setup.publisher->publish();
  REQUIRE(nothing_left);
  CHECK_FALSE(*nothing_left);
}

TEST_CASE("a config.json that can't be stored is tried again without storing the zip twice") {
  Setup setup;
  setup.fail_on("put config.json");
  REQUIRE_FALSE(setup.publish("one"));
  setup.container.failure = {};
  const auto retried = setup.publisher->publish();
  REQUIRE(retried);
  CHECK(setup.container.done == Names{"put " + kFirst + ".zip", "put config.json"});
}

TEST_CASE("nothing is put while config.json is not valid, and the place is named") {
  Setup setup;
  const std::string broken = "{\n  \"stage1\": \"0.9\",\n}";
  setup.container.set("config.json", broken);
  const auto failed = setup.publish("one");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == model::codes::kPublishFailed);
  CHECK(failed.error().kind == base::ErrorKind::invalid_input);
  CHECK_THAT(failed.error().message, ContainsSubstring("config.json:2:"));
  CHECK(setup.container.done.empty());
  CHECK(setup.minted.empty());
  CHECK(setup.config() == broken);
}

TEST_CASE("what waits is published when config.json is mended, the newest only, with all that changed") {
  Setup setup;
  setup.container.set("config.json", "{,}");
  REQUIRE_FALSE(setup.publish("one"));
  setup.clock.advance(1s);
  {
    const testing::SourceTree tree;
    tree.write("other.js", "two");
    auto built = package::build_folder(tree.path(), {});
    REQUIRE(built);
    REQUIRE_FALSE(setup.publish(*std::move(built)));
  }
  CHECK_FALSE(setup.publisher->config_changed());

  setup.container.set("config.json", "{\n  \"stage1\": \"0.9\"\n}");
  const auto published = setup.publisher->config_changed();
  REQUIRE(published);
  REQUIRE(*published);
  CHECK((*published)->version == "1.0.261120-120412");
  CHECK((*published)->changed == Names{"index.html", "other.js"});
  CHECK(setup.config() == "{\n  \"stage1\": \"1.0.261120-120412\",\n  \"dev\": \"1.0.261120-120412\"\n}");
}

TEST_CASE("a new config.json without our names gets them; names that it points elsewhere stay so") {
  Setup setup;
  REQUIRE(setup.publish("one"));
  setup.container.set("config.json", "{\n  \"stage1\": \"0.9\"\n}");
  const auto changed = setup.publisher->config_changed();
  REQUIRE(changed);
  CHECK_FALSE(*changed);
  CHECK(setup.config() == "{\n  \"stage1\": \"0.9\",\n  \"dev\": \"" + kFirst + "\"\n}");
}

TEST_CASE("our own change of config.json calls for nothing") {
  Setup setup;
  REQUIRE(setup.publish("one"));
  setup.container.done.clear();
  REQUIRE(setup.publisher->config_changed());
  CHECK(setup.container.done.empty());
}

TEST_CASE("a config.json that was removed, or broken when nothing waits, is not ours to mend") {
  Setup setup;
  REQUIRE(setup.publish("one"));
  setup.container.done.clear();
  setup.container.blobs.erase("config.json");
  REQUIRE(setup.publisher->config_changed());
  setup.container.set("config.json", "{,}");
  REQUIRE(setup.publisher->config_changed());
  CHECK(setup.container.done.empty());
}

TEST_CASE("before the first publish a changed config.json is left alone") {
  Setup setup;
  setup.container.set("config.json", "{}");
  const auto changed = setup.publisher->config_changed();
  REQUIRE(changed);
  CHECK(setup.config() == "{}");
}

TEST_CASE("another's edit of config.json at the same moment is kept") {
  Setup setup;
  setup.container.set("config.json", "{\"a\": \"1\"}");
  int puts = 0;
  setup.container.failure = [&](const std::string& action) -> std::optional<base::Error> {
    if (action == "put config.json" && ++puts == 1) setup.container.set("config.json", "{\"a\": \"2\"}");
    return std::nullopt;
  };
  REQUIRE(setup.publish("one"));
  CHECK(setup.config() == "{\"a\": \"2\",\"dev\": \"" + kFirst + "\",\"stage1\": \"" + kFirst + "\"}");
}

TEST_CASE("a config.json that others change without end fails the publish, for now") {
  Setup setup;
  setup.container.set("config.json", "{}");
  setup.container.failure = [&](const std::string& action) -> std::optional<base::Error> {
    if (action == "put config.json") setup.container.set("config.json", "{ }");
    return std::nullopt;
  };
  const auto failed = setup.publish("one");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == base::ErrorKind::unavailable);
  CHECK(failed.error().code == model::codes::kPublishFailed);
}

TEST_CASE("what waited and was taken back before it was published is nothing to publish") {
  Setup setup;
  const testing::SourceTree tree;
  tree.write("index.html", "one");
  package::PackageBuilder builder(tree.path(), {});
  REQUIRE(setup.publish(**builder.build()));
  tree.write("index.html", "two");
  setup.publisher->hold(**builder.build(), 1ms);
  tree.write("index.html", "one");
  setup.publisher->hold(**builder.build(), 1ms);
  auto nothing = setup.publisher->publish();
  REQUIRE(nothing);
  CHECK_FALSE(*nothing);

  tree.write("index.html", "two");
  setup.publisher->hold(**builder.build(), 1ms);
  tree.write("more.html", "three");
  setup.publisher->hold(**builder.build(), 1ms);
  const auto published = setup.publisher->publish();
  REQUIRE(published);
  REQUIRE(*published);
  CHECK((*published)->changed == Names{"index.html", "more.html"});
  CHECK((*published)->build == 2ms);
}

TEST_CASE("old minted versions go when the retention count is passed, others never") {
  Setup setup;
  setup.settings.kept_versions = 2;
  setup.restart();
  setup.container.set("config.json", "{\"stage2\": \"" + kFirst + "\"}");
  setup.container.set("0.9.zip", "somebody's");
  for (const char* text : {"one", "two", "three"}) REQUIRE(setup.publish(text));
  const auto fourth = setup.publish("four");
  REQUIRE(fourth);
  CHECK(fourth->dropped == Names{kFirst + "-2"});  // the first is referred to
  CHECK(setup.container.blobs.count(kFirst + ".zip") == 1);
  CHECK(setup.container.blobs.count("0.9.zip") == 1);
  CHECK(setup.container.done.back() == "remove " + kFirst + "-2.zip");
}

TEST_CASE("an old version that can't be removed does not undo the publish") {
  Setup setup;
  setup.settings.kept_versions = 1;
  setup.restart();
  setup.container.set("config.json", "{}");
  REQUIRE(setup.publish("one"));
  setup.fail_on("remove " + kFirst + ".zip");
  const auto second = setup.publish("two");
  REQUIRE(second);
  CHECK(second->dropped.empty());
  REQUIRE(second->leftovers.size() == 1);
  CHECK_THAT(second->leftovers[0].message, ContainsSubstring("disk full"));
}

TEST_CASE("a container that can't be read fails the publish and loses nothing") {
  Setup setup;
  setup.fail_on("list");
  REQUIRE_FALSE(setup.publish("one"));
  setup.fail_on("get config.json");
  REQUIRE_FALSE(setup.publisher->publish());
  setup.container.failure = {};
  const auto retried = setup.publisher->publish();
  REQUIRE(retried);
  CHECK(*retried);
}
