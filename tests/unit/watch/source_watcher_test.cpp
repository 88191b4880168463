// A saved file, from the event to config.json, on a real folder with events from memory.

#include "emulator/watch/source_watcher.h"

#include <future>
#include <utility>

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

struct Setup {
  testing::ManualTime time;
  base::VirtualScheduler clock{base::WallTime{}};
  testing::SourceTree source;
  testing::FakeContainer container;
  std::vector<Published> published;
  Names problems;
  Publisher publisher{PublisherSettings{"1.0", {}, {"stage1"}, 20}, container, clock, time.source(), {}};
  testing::MemoryWatchBackend* backend = nullptr;
  std::unique_ptr<SourceWatcher> watcher;

  int waits = 0;

  /// `ready`: the source's ready file, which is not there yet.
  explicit Setup(const std::string& ready = {}, bool gitignore = false) {
    source.write("index.html", "<html>");
    source.write("js/app.js", "one");
    auto memory = std::make_unique<testing::MemoryWatchBackend>(&time);
    backend = memory.get();
    SourceCallbacks callbacks;
    callbacks.on_published = [this](const Published& report) { published.push_back(report); };
    callbacks.on_problem = [this](const base::Error& error) { problems.push_back(error.code); };
    SourceSettings settings;
    settings.folder = source.path();
    settings.ignore = {{"**/*.map"}, gitignore};
    if (!ready.empty()) settings.ready = source.path(ready);
    callbacks.on_waiting = [this] { ++waits; };
    watcher = std::make_unique<SourceWatcher>(std::move(settings), std::move(memory), publisher,
                                              std::move(callbacks), time.source());
    poll(1);
    REQUIRE(published.size() == (ready.empty() ? 1 : 0));
    published.clear();
  }
  void poll(int times) {
    for (int i = 0; i < times; ++i) REQUIRE(watcher->poll_once());
  }
  /// What one save is: something happened to these paths, and then nothing for a while.
  void told(const Names& paths) {
    for (const std::string& path : paths) backend->tell(path);
    poll(static_cast<int>(paths.size()) + 2);
  }
  Names names_in_newest() {
    const auto pointers = publisher.pointers();
    REQUIRE_FALSE(pointers.empty());
    const auto owner =
        std::make_shared<const std::string>(container.blobs[pointers.front().version + ".zip"]);
    const auto package = package::Package::open(owner, *owner);
    REQUIRE(package);
    Names names;
    for (const auto& entry : (*package)->entries()) names.emplace_back(entry.name);
    return names;
  }
};

}  // namespace

TEST_CASE("a saved file becomes one new version that dev points to") {
  Setup setup;
  setup.source.write("js/app.js", "two");
  setup.told({"js/app.js", "js/app.js"});
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.published[0].changed == Names{"js/app.js"});
  CHECK_THAT(setup.container.blobs["config.json"],
             ContainsSubstring("\"dev\": \"" + setup.published[0].version + "\""));
}

TEST_CASE("events without a change of content publish nothing") {
  Setup setup;
  setup.source.write("js/app.js", "one");
  setup.source.write("js/app.js.map", "{}");
  setup.told({"js/app.js", "js/app.js.map", "never-there"});
  CHECK(setup.published.empty());
}

TEST_CASE("a file replaced by rename is a change of that file, not a deletion") {
  Setup setup;
  setup.source.write("js/app.js.tmp", "two");
  setup.source.rename("js/app.js.tmp", "js/app.js");
  setup.told({"js/app.js.tmp", "js/app.js"});
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.published[0].changed == Names{"js/app.js"});
  CHECK(setup.names_in_newest() == Names{"index.html", "js/app.js"});
}

TEST_CASE("a file that is away only until the scan is not published as deleted") {
  Setup setup;
  setup.source.rename("js/app.js", "js/app.js~");
  setup.backend->tell("js/app.js");
  setup.poll(1);
  setup.source.write("js/app.js", "two");
  setup.source.remove("js/app.js~");
  setup.told({"js/app.js"});
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.names_in_newest() == Names{"index.html", "js/app.js"});
}

TEST_CASE("a file that is as it was before the quiet is over is no change") {
  Setup setup;
  setup.source.write("js/app.js", "two");
  setup.backend->tell("js/app.js");
  setup.poll(1);  // packed, and waited for whether more comes
  setup.source.write("js/app.js", "one");
  setup.backend->tell("js/app.js");
  setup.poll(2);
  CHECK(setup.published.empty());

  setup.source.remove("js/app.js");
  setup.backend->tell("js/app.js");
  setup.poll(1);
  setup.source.write("js/app.js", "one");
  setup.backend->tell("js/app.js");
  setup.poll(2);
  CHECK(setup.published.empty());

  setup.source.write("js/app.js", "two");
  setup.told({"js/app.js"});
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.published[0].changed == Names{"js/app.js"});
}

TEST_CASE("what no event told is found by the look at everything that follows a save") {
  Setup setup;
  setup.source.write("js/app.js", "two");
  setup.source.write("js/untold.js", "x");
  setup.backend->tell("js/app.js");
  setup.poll(2);
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.published[0].changed == Names{"js/app.js"});
  setup.poll(1);
  REQUIRE(setup.published.size() == 2);
  CHECK(setup.published[1].changed == Names{"js/untold.js"});
}

TEST_CASE("lost events end in the same tree as told ones") {
  Setup setup;
  setup.source.write("css/site.css", "a{}");
  setup.source.remove("js");
  setup.backend->tell_lost();
  setup.poll(3);
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.names_in_newest() == Names{"css/site.css", "index.html"});
}

TEST_CASE("a whole tree renamed is one version") {
  Setup setup;
  setup.source.rename("js", "scripts");
  setup.told({"js", "scripts"});
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.names_in_newest() == Names{"index.html", "scripts/app.js"});
}

TEST_CASE("a folder that is refused leaves the last version, and is taken when it is mended") {
  Setup setup;
  const auto before = setup.container.blobs;
  setup.source.write("JS/app.js", "clash");
  setup.told({"JS/app.js"});
  setup.told({"JS/app.js"});
  CHECK(setup.problems == Names{std::string(model::codes::kSourceRejected)});
  CHECK(setup.container.blobs == before);
  setup.source.remove("JS");
  setup.source.write("js/app.js", "two");
  setup.told({"JS", "js/app.js"});
  CHECK(setup.published.size() == 1);
}

TEST_CASE("with a ready file the folder is packed when that is written, and not before") {
  Setup setup("build.done");
  CHECK(setup.waits == 1);
  setup.source.write("js/app.js", "half");
  setup.told({"js/app.js"});
  CHECK(setup.published.empty());
  setup.source.write("js/app.js", "whole");
  setup.source.write("build.done", "1");
  setup.told({"build.done"});
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.waits == 1);

  setup.source.remove("build.done");
  setup.told({"build.done"});
  setup.source.write("js/app.js", "next");
  setup.told({"build.done"});
  CHECK(setup.published.size() == 1);
  CHECK(setup.waits == 2);
  setup.source.write("build.done", "2");
  setup.told({"build.done"});
  REQUIRE(setup.published.size() == 2);
  CHECK(setup.published[1].changed == Names{"build.done", "js/app.js"});
}

TEST_CASE(
    "with a ready file the calm after a build packs nothing, and what was deflated fast is deflated again") {
  Setup setup("build.done");
  std::string large;
  for (int i = 0; large.size() < package::kHotBytes; ++i) large += "line " + std::to_string(i * i) + "\n";
  setup.source.write("large.js", large);
  setup.source.write("build.done", "1");
  setup.told({"build.done"});
  setup.source.write("large.js", large + "end");
  setup.source.write("build.done", "2");
  setup.backend->tell("build.done");
  setup.poll(2);
  REQUIRE(setup.published.size() == 2);
  const auto stored_bytes = [&] {
    const auto zip =
        std::make_shared<const std::string>(setup.container.blobs[setup.published.back().version + ".zip"]);
    return (*package::Package::open(zip, *zip))->find("large.js")->stored.size();
  };
  const auto fast = stored_bytes();
  setup.source.write("js/app.js", "half");
  setup.poll(1);
  CHECK(setup.published.size() == 2);

  const auto deadline = std::chrono::steady_clock::now() + 30s;
  for (int round = 3; stored_bytes() == fast && std::chrono::steady_clock::now() < deadline; ++round) {
    setup.source.write("build.done", std::to_string(round));
    setup.told({"build.done"});
  }
  CHECK(stored_bytes() < fast);
}

TEST_CASE("a publish that failed is tried again although the ready file was not written again") {
  Setup setup("build.done");
  bool broken = true;
  setup.container.failure = [&broken](const std::string& action) -> std::optional<base::Error> {
    if (action != "put config.json" || !std::exchange(broken, false)) return std::nullopt;
    return base::Error{base::ErrorKind::unavailable, "the account is down", ""};
  };
  setup.source.write("build.done", "1");
  setup.told({"build.done"});
  setup.poll(5);
  CHECK(setup.published.size() == 1);
  CHECK(setup.problems == Names{std::string(model::codes::kPublishFailed)});
}

TEST_CASE("a changed .gitignore is a change of the folder") {
  Setup setup({}, true);
  setup.source.write(".gitignore", "*.js\n");
  setup.backend->tell_lost();
  setup.poll(3);
  REQUIRE(setup.published.size() == 1);
  CHECK(setup.names_in_newest() == Names{".gitignore", "index.html"});
  setup.source.remove(".gitignore");
  setup.backend->tell_lost();
  setup.poll(3);
  CHECK(setup.names_in_newest() == Names{"index.html", "js/app.js"});
}

TEST_CASE("a changed config.json gets its pointer back at the next turn") {
  Setup setup;
  setup.container.set("config.json", "{\"stage1\": \"0.9\"}");
  setup.watcher->config_changed();
  setup.poll(1);
  CHECK_THAT(setup.container.blobs["config.json"], ContainsSubstring("\"dev\": \"1.0."));
  CHECK(setup.published.empty());
}

TEST_CASE("a thread takes the turns over, and ends at once when it is told to") {
  testing::ManualTime time;
  base::VirtualScheduler clock{base::WallTime{}};
  testing::SourceTree source;
  source.write("index.html", "<html>");
  testing::FakeContainer container;
  Publisher publisher{PublisherSettings{"1.0", {}, {"stage1"}, 20}, container, clock, time.source(), {}};
  std::promise<std::string> first;
  SourceCallbacks callbacks;
  callbacks.on_published = [&first](const Published& published) { first.set_value(published.version); };
  SourceSettings settings;
  settings.folder = source.path();
  SourceWatcher watcher(settings, std::make_unique<testing::MemoryWatchBackend>(), publisher, callbacks,
                        &std::chrono::steady_clock::now);
  watcher.start();
  auto version = first.get_future();
  REQUIRE(version.wait_for(10s) == std::future_status::ready);
  CHECK(version.get() == "1.0.700101-000000");
}
