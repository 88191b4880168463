#include "emulator/hosting/page_state.h"

#include "emulator/hosting/page_tally.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

std::shared_ptr<const HeldVersion> version_with(const std::string& name, const Files& files) {
  auto zip = std::make_shared<const std::string>(zip_of(files));
  auto opened = package::Package::open(zip, *zip);
  REQUIRE(opened);
  return make_held_version(name, *opened, "", "");
}

const Files kBefore = {{"index.html", "<p>"},
                       {"Content/Config/default.json", "{}"},
                       {"Content/Styles/a.css", "a"},
                       {"Content/Styles/b.css", "b"}};

Files with(Files files, const std::string& path, const std::string& bytes) {
  for (auto& file : files) {
    if (file.name != path) continue;
    file.bytes = bytes;
    return files;
  }
  files.push_back({path, bytes});
  return files;
}

using Names = std::vector<std::string>;

std::optional<Names> changed(const Files& from, const Files& to) {
  return changed_stylesheets(*version_with("1.0", from), *version_with("1.1", to));
}

}  // namespace

TEST_CASE("two versions that differ in stylesheets alone differ in those") {
  CHECK(changed(kBefore, kBefore) == Names{});
  CHECK(changed(kBefore, with(kBefore, "Content/Styles/b.css", "B")) == Names{"Content/Styles/b.css"});
  const Files both = with(with(kBefore, "Content/Styles/b.css", "longer"), "Content/Styles/a.css", "A");
  CHECK(changed(kBefore, both) == Names{"Content/Styles/a.css", "Content/Styles/b.css"});
  // One that is new or gone may be named by a sheet that changed.
  const Files more = with(kBefore, "Content/Styles/C.CSS", "c");
  CHECK(changed(kBefore, more) == Names{"Content/Styles/C.CSS"});
  CHECK(changed(more, kBefore) == Names{"Content/Styles/C.CSS"});
}

TEST_CASE("what goes with a stylesheet is no other change: its source map, its other encoding") {
  const Files files =
      with(with(kBefore, "Content/Styles/a.css.map", "{}"), "Content/Styles/a.css.br", "brotli");
  CHECK(changed(kBefore, files) == Names{"Content/Styles/a.css"});
  CHECK(changed(files, with(files, "Content/Styles/a.css.map", "{ }")) == Names{});
}

TEST_CASE("anything else that differs is more than stylesheets") {
  const Files styled = with(kBefore, "Content/Styles/b.css", "B");
  for (const std::string path : {"index.html", "Content/Config/default.json", "Content/Scripts/new.js"})
    CHECK(changed(kBefore, with(styled, path, "other")) == std::nullopt);
}

TEST_CASE("files in a folder of the version's name are compared by their place below it") {
  Files from, to;
  for (const auto& file : kBefore) from.push_back({"1.0/" + std::string(file.name), file.bytes});
  for (const auto& file : with(kBefore, "Content/Styles/a.css", "A"))
    to.push_back({"1.1/" + std::string(file.name), file.bytes});
  CHECK(changed(from, to) == Names{"Content/Styles/a.css"});
}

TEST_CASE("a page's state is JSON with nulls where there is nothing to say") {
  CHECK(page_state_json({}) == "{\"version\":null,\"stylesheets\":null,\"problems\":[]}\n");
  const model::Problem problem{model::Severity::error, "EHE1003", "not JSON", "mend it",
                               {"config.json", 2, 3},  "frame"};
  CHECK(page_state_json({"1.0", Names{"a.css"}, {problem}}) ==
        "{\"version\":\"1.0\",\"stylesheets\":[\"a.css\"],\"problems\":[{\"code\":\"EHE1003\",\"message\":"
        "\"not JSON\",\"where\":\"config.json:2:3\",\"frame\":\"frame\",\"hint\":\"mend it\"}]}\n");
}

TEST_CASE("pages that took a change are counted once all of every browser have asked") {
  using Reaction = PageTally::Reaction;
  constexpr std::chrono::hours kForever{1};
  PageTally tally;
  const std::uint64_t older = tally.begin("demo", 1);
  const std::uint64_t change = tally.begin("demo", 2);
  const std::uint64_t other = tally.begin("other", 1);
  tally.page_asked(change, Reaction::reloads);
  tally.browser_has(change, 2);
  tally.browser_has(change, 1);
  tally.page_asked(change, Reaction::restyles);
  tally.page_asked(other, Reaction::reloads);
  tally.page_asked(older, Reaction::reloads);
  tally.page_asked(change, Reaction::none);
  const PageCounts counts = tally.take("demo", kForever);
  CHECK(counts.reloaded == 1);
  CHECK(counts.restyled == 1);
  SECTION("and told once") {
    CHECK(tally.take("demo", kForever).reloaded == 0);
  }
  SECTION("a change that nobody was told of is taken by nobody") {
    tally.begin("other", 0);
    CHECK(tally.take("other", kForever).reloaded == 0);
  }
  SECTION("a page that never asks is not waited for for ever, nor when all ends") {
    tally.browser_has(other, 2);
    CHECK(tally.take("other", std::chrono::milliseconds(1)).reloaded == 1);
    tally.begin("other", 1);
    tally.close();
    CHECK(tally.take("other", kForever).reloaded == 0);
  }
}
