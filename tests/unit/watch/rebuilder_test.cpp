#include "emulator/watch/rebuilder.h"

#include <deque>

#include "emulator/base/virtual_scheduler.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/support/fake_container.h"
#include "tests/support/memory_watch_backend.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using namespace exthost::watch;
using Names = std::vector<std::string>;

namespace {

using Built = base::Result<std::optional<package::BuiltPackage>>;

Built a_package(const std::string& text) {
  const testing::SourceTree tree;
  if (!text.empty()) tree.write("index.html", text);
  auto built = package::build_folder(tree.path(), {});
  REQUIRE(built);
  return std::optional<package::BuiltPackage>(*std::move(built));
}
Built no_change() {
  return std::optional<package::BuiltPackage>();
}
Built failure(base::ErrorKind kind, const std::string& message) {
  return base::Error{kind, message, ""};
}

/// A rebuilder whose builds a test lines up; it notes what is told.
struct Setup {
  testing::ManualTime time;
  base::VirtualScheduler clock{base::WallTime{}};
  testing::FakeContainer container;
  std::deque<Built> builds;
  Names told;
  Publisher publisher{PublisherSettings{"1.0", {}, {"stage1"}, 20}, container, clock, time.source(), {}};
  Rebuilder rebuilder{[this](const package::Touched&) {
                        REQUIRE_FALSE(builds.empty());
                        Built next = std::move(builds.front());
                        builds.pop_front();
                        return next;
                      },
                      publisher, callbacks(), time.source()};

  SourceCallbacks callbacks() {
    SourceCallbacks callbacks;
    callbacks.on_published = [this](const Published& published) {
      told.push_back("published " + published.version);
    };
    callbacks.on_problem = [this](const base::Error& error) {
      told.push_back(error.code + " " + error.message);
    };
    callbacks.on_mended = [this] { told.push_back("mended"); };
    return callbacks;
  }
  std::optional<Duration> rebuild(Built build) {
    builds.push_back(std::move(build));
    return rebuilder.rebuild();
  }
};

std::string unreadable() {
  return std::string(model::codes::kSourceUnreadable);
}
std::string rejected() {
  return std::string(model::codes::kSourceRejected);
}

}  // namespace

TEST_CASE("a changed folder is published, an unchanged one is not") {
  Setup setup;
  CHECK_FALSE(setup.rebuild(a_package("one")));
  CHECK_FALSE(setup.rebuild(no_change()));
  CHECK(setup.told == Names{"published 1.0.700101-000000"});
}

TEST_CASE("a problem is told once while it lasts, and its end as well") {
  Setup setup;
  CHECK(setup.rebuild(failure(base::ErrorKind::unavailable, "a.js can't be read")) == Duration(50));
  CHECK(setup.rebuild(failure(base::ErrorKind::unavailable, "a.js can't be read")) == Duration(100));
  CHECK_FALSE(setup.rebuild(failure(base::ErrorKind::invalid_input, "A.js and a.js clash")));
  CHECK_FALSE(setup.rebuild(no_change()));
  CHECK(setup.told ==
        Names{unreadable() + " a.js can't be read", rejected() + " A.js and a.js clash", "mended"});
}

TEST_CASE("files that did not settle are looked at again soon, and spoken of only if they never do") {
  Setup setup;
  const auto unsettled = [] { return failure(base::ErrorKind::conflict, "a.js keeps changing"); };
  CHECK(setup.rebuild(unsettled()) == Duration(50));
  CHECK(setup.rebuild(unsettled()) == Duration(100));
  CHECK(setup.told.empty());
  CHECK(setup.rebuild(unsettled()) == Duration(200));
  CHECK(setup.told == Names{unreadable() + " a.js keeps changing"});
}

TEST_CASE("a missing folder waits for an event, not for time") {
  Setup setup;
  CHECK_FALSE(setup.rebuild(failure(base::ErrorKind::not_found, "no such folder")));
  CHECK(setup.told == Names{unreadable() + " no such folder"});
}

TEST_CASE("an empty folder is not published over what is there") {
  Setup setup;
  setup.rebuild(a_package("one"));
  const auto before = setup.container.blobs;
  setup.rebuild(a_package(""));
  setup.rebuild(no_change());
  CHECK(setup.container.blobs == before);
  REQUIRE(setup.told.size() == 2);
  CHECK_THAT(setup.told[1], ContainsSubstring(rejected()));
  setup.rebuild(a_package("two"));
  CHECK(setup.told[2] == "mended");
}

TEST_CASE("a publish that failed is tried again later, or at the next look even if nothing changed") {
  Setup setup;
  setup.container.failure = [](const std::string& action) -> std::optional<base::Error> {
    if (action != "put config.json") return std::nullopt;
    return base::Error{base::ErrorKind::unavailable, "disk full", ""};
  };
  CHECK(setup.rebuild(a_package("one")) == Duration(50));
  CHECK(setup.rebuild(no_change()) == Duration(100));
  REQUIRE(setup.told.size() == 1);
  CHECK_THAT(setup.told[0], ContainsSubstring(std::string(model::codes::kPublishFailed)));
  setup.container.failure = {};
  CHECK_FALSE(setup.rebuild(no_change()));
  CHECK(setup.told.back() == "published 1.0.700101-000000");
}

TEST_CASE("a version that waits for config.json goes out when that is mended") {
  Setup setup;
  setup.container.set("config.json", "{,}");
  CHECK_FALSE(setup.rebuild(a_package("one")));
  CHECK_FALSE(setup.rebuild(a_package("two")));
  REQUIRE(setup.told.size() == 1);
  setup.container.set("config.json", "{}");
  CHECK_FALSE(setup.rebuilder.config_changed());
  CHECK(setup.told[1] == "mended");
  CHECK_THAT(setup.told[2], ContainsSubstring("published 1.0."));
}

TEST_CASE("names that could not be put back into a new config.json are put back later") {
  Setup setup;
  setup.rebuild(a_package("one"));
  setup.container.set("config.json", "{}");
  setup.container.failure = [](const std::string& action) -> std::optional<base::Error> {
    if (action != "put config.json") return std::nullopt;
    return base::Error{base::ErrorKind::unavailable, "disk full", ""};
  };
  CHECK(setup.rebuilder.config_changed() == Duration(50));
  setup.container.failure = {};
  CHECK_FALSE(setup.rebuild(no_change()));
  CHECK(setup.container.blobs["config.json"] == "{\n  \"dev\": \"1.0.700101-000000\"\n}");
  CHECK(setup.told.back() == "mended");
}

TEST_CASE("a good config.json does not end a problem of the folder") {
  Setup setup;
  setup.rebuild(a_package("one"));
  setup.rebuild(failure(base::ErrorKind::unavailable, "a.js can't be read"));
  setup.rebuilder.config_changed();
  CHECK(setup.told.size() == 2);
}

TEST_CASE("a build's error gets one of the source's two codes") {
  using base::ErrorKind;
  for (const ErrorKind kind : {ErrorKind::not_found, ErrorKind::unavailable, ErrorKind::conflict}) {
    CHECK(as_source_error({kind, "x", ""}).code == model::codes::kSourceUnreadable);
  }
  for (const ErrorKind kind : {ErrorKind::invalid_input, ErrorKind::corrupt}) {
    CHECK(as_source_error({kind, "x", "EHE2006"}).code == model::codes::kSourceRejected);
  }
}

TEST_CASE("retries wait longer and longer, up to five seconds") {
  CHECK(retry_delay(1) == Duration(50));
  CHECK(retry_delay(4) == Duration(400));
  CHECK(retry_delay(1000) == Duration(5000));
}
