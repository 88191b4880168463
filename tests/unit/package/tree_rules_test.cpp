// .gitignore files in a tree: which files they leave out, held against git itself.

#include "emulator/package/tree_rules.h"

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

#include "emulator/model/codes.h"
#include "emulator/package/builder.h"
#include "tests/support/catch.h"
#include "tests/unit/package/tools.h"

namespace exthost::package {
namespace {

using testing::Folder;
using Names = std::vector<std::string>;

const IgnoreOptions kByGit({}, true);

Names scanned(const Folder& folder, const IgnoreOptions& ignore = kByGit) {
  const auto files = scan_folder(folder.path(), ignore);
  REQUIRE(files);
  Names names;
  for (const SourceFile& file : *files) names.push_back(file.path);
  return names;
}

/// The files that git would add, sorted: its own answer to the same question.
Names known_to_git(const Folder& folder) {
  const Folder home;
  const std::string git =
      "HOME='" + home.path().string() + "' GIT_CONFIG_NOSYSTEM=1 git -c core.quotePath=false ";
  REQUIRE(home.run(git + "-C '" + folder.path().string() + "' init -q && " + git + "-C '" +
                   folder.path().string() + "' ls-files -z --others --exclude-standard > listing"));
  std::stringstream listing(home.read("listing"));
  std::set<std::string> names;
  for (std::string name; std::getline(listing, name, '\0');) names.insert(name);
  std::filesystem::remove_all(folder.at(".git"));
  return {names.begin(), names.end()};
}

/// As git sees it, besides what never belongs into a package.
void check_as_git(const Folder& folder) {
  const Names ours = scanned(folder);
  Names theirs = known_to_git(folder);
  const TreeRules always({});
  std::erase_if(theirs, [&](const std::string& name) { return always.ignores(name, false); });
  CHECK(ours == theirs);
}

}  // namespace

TEST_CASE(".gitignore files count only where they are asked for") {
  const Folder folder;
  folder.write(".gitignore", "*.map\n");
  folder.write("a.js", "");
  folder.write("a.js.map", "");
  CHECK(scanned(folder, {}) == Names{".gitignore", "a.js", "a.js.map"});
  CHECK(scanned(folder) == Names{".gitignore", "a.js"});
}

TEST_CASE("a .gitignore counts from its own folder, and outranks those above it") {
  const Folder folder;
  folder.write(".gitignore", "*.log\n/top.txt\n");
  folder.write("sub/.gitignore", "!keep.log\n/top.txt\n");
  for (const char* name : {"a.log", "keep.log", "top.txt", "sub/a.log", "sub/keep.log", "sub/top.txt",
                           "sub/deep/keep.log", "sub/deep/top.txt"}) {
    folder.write(name, "");
  }
  CHECK(scanned(folder) ==
        Names{".gitignore", "sub/.gitignore", "sub/deep/keep.log", "sub/deep/top.txt", "sub/keep.log"});
}

TEST_CASE("the settings' globs outrank every .gitignore") {
  const Folder folder;
  folder.write(".gitignore", "*.js\n!keep.css\n");
  for (const char* name : {"app.js", "keep.css", "page.html"}) folder.write(name, "");
  CHECK(scanned(folder, IgnoreOptions({"*.css", "!app.js"}, true)) ==
        Names{".gitignore", "app.js", "page.html"});
}

TEST_CASE("a .gitignore that is a link is none, one too large to be one is told") {
  const Folder folder;
  folder.write("rules", "*.js\n");
  folder.write("a.js", "");
  std::filesystem::create_symlink("rules", folder.at(".gitignore"));
  CHECK(scanned(folder) == Names{".gitignore", "a.js", "rules"});
  std::filesystem::remove(folder.at(".gitignore"));
  folder.write(".gitignore", std::string(2 * 1024 * 1024, '#'));
  const auto files = scan_folder(folder.path(), kByGit);
  REQUIRE_FALSE(files);
  CHECK(files.error().code == model::codes::kSourceUnreadable);
  CHECK_THAT(files.error().message, ContainsSubstring(".gitignore"));
}

TEST_CASE("what a .gitignore said is forgotten with it") {
  TreeRules rules(kByGit);
  rules.put_file("sub", "*.js\r\n");
  CHECK(rules.ignores("sub/a.js", false));
  CHECK_FALSE(rules.ignores("a.js", false));
  rules.put_file("sub", "");
  CHECK_FALSE(rules.ignores("sub/a.js", false));
  rules.put_file("", "\xEF\xBB\xBF*.ts\n");
  CHECK(rules.ignores("sub/deep/a.ts", false));
  rules.forget_files();
  CHECK_FALSE(rules.ignores("sub/deep/a.ts", false));
}

TEST_CASE("git leaves out the same files: every form of a pattern") {
  if (!testing::has_tool("git")) {
    WARN("no git on this machine to compare with");
    return;
  }
  const Folder folder;
  folder.write(
      ".gitignore",
      "# a comment\n\n*.log\n!important.log\n/only-here\nbuild/\ndoc/*.txt\ndoc/**/*.pdf\n**/cache\n"
      "abc/**\n!abc/\n!abc/keep\ntrailing.txt   \nspace\\ \n\\#hash\n\\!bang\n[a-c]x[!0-9]\n"
      "[[:upper:]]*.TMP\nq?z\nfoo**bar\na/**/z\nfoo/\n[open\nback\\\n*.d/\nlast/**/\nwindows.txt\r\n");
  folder.write("sub/.gitignore", "!*.log\n/build\nnested/*\n!nested/yes\n");
  folder.write("sub/deep/.gitignore", "*\n!*.js\n!.gitignore\n");
  folder.write("abc/.gitignore", "!*\n");
  for (const char* name : {"a.log",
                           "important.log",
                           "only-here",
                           "x/only-here",
                           "build/a",
                           "x/build",
                           "doc/a.txt",
                           "doc/x/a.txt",
                           "doc/a.pdf",
                           "doc/x/y/a.pdf",
                           "cache",
                           "x/y/cache/a",
                           "abc/keep",
                           "abc/x/y",
                           "trailing.txt",
                           "space ",
                           "space",
                           "#hash",
                           "!bang",
                           "axq",
                           "ax7",
                           "dxq",
                           "A.TMP",
                           "a.TMP",
                           "qqz",
                           "qz",
                           "fooXXbar",
                           "foobar",
                           "a/z",
                           "a/b/c/z",
                           "foo/x",
                           "x/foo",
                           "[open",
                           "open",
                           "back\\",
                           "back",
                           "v.d/x",
                           "w.d",
                           "last/a/b",
                           "last/a2",
                           "windows.txt",
                           "sub/a.log",
                           "sub/build/x",
                           "sub/x/build/x",
                           "sub/nested/no",
                           "sub/nested/yes",
                           "sub/deep/a.js",
                           "sub/deep/a.css",
                           "sub/deep/er/b.js",
                           "umlaut-\xC3\xA4.txt"}) {
    folder.write(name, "");
  }
  check_as_git(folder);
}

TEST_CASE("git leaves out the same files: whatever patterns there are") {
  if (!testing::has_tool("git")) {
    WARN("no git on this machine to compare with");
    return;
  }
  const std::vector<std::string> parts = {"a",  "b",  "*", "?", "**", "[ab]", "[!a]",
                                          "a*", "*b", "!", "/", "/",  "/"};
  const std::vector<std::string> folders = {"", "a/", "b/", "a/b/", "a/a/", "b/a/b/"};
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::string shown = "seed " + std::to_string(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t count) {
      return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
    };
    const Folder folder;
    for (const std::string& place : folders) {
      for (const char* name : {"a", "b", "ab", "ba", "c"}) {
        if (std::filesystem::is_directory(folder.at(place + name))) continue;
        const std::string path = place + name;
        const bool is_folder = std::any_of(folders.begin(), folders.end(), [&](const std::string& other) {
          return other.starts_with(path + "/");
        });
        if (!is_folder) folder.write(path, "");
      }
      std::string rules;
      for (std::size_t line = below(4); line > 0; --line) {
        // But two slashes or three stars in a row, of which gitignore(5) says nothing.
        for (std::size_t part = 1 + below(4); part > 0; --part) {
          const std::string& next = parts[below(parts.size())];
          const char last = rules.empty() ? '\n' : rules.back();
          if (last == next.front() && (last == '/' || last == '*')) continue;
          rules += next;
        }
        rules += '\n';
      }
      if (!rules.empty()) folder.write(place + ".gitignore", rules);
      shown += "\n" + place + ".gitignore:\n" + rules;
    }
    INFO(shown);
    check_as_git(folder);
  }
}

}  // namespace exthost::package
