#include "emulator/package/ignore_rules.h"

#include "tests/support/catch.h"

namespace exthost::package {
namespace {

bool file_ignored(const std::vector<std::string>& globs, std::string_view path) {
  return IgnoreRules(globs).ignores(path, false);
}
bool folder_ignored(const std::vector<std::string>& globs, std::string_view path) {
  return IgnoreRules(globs).ignores(path, true);
}

TEST_CASE("a glob without a slash counts at every depth") {
  CHECK(file_ignored({"*.tmp"}, "a.tmp"));
  CHECK(file_ignored({"*.tmp"}, "deep/er/a.tmp"));
  CHECK_FALSE(file_ignored({"*.tmp"}, "a.tmp.js"));
  CHECK_FALSE(file_ignored({"*.tmp"}, "a.tmp/b.js"));
}

TEST_CASE("a glob with a slash at its start or inside counts from the root") {
  CHECK(file_ignored({"/notes.txt"}, "notes.txt"));
  CHECK_FALSE(file_ignored({"/notes.txt"}, "Content/notes.txt"));
  CHECK(file_ignored({"Content/*.map"}, "Content/a.map"));
  CHECK_FALSE(file_ignored({"Content/*.map"}, "Content/Scripts/a.map"));
  CHECK_FALSE(file_ignored({"Content/*.map"}, "Other/Content/a.map"));
}

TEST_CASE("a slash at the end means folders only") {
  CHECK(folder_ignored({"node_modules/"}, "node_modules"));
  CHECK(folder_ignored({"node_modules/"}, "lib/node_modules"));
  CHECK_FALSE(file_ignored({"node_modules/"}, "node_modules"));
  CHECK(folder_ignored({"/out/"}, "out"));
  CHECK_FALSE(folder_ignored({"/out/"}, "Content/out"));
}

TEST_CASE("two stars stand for any number of folders") {
  CHECK(file_ignored({"**/*.map"}, "a.map"));
  CHECK(file_ignored({"**/*.map"}, "a/b/c.map"));
  CHECK(file_ignored({"a/**/z.js"}, "a/z.js"));
  CHECK(file_ignored({"a/**/z.js"}, "a/b/c/z.js"));
  CHECK_FALSE(file_ignored({"a/**/z.js"}, "b/a/z.js"));
  CHECK(file_ignored({"a/**"}, "a/b/c.js"));
  CHECK_FALSE(folder_ignored({"a/**"}, "a"));
  CHECK(file_ignored({"**/a/**/b/*.js"}, "x/a/y/b/z/b/c.js"));
}

TEST_CASE("question marks, sets and backslashes") {
  CHECK(file_ignored({"?.js"}, "a.js"));
  CHECK_FALSE(file_ignored({"?.js"}, "ab.js"));
  CHECK(file_ignored({"[a-c]1.js"}, "b1.js"));
  CHECK_FALSE(file_ignored({"[!a-c]1.js"}, "b1.js"));
  CHECK(file_ignored({"[]x].js"}, "].js"));
  CHECK(file_ignored({"[[:digit:]x].js"}, "7.js"));
  CHECK(file_ignored({"[[:digit:]x].js"}, "x.js"));
  CHECK_FALSE(file_ignored({"[[:digit:]x].js"}, "a.js"));
  CHECK_FALSE(file_ignored({"[ab.js"}, "[ab.js"));
  CHECK_FALSE(file_ignored({"ab\\"}, "ab\\"));
  CHECK(file_ignored({"\\*.js"}, "*.js"));
  CHECK_FALSE(file_ignored({"\\*.js"}, "a.js"));
  CHECK(file_ignored({"\\!a"}, "!a"));
  CHECK(file_ignored({"\\#a"}, "#a"));
}

TEST_CASE("the last glob that fits decides, and a ! takes back") {
  CHECK_FALSE(file_ignored({"*.map", "!keep.map"}, "keep.map"));
  CHECK(file_ignored({"*.map", "!keep.map"}, "other.map"));
  CHECK(file_ignored({"!keep.map", "*.map"}, "keep.map"));
}

TEST_CASE("empty lines, comments and spaces at the end mean nothing") {
  CHECK_FALSE(file_ignored({"", "# a.js", "/", "!"}, "a.js"));
  CHECK(file_ignored({"a.js  "}, "a.js"));
}

TEST_CASE("version control and what editors drop is left out, unless taken back") {
  CHECK(folder_ignored({}, ".git"));
  CHECK(file_ignored({}, "lib/.git"));
  for (const char* name :
       {"a.js~", ".a.js.swp", "4913", ".#a.js", "#a.js#", "a.js___jb_tmp___", ".DS_Store"}) {
    CHECK(file_ignored({}, std::string("Content/") + name));
  }
  CHECK_FALSE(file_ignored({}, "Content/a.js"));
  CHECK_FALSE(file_ignored({}, ".gitignore"));
  CHECK_FALSE(file_ignored({"!4913"}, "4913"));
}

TEST_CASE("a glob made to take long does not") {
  std::string glob;
  for (int i = 0; i < 200; ++i) glob += "*a";
  CHECK_FALSE(file_ignored({glob + "b"}, std::string(5000, 'a')));
  std::string path = "x";
  std::string stars = "x";
  for (int i = 0; i < 60; ++i) {
    path += "/a";
    stars += "/**/a";
  }
  CHECK_FALSE(file_ignored({stars + "/b"}, path));
}

}  // namespace
}  // namespace exthost::package
