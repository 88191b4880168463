#include "emulator/package/rescan.h"

#include <filesystem>

#include "tests/support/catch.h"
#include "tests/unit/package/tools.h"

namespace exthost::package {
namespace {

using testing::Folder;
using Names = std::vector<std::string>;

/// A folder, what a scan of it found, and what looks at some paths find after that.
struct Rescanned {
  Folder folder;
  IgnoreOptions ignore = {"*.map", "left/"};
  std::vector<SourceFile> known;

  Rescanned() {
    folder.write("a.js", "1");
    folder.write("b/c.js", "2");
    folder.write("b/d.js", "3");
    folder.write("left/out.js", "4");
    scan();
  }
  void scan() {
    auto files = scan_folder(folder.path(), ignore);
    REQUIRE(files);
    known = *std::move(files);
  }
  std::optional<std::vector<SourceFile>> look(const Names& touched, std::size_t max_files = 100) {
    return rescan_files(folder.path(), ignore, known, touched, max_files);
  }
  /// A look finds what a scan finds.
  bool agrees(const Names& touched) {
    const auto files = look(touched);
    REQUIRE(files);
    const auto scanned = scan_folder(folder.path(), ignore);
    REQUIRE(scanned);
    return *files == *scanned;
  }
};

TEST_CASE("files that were written, made or removed are found as by a scan") {
  Rescanned setup;
  CHECK(setup.agrees({}));
  setup.folder.write("b/c.js", "another size");
  CHECK(setup.agrees({"b/c.js"}));
  setup.folder.write("b/aa.js", "new");
  setup.folder.write("z.js", "new");
  CHECK(setup.agrees({"b/aa.js", "b/c.js", "z.js"}));
  std::filesystem::remove(setup.folder.at("a.js"));
  CHECK(setup.agrees({"a.js", "b/aa.js", "b/c.js", "z.js"}));
  CHECK(setup.agrees({"never/there.js", "a.js", "b/aa.js", "b/c.js", "z.js"}));
}

TEST_CASE("only what was touched is looked at") {
  Rescanned setup;
  setup.folder.write("a.js", "another size");
  const auto files = setup.look({"b/c.js"});
  REQUIRE(files);
  CHECK(*files == setup.known);
}

TEST_CASE("what globs leave out stays out, also by a folder above") {
  Rescanned setup;
  setup.folder.write("b/c.js.map", "x");
  setup.folder.write("left/more.js", "x");
  CHECK(setup.agrees({"b/c.js.map", "left/more.js"}));
}

TEST_CASE("paths that do not tell enough ask for a scan") {
  Rescanned setup;
  CHECK_FALSE(setup.look({""}));
  CHECK_FALSE(setup.look({"b"}));
  CHECK_FALSE(setup.look(Names(65, "a.js")));
  std::filesystem::rename(setup.folder.at("b"), setup.folder.at("moved"));
  CHECK_FALSE(setup.look({"b"}));
  CHECK_FALSE(setup.look({"moved"}));
}

TEST_CASE("links ask for a scan, those touched and those that known files were reached by") {
  Rescanned setup;
  std::filesystem::create_symlink("b/c.js", setup.folder.at("link.js"));
  CHECK_FALSE(setup.look({"link.js"}));
  setup.scan();
  CHECK_FALSE(setup.look({"a.js"}));
  std::filesystem::remove(setup.folder.at("link.js"));
  std::filesystem::create_directory_symlink("b", setup.folder.at("linked"));
  setup.scan();
  CHECK_FALSE(setup.look({"a.js"}));
}

TEST_CASE("where .gitignore files count, a new file asks for a scan and a known one does not") {
  Rescanned setup;
  setup.ignore.gitignore = true;
  setup.folder.write("a.js", "another size");
  CHECK(setup.agrees({"a.js"}));
  setup.folder.write("new.js", "x");
  CHECK_FALSE(setup.look({"new.js"}));
}

TEST_CASE("one file too many asks for a scan, which refuses it") {
  Rescanned setup;
  setup.folder.write("new.js", "x");
  CHECK_FALSE(setup.look({"new.js"}, setup.known.size()));
  CHECK(setup.look({"new.js"}, setup.known.size() + 1));
}

}  // namespace
}  // namespace exthost::package
