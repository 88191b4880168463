#include "emulator/watch/seed_sync.h"

#include <filesystem>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/support/fake_container.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using namespace exthost::watch;
using Names = std::vector<std::string>;

namespace {

struct Setup {
  testing::SourceTree seed;
  testing::FakeContainer container;
  std::vector<Pointer> pointers;
  SeedSync sync{seed.path(), container, [this] { return pointers; }};

  SeedReport run() {
    container.done.clear();
    auto report = sync.sync();
    REQUIRE(report);
    return *std::move(report);
  }
};

std::vector<package::SourceFile> scanned(const Names& paths) {
  std::vector<package::SourceFile> files;
  for (const std::string& path : paths) {
    files.emplace_back();
    files.back().path = path;
  }
  return files;
}

std::string file_in_zip(const std::string& zip, const std::string& path) {
  const auto owner = std::make_shared<const std::string>(zip);
  const auto package = package::Package::open(owner, *owner);
  REQUIRE(package);
  const auto* entry = (*package)->find(path);
  REQUIRE(entry != nullptr);
  const auto text = (*package)->read(*entry);
  REQUIRE(text);
  return *text;
}

}  // namespace

TEST_CASE("a seed's plan: files at the top, folders named like versions, nothing else") {
  const SeedPlan plan =
      plan_seed(scanned({".hidden", "1.0.0.0/Content/a.js", "1.0.0.0/index.html", "1.0.0.1.zip",
                         "config.json", "docs/readme.md", "node_modules/x/y.js", "notes.txt"}));
  CHECK(plan.files.size() == 3);
  CHECK(plan.files.count("1.0.0.1.zip") == 1);
  CHECK(plan.files.count("config.json") == 1);
  CHECK(plan.files.count("notes.txt") == 1);
  REQUIRE(plan.versions.size() == 1);
  CHECK(plan.versions.at("1.0.0.0.zip").size() == 2);
  CHECK(plan.problems.empty());
}

TEST_CASE("of a zip and a folder of the same version the zip is taken, with a word about it") {
  const SeedPlan plan = plan_seed(scanned({"1.0.0.0.zip", "1.0.0.0/index.html"}));
  CHECK(plan.files.size() == 1);
  CHECK(plan.versions.empty());
  REQUIRE(plan.problems.size() == 1);
  CHECK(plan.problems[0].code == model::codes::kSourceRejected);
  CHECK(plan.problems[0].message ==
        "1.0.0.0.zip and a folder of the same version stand side by side; the zip is taken");
}

TEST_CASE("a seed is copied whole at first, zips before config.json") {
  Setup setup;
  setup.seed.write("config.json", R"({"stage1": "1.0.0.0"})");
  setup.seed.write("1.0.0.0/index.html", "<html>");
  setup.seed.write("1.0.0.1.zip", "some zip");
  setup.seed.write("stagedefinition.json", "{}");
  const SeedReport report = setup.run();
  CHECK(report.put == Names{"1.0.0.0.zip", "1.0.0.1.zip", "stagedefinition.json", "config.json"});
  CHECK(report.problems.empty());
  CHECK(setup.container.done.back() == "put config.json");
  CHECK(setup.container.blobs["1.0.0.1.zip"] == "some zip");
  CHECK(setup.container.blobs["config.json"] == R"({"stage1": "1.0.0.0"})");
  CHECK(file_in_zip(setup.container.blobs["1.0.0.0.zip"], "index.html") == "<html>");
}

TEST_CASE("only what changed in a seed is put again") {
  Setup setup;
  setup.seed.write("config.json", "{}");
  setup.seed.write("1.0.0.0/index.html", "one");
  setup.seed.write("1.0.0.1/index.html", "one");
  setup.run();
  CHECK(setup.run().nothing_done());

  setup.seed.write("1.0.0.1/index.html", "two");
  const SeedReport report = setup.run();
  CHECK(report.put == Names{"1.0.0.1.zip"});
  CHECK(file_in_zip(setup.container.blobs["1.0.0.1.zip"], "index.html") == "two");
}

TEST_CASE("what the container has already from an earlier run is not put again") {
  Setup setup;
  setup.seed.write("config.json", "{}");
  setup.seed.write("1.0.0.0/index.html", "one");
  setup.run();
  SeedSync restarted(setup.seed.path(), setup.container, {});
  const auto report = restarted.sync();
  REQUIRE(report);
  CHECK(report->nothing_done());
}

TEST_CASE("a file that leaves the seed leaves the container, if the seed had put it") {
  Setup setup;
  setup.seed.write("notes.txt", "x");
  setup.seed.write("1.0.0.0/index.html", "one");
  setup.container.set("9.9.zip", "somebody's");
  setup.run();
  setup.seed.remove("notes.txt");
  setup.seed.remove("1.0.0.0");
  const SeedReport report = setup.run();
  CHECK(report.removed == Names{"1.0.0.0.zip", "notes.txt"});
  CHECK(setup.container.blobs.count("9.9.zip") == 1);
  CHECK(setup.container.blobs.size() == 1);
}

TEST_CASE("the publisher's pointers are on top of the seed's config.json in the same put") {
  Setup setup;
  setup.seed.write("config.json", "{\n  \"stage1\": \"1.0.0.0\"\n}\n");
  setup.pointers = {{"dev", "1.0.261120-120411"}, {"stage1", "1.0.261120-120411"}};
  setup.run();
  CHECK(setup.container.done == Names{"put config.json"});
  CHECK(setup.container.blobs["config.json"] ==
        "{\n  \"stage1\": \"1.0.261120-120411\",\n  \"dev\": \"1.0.261120-120411\"\n}\n");
}

TEST_CASE("a seed's config.json that is no JSON is copied as it is, for the hosting service to judge") {
  Setup setup;
  setup.pointers = {{"dev", "1.0"}};
  setup.seed.write("config.json", "{\"stage1\": \"1\",}");
  setup.run();
  CHECK(setup.container.blobs["config.json"] == "{\"stage1\": \"1\",}");
  setup.seed.write("config.json", "{\"stage1\": \"1\"}");
  setup.run();
  CHECK(setup.container.blobs["config.json"] == "{\"stage1\": \"1\",\"dev\": \"1.0\"}");
}

TEST_CASE("a publish between reading and putting config.json is not undone") {
  Setup setup;
  setup.seed.write("config.json", "{}");
  int puts = 0;
  setup.container.failure = [&](const std::string& action) -> std::optional<base::Error> {
    if (action == "put config.json" && ++puts == 1) {
      setup.pointers = {{"dev", "2.0"}};
      setup.container.set("config.json", "{\"dev\": \"2.0\"}");
    }
    return std::nullopt;
  };
  setup.run();
  CHECK(setup.container.blobs["config.json"] == "{\n  \"dev\": \"2.0\"\n}");
}

TEST_CASE("a zip that could not be stored holds config.json and removals back until it can be") {
  Setup setup;
  setup.seed.write("old.txt", "x");
  setup.run();
  setup.seed.remove("old.txt");
  setup.seed.write("config.json", "{}");
  setup.seed.write("1.0.0.0/index.html", "one");
  setup.container.failure = [](const std::string& action) -> std::optional<base::Error> {
    if (action != "put 1.0.0.0.zip") return std::nullopt;
    return base::Error{base::ErrorKind::unavailable, "disk full", ""};
  };
  const SeedReport failed = setup.run();
  CHECK(failed.try_again);
  REQUIRE(failed.problems.size() == 1);
  CHECK(failed.problems[0].code == model::codes::kPublishFailed);
  CHECK(setup.container.done.empty());

  setup.container.failure = {};
  const SeedReport mended = setup.run();
  CHECK_FALSE(mended.try_again);
  CHECK(mended.put == Names{"1.0.0.0.zip", "config.json"});
  CHECK(mended.removed == Names{"old.txt"});
}

TEST_CASE("a folder that can never be a package is told and holds nothing else back") {
  Setup setup;
  setup.seed.write("config.json", "{}");
  setup.seed.write("1.0.0.0/index.html", "one");
  setup.seed.write("1.0.0.0/INDEX.html", "two");
  const SeedReport report = setup.run();
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].code == model::codes::kSourceRejected);
  CHECK_THAT(report.problems[0].message, ContainsSubstring("1.0.0.0"));
  CHECK(report.put == Names{"config.json"});
  CHECK_FALSE(report.try_again);
}

TEST_CASE("a blob that could not be removed is removed later") {
  Setup setup;
  setup.seed.write("notes.txt", "x");
  setup.run();
  setup.seed.remove("notes.txt");
  setup.container.failure = [](const std::string& action) -> std::optional<base::Error> {
    if (action != "remove notes.txt") return std::nullopt;
    return base::Error{base::ErrorKind::unavailable, "disk full", ""};
  };
  CHECK(setup.run().try_again);
  setup.container.failure = {};
  CHECK(setup.run().removed == Names{"notes.txt"});
}

TEST_CASE("a seed folder that is not there is a failure, and changes nothing in the container") {
  Setup setup;
  setup.seed.write("config.json", "{}");
  setup.run();
  std::filesystem::remove_all(setup.seed.path());
  const auto missing = setup.sync.sync();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == model::codes::kSourceUnreadable);
  CHECK(setup.container.blobs.count("config.json") == 1);
}
