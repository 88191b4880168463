#include <sys/stat.h>

#include <filesystem>

#include "emulator/model/codes.h"
#include "emulator/package/builder.h"
#include "tests/support/catch.h"
#include "tests/unit/package/tools.h"

namespace exthost::package {
namespace {

using testing::Folder;
using Names = std::vector<std::string>;

Names scanned(const std::filesystem::path& root, const std::vector<std::string>& ignore = {}) {
  auto files = scan_folder(root, ignore);
  INFO((files ? "" : files.error().message));
  REQUIRE(files);
  Names names;
  for (const SourceFile& file : *files) names.push_back(file.path);
  return names;
}

TEST_CASE("a scan lists the files below a folder, sorted") {
  const Folder folder;
  folder.write("b.js", "22");
  folder.write("a/z.js", "1");
  folder.write("a.js", "1");
  folder.write("B.js", "1");
  std::filesystem::create_directories(folder.at("empty/folder"));
  CHECK(scanned(folder.path()) == Names{"B.js", "a.js", "a/z.js", "b.js"});
  auto files = scan_folder(folder.path(), {});
  CHECK(files->back().size == 2);
  CHECK(files->back().modified_ns > 0);
  CHECK(files->back().inode != 0);
  CHECK(scanned(folder.at("empty")).empty());
}

TEST_CASE("what is ignored is not listed, and an ignored folder not entered") {
  const Folder folder;
  for (const char* name : {"a.js", "a.js.map", "lib/b.js", "lib/b.js.map", "node_modules/c/c.js",
                           ".git/config", "lib/.b.js.swp"}) {
    folder.write(name, "1");
  }
  CHECK(scanned(folder.path(), {"**/*.map", "node_modules/"}) == Names{"a.js", "lib/b.js"});
  CHECK(scanned(folder.path(), {"node_modules/", "!node_modules/c/c.js", "*.map"}) ==
        Names{"a.js", "lib/b.js"});
}

TEST_CASE("links inside the root are followed, others are left out") {
  const Folder outside;
  outside.write("secret.txt", "1");
  const Folder folder;
  folder.write("shared/s.js", "1");
  folder.write("Content/a.js", "1");
  std::filesystem::create_symlink("../shared", folder.at("Content/linked"));
  std::filesystem::create_symlink("a.js", folder.at("Content/b.js"));
  std::filesystem::create_symlink(outside.at("secret.txt"), folder.at("Content/secret.txt"));
  std::filesystem::create_symlink(outside.path(), folder.at("Content/outside"));
  std::filesystem::create_symlink("nowhere", folder.at("Content/broken"));
  std::filesystem::create_symlink("itself", folder.at("Content/itself"));
  CHECK(scanned(folder.path()) ==
        Names{"Content/a.js", "Content/b.js", "Content/linked/s.js", "shared/s.js"});
}

TEST_CASE("links cannot make a scan run in circles") {
  const Folder folder;
  folder.write("a/a.js", "1");
  folder.write("b/b.js", "1");
  std::filesystem::create_symlink(".", folder.at("here"));
  std::filesystem::create_symlink("..", folder.at("a/up"));
  std::filesystem::create_symlink("../b", folder.at("a/to_b"));
  std::filesystem::create_symlink("../a", folder.at("b/to_a"));
  CHECK(scanned(folder.path()) == Names{"a/a.js", "a/to_b/b.js", "b/b.js", "b/to_a/a.js"});
}

TEST_CASE("the root may itself be a link, and a sibling of like name is not inside it") {
  const Folder folder;
  folder.write("root/a.js", "1");
  folder.write("root2/b.js", "1");
  std::filesystem::create_symlink("root", folder.at("link"));
  std::filesystem::create_symlink("../root2/b.js", folder.at("root/b.js"));
  CHECK(scanned(folder.at("link")) == Names{"a.js"});
}

TEST_CASE("pipes and the like are left out") {
  const Folder folder;
  folder.write("a.js", "1");
  REQUIRE(::mkfifo(folder.at("pipe").c_str(), 0600) == 0);
  CHECK(scanned(folder.path()) == Names{"a.js"});
}

TEST_CASE("a folder that is not there or is a file is said to be unreadable") {
  const Folder folder;
  folder.write("a.js", "1");
  auto absent = scan_folder(folder.at("absent"), {});
  REQUIRE_FALSE(absent);
  CHECK(absent.error().kind == base::ErrorKind::not_found);
  CHECK(absent.error().code == model::codes::kSourceUnreadable);
  auto file = scan_folder(folder.at("a.js"), {});
  REQUIRE_FALSE(file);
  CHECK(file.error().code == model::codes::kSourceUnreadable);
}

TEST_CASE("a scan stops at the limit of files") {
  const Folder folder;
  for (const char* name : {"a", "b", "c"}) folder.write(name, "1");
  CHECK(scan_folder(folder.path(), {}, 3));
  auto refused = scan_folder(folder.path(), {}, 2);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipTooLarge);
}

TEST_CASE("folders nested deeper than a package may be are refused") {
  const Folder folder;
  std::string path;
  for (int i = 0; i < 70; ++i) path += "d/";
  folder.write(path + "a.js", "1");
  auto refused = scan_folder(folder.path(), {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipNames);
}

}  // namespace
}  // namespace exthost::package
