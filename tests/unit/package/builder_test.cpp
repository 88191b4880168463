#include "emulator/package/builder.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

#include "emulator/base/hash.h"
#include "emulator/model/codes.h"
#include "emulator/package/build_plan.h"
#include "tests/support/catch.h"
#include "tests/unit/package/raw_zip.h"
#include "tests/unit/package/tools.h"

namespace exthost::package {
namespace {

using testing::Folder;
using testing::sample_text;
using Names = std::vector<std::string>;

BuiltPackage built(PackageBuilder& builder) {
  auto result = builder.build();
  INFO((result ? "" : result.error().message));
  REQUIRE(result);
  REQUIRE(result->has_value());
  return **result;
}

bool builds_nothing(PackageBuilder& builder) {
  auto result = builder.build();
  REQUIRE(result);
  return !result->has_value();
}

std::string content(const Package& package, std::string_view path) {
  const Entry* entry = package.find(path);
  REQUIRE(entry != nullptr);
  return package.read(*entry).value();
}

TEST_CASE("a first build packs everything, a second finds nothing to do") {
  const Folder folder;
  folder.write("index.html", "<p>");
  folder.write("Content/a.js", sample_text(10'000));
  PackageBuilder builder(folder.path(), {});
  const BuiltPackage first = built(builder);
  CHECK(first.changed == Names{"Content/a.js", "index.html"});
  CHECK(first.package->verify());
  CHECK(content(*first.package, "Content/a.js") == sample_text(10'000));
  CHECK(builds_nothing(builder));
  CHECK(builds_nothing(builder));
}

TEST_CASE("a build names what was changed, added and removed") {
  const Folder folder;
  for (const char* name : {"a.js", "b.js", "c.js", "folder/d.js"}) folder.write(name, name);
  PackageBuilder builder(folder.path(), {});
  const BuiltPackage first = built(builder);

  folder.write("b.js", "changed");
  CHECK(built(builder).changed == Names{"b.js"});

  std::filesystem::remove(folder.at("a.js"));
  folder.write("new/folder/e.js", "e");
  const BuiltPackage third = built(builder);
  CHECK(third.changed == Names{"a.js", "new/folder/e.js"});
  CHECK(third.package->find("a.js") == nullptr);
  CHECK(content(*third.package, "b.js") == "changed");
  CHECK(content(*third.package, "new/folder/e.js") == "e");

  std::filesystem::rename(folder.at("c.js"), folder.at("z.js"));
  CHECK(built(builder).changed == Names{"c.js", "z.js"});

  std::filesystem::rename(folder.at("folder"), folder.at("renamed"));
  CHECK(built(builder).changed == Names{"folder/d.js", "renamed/d.js"});

  // The first package is as it was.
  CHECK(content(*first.package, "a.js") == "a.js");
  CHECK(content(*first.package, "b.js") == "b.js");
}

TEST_CASE("a change of the same size at the same moment is seen") {
  const Folder folder;
  folder.write("a.js", "1");
  PackageBuilder builder(folder.path(), {});
  built(builder);
  for (const char* next : {"2", "3", "4", "5"}) {
    folder.write("a.js", next);
    CHECK(content(*built(builder).package, "a.js") == next);
  }
}

TEST_CASE("a file written again with the same content changes nothing") {
  const Folder folder;
  folder.write("a.js", sample_text(1000));
  folder.write("b.js", "2");
  PackageBuilder builder(folder.path(), {});
  built(builder);
  folder.write("a.js", sample_text(1000));
  CHECK(builds_nothing(builder));
  folder.write("saved.tmp", folder.read("b.js"));
  std::filesystem::rename(folder.at("saved.tmp"), folder.at("b.js"));
  CHECK(builds_nothing(builder));
}

TEST_CASE("going back to earlier content gives the earlier bytes and parts") {
  const Folder folder;
  folder.write("a.js", "1");
  PackageBuilder builder(folder.path(), {});
  const BuiltPackage first = built(builder);
  folder.write("a.js", "2");
  const BuiltPackage second = built(builder);
  CHECK(second.package->bytes() != first.package->bytes());
  folder.write("a.js", "1");
  const BuiltPackage third = built(builder);
  CHECK(third.package->bytes() == first.package->bytes());
  CHECK(third.parts == first.parts);
}

TEST_CASE("the same tree gives the same bytes, wherever, whenever and with any number of threads") {
  const Folder one;
  const Folder two;
  const Names names = {"index.html", "Content/a.js", "Content/b.js", "z/y/x.txt"};
  for (auto name = names.begin(); name != names.end(); ++name) one.write(*name, sample_text(20'000) + *name);
  for (auto name = names.rbegin(); name != names.rend(); ++name)
    two.write(*name, sample_text(20'000) + *name);
  PackageBuilder single(one.path(), {}, 1);
  PackageBuilder several(two.path(), {}, 7);
  const BuiltPackage first = built(single);
  const BuiltPackage second = built(several);
  CHECK(first.package->bytes() == second.package->bytes());
  CHECK(first.parts == second.parts);
}

TEST_CASE("after any edits an incremental build equals a fresh one byte for byte") {
  const Folder folder;
  std::mt19937 random(20);
  const auto some_name = [&] {
    return "folder" + std::to_string(random() % 4) + "/file" + std::to_string(random() % 12) +
           (random() % 5 == 0 ? ".png" : ".js");
  };
  for (int i = 0; i < 30; ++i)
    folder.write(some_name(), sample_text(random() % 3000, static_cast<unsigned>(i)));
  PackageBuilder builder(folder.path(), {});
  std::string last(built(builder).package->bytes());
  for (int round = 0; round < 60; ++round) {
    for (auto edits = random() % 4; edits > 0; --edits) {
      const std::string name = some_name();
      switch (random() % 4) {
        case 0:
          std::filesystem::remove(folder.at(name));
          break;
        case 1:
          if (std::filesystem::exists(folder.at(name))) {
            std::filesystem::rename(folder.at(name), folder.at(some_name()));
          }
          break;
        default:
          folder.write(name, sample_text(random() % 3000, static_cast<unsigned>(random() % 5)));
      }
    }
    auto result = builder.build();
    REQUIRE(result);
    if (*result) last = (*result)->package->bytes();
    auto fresh = build_folder(folder.path(), {});
    REQUIRE(fresh);
    REQUIRE(last == fresh->package->bytes());
    if (*result) CHECK((*result)->parts == fresh->parts);
  }
}

TEST_CASE("what is ignored is neither packed nor a change") {
  const Folder folder;
  folder.write("a.js", "1");
  folder.write("a.js.map", "1");
  PackageBuilder builder(folder.path(), {"*.map"});
  CHECK(built(builder).changed == Names{"a.js"});
  folder.write("a.js.map", "2");
  folder.write(".a.js.swp", "x");
  CHECK(builds_nothing(builder));
}

TEST_CASE("an empty folder makes an empty package, and filling it is a change") {
  const Folder folder;
  PackageBuilder builder(folder.path(), {});
  CHECK(built(builder).package->entries().empty());
  CHECK(builds_nothing(builder));
  folder.write("a.js", "1");
  CHECK(built(builder).changed == Names{"a.js"});
  std::filesystem::remove(folder.at("a.js"));
  CHECK(built(builder).package->entries().empty());
}

TEST_CASE("a folder that no package may hold is refused, and mending it goes on from the last good build") {
  const Folder folder;
  folder.write("a.js", "1");
  folder.write("b.js", "1");
  PackageBuilder builder(folder.path(), {});
  built(builder);

  folder.write("a.js", "2");
  folder.write("A.js", "3");
  auto refused = builder.build();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipNames);

  std::filesystem::remove(folder.at("A.js"));
  CHECK(built(builder).changed == Names{"a.js"});

  folder.write("back\\slash.js", "1");
  refused = builder.build();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipUnsafe);
}

TEST_CASE("a folder over the limits is refused before it is read") {
  const Folder folder;
  folder.write("a.js", sample_text(1000));
  folder.write("b.js", sample_text(1000));
  PackageLimits limits;
  limits.expanded_bytes = 1500;
  auto refused = build_folder(folder.path(), {}, limits);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipTooLarge);
  limits = {};
  limits.file_bytes = 999;
  refused = build_folder(folder.path(), {}, limits);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipTooLarge);
  CHECK_THAT(refused.error().message, ContainsSubstring("'a.js'"));
}

TEST_CASE("a folder that is gone fails the build and leaves the builder as it was") {
  const Folder folder;
  folder.write("source/a.js", "1");
  PackageBuilder builder(folder.at("source"), {});
  built(builder);
  std::filesystem::rename(folder.at("source"), folder.at("away"));
  auto refused = builder.build();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == base::ErrorKind::not_found);
  CHECK(refused.error().code == model::codes::kSourceUnreadable);
  std::filesystem::rename(folder.at("away"), folder.at("source"));
  CHECK(builds_nothing(builder));
}

SourceFile file(std::string path, std::int64_t modified_ns = 0) {
  SourceFile result;
  result.path = std::move(path);
  result.modified_ns = modified_ns;
  return result;
}

TEST_CASE("a plan reads what is new, other or doubtful, and nothing else") {
  const std::vector<KnownFile> known = {
      {file("a"), false}, {file("c"), true}, {file("d", 1), false}, {file("e"), false}, {file("z"), false}};
  const std::vector<SourceFile> scanned = {file("a"), file("b"), file("c"), file("d", 2), file("f")};
  const BuildPlan plan = plan_build(scanned, known);
  CHECK(plan.to_read == std::vector<std::size_t>{1, 2, 3, 4});
  CHECK(plan.removed == Names{"e", "z"});
  CHECK(plan.known_as == std::vector<std::optional<std::size_t>>{0, std::nullopt, 1, 2, std::nullopt});
  CHECK(plan_build({}, known).removed.size() == 5);
  CHECK(plan_build(scanned, {}).to_read.size() == 5);
}

TEST_CASE("files of a renamed folder are known by their stats, not read again") {
  const auto at = [](std::string path, std::uint64_t inode, bool doubtful = false) {
    KnownFile known{file(std::move(path), 5), doubtful};
    known.file.inode = inode;
    return known;
  };
  const std::vector<KnownFile> known = {at("old/a", 1), at("old/b", 2), at("old/c", 3, true), at("old/d", 4)};
  std::vector<SourceFile> scanned;
  for (const char* name : {"new/a", "new/b", "new/c", "new/e"}) scanned.push_back(file(name, 5));
  scanned[0].inode = 1;
  scanned[1].inode = 2;
  scanned[1].size = 1;   // written since
  scanned[2].inode = 3;  // was doubtful
  scanned[3].inode = 4;  // has another name, which may be compressed another way
  const BuildPlan plan = plan_build(scanned, known);
  CHECK(plan.to_read == std::vector<std::size_t>{1, 2, 3});
  CHECK(plan.moved_from[0] == std::optional<std::size_t>(0));
  CHECK(plan.removed.size() == 4);
}

TEST_CASE("a build told what was touched equals one that looks at everything") {
  const Folder folder;
  for (const char* name : {"a.js", "b.js", "folder/c.js"}) folder.write(name, sample_text(1000));
  PackageBuilder builder(folder.path(), {});
  built(builder);
  folder.write("b.js", "2");
  folder.write("folder/d.js", "3");
  auto narrow = builder.build(Names{"b.js", "folder/d.js"});
  REQUIRE(narrow);
  REQUIRE(narrow->has_value());
  CHECK((*narrow)->changed == Names{"b.js", "folder/d.js"});
  CHECK((*narrow)->package->bytes() == build_folder(folder.path(), {})->package->bytes());
  CHECK(builds_nothing(builder));
}

TEST_CASE("builds one after another of the same files are what fresh builds are, however many there were") {
  const Folder folder;
  for (int i = 0; i < 20; ++i) folder.write("file" + std::to_string(i) + ".js", sample_text(500 + i));
  PackageBuilder builder(folder.path(), {});
  built(builder);
  for (int round = 0; round < 150; ++round) {
    const std::string name = "file" + std::to_string(round * 7 % 20) + ".js";
    folder.write(name, "// round " + std::to_string(round) + sample_text(static_cast<std::size_t>(round)));
    const BuiltPackage next = built(builder);
    CHECK(next.changed == Names{name});
    if (round % 10 == 0) {
      CHECK(next.package->verify());
      CHECK(next.package->find("FILE3.js") != nullptr);
      const auto fresh = build_folder(folder.path(), {});
      REQUIRE(next.package->bytes() == fresh->package->bytes());
      REQUIRE(next.package->size_bytes() == fresh->package->bytes().size());
      REQUIRE(next.parts == fresh->parts);
    }
    if (round % 40 == 39) builder.tidy();
  }
}

TEST_CASE("a change of content over a limit is refused, and the package before stays") {
  const Folder folder;
  folder.write("a.js", sample_text(1000));
  PackageLimits limits;
  limits.zip_bytes = 2000;
  PackageBuilder builder(folder.path(), {}, 2, limits);
  built(builder);
  std::string noise;
  for (unsigned i = 0; noise.size() < 3000; ++i) noise += base::hmac_sha256("noise", std::to_string(i));
  folder.write("a.js", noise);
  const auto refused = builder.build();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipTooLarge);
  folder.write("a.js", sample_text(1001));
  CHECK(content(*built(builder).package, "a.js") == sample_text(1001));
}

TEST_CASE("after a build that failed everything is looked at, whatever was touched since") {
  const Folder folder;
  folder.write("a.js", "1");
  folder.write("b.js", "1");
  PackageBuilder builder(folder.path(), {});
  built(builder);
  folder.write("A.js", "2");
  REQUIRE_FALSE(builder.build(Names{"A.js"}));
  folder.write("b.js", "3");
  const auto refused = builder.build(Names{"b.js"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == model::codes::kZipNames);
  std::filesystem::remove(folder.at("A.js"));
  const auto mended = builder.build(Names{"b.js"});
  REQUIRE(mended);
  CHECK((**mended).changed == Names{"b.js"});
}

/// Builds until what was asked to be recompressed is in the package.
BuiltPackage built_recompressed(PackageBuilder& builder, const Folder& folder, std::size_t fast_size) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (int round = 0; std::chrono::steady_clock::now() < deadline; ++round) {
    builder.tidy();
    folder.write("other.js", std::to_string(round));
    BuiltPackage package = built(builder);
    if (package.package->find("large.js")->stored.size() != fast_size) return package;
  }
  FAIL("it was never recompressed");
  return {};
}

TEST_CASE("a large file that is saved is deflated fast, and as usual later") {
  const Folder folder;
  const std::string text = sample_text(600'000);
  folder.write("large.js", text);
  folder.write("other.js", "1");
  PackageBuilder builder(folder.path(), {});
  const std::size_t usual = built(builder).package->find("large.js")->stored.size();

  folder.write("large.js", text + "//");
  const BuiltPackage hot = built(builder);
  const std::size_t fast = hot.package->find("large.js")->stored.size();
  CHECK(fast > usual);
  CHECK(content(*hot.package, "large.js") == text + "//");
  folder.write("large.js", text + "//");
  CHECK(builds_nothing(builder));

  const BuiltPackage later = built_recompressed(builder, folder, fast);
  CHECK(later.changed == Names{"other.js"});
  CHECK(later.package->bytes() == build_folder(folder.path(), {})->package->bytes());
  CHECK(later.parts == build_folder(folder.path(), {})->parts);
  folder.write("large.js", text + "//");
  CHECK(builds_nothing(builder));
}

TEST_CASE("what was recompressed is kept until there is a change to go with") {
  const Folder folder;
  const std::string text = sample_text(600'000);
  folder.write("large.js", text);
  folder.write("other.js", "1");
  PackageBuilder builder(folder.path(), {});
  built(builder);
  folder.write("large.js", text + "//");
  const std::size_t fast = built(builder).package->find("large.js")->stored.size();
  for (int times = 0; times < 5; ++times) {
    builder.tidy();
    CHECK(builds_nothing(builder));
  }
  const BuiltPackage later = built_recompressed(builder, folder, fast);
  CHECK(later.package->bytes() == build_folder(folder.path(), {})->package->bytes());
}

TEST_CASE("what was recompressed does not come back over a newer save") {
  const Folder folder;
  const std::string text = sample_text(600'000);
  folder.write("large.js", text);
  PackageBuilder builder(folder.path(), {});
  built(builder);
  folder.write("large.js", text + "1");
  built(builder);
  builder.tidy();
  for (const char* end : {"2", "3", "4", "5"}) {
    folder.write("large.js", text + end);
    const BuiltPackage next = built(builder);
    CHECK(content(*next.package, "large.js") == text + end);
    CHECK(next.package->verify());
    builder.tidy();
  }
}

TEST_CASE("an overlay's files stand in for those of the folder") {
  const Folder folder;
  const Folder local;
  folder.write("index.html", "<p>");
  folder.write("Content/Config/default.json", "{\"a\": 1}");
  folder.write("Content/Config/Portal.azure.com.json", "{\"b\": 1}");
  local.write("portal.azure.com.json", "{\"b\": 2}");
  local.write("ms.portal.azure.com.json", "{}");
  local.write("notes.txt", "not for the package");
  local.write("deep/default.json", "{}");
  PackageBuilder builder(folder.path(), {}, 2, {}, {local.path(), "Content/Config"});
  const BuiltPackage first = built(builder);
  CHECK(first.changed == Names{"Content/Config/default.json", "Content/Config/ms.portal.azure.com.json",
                               "Content/Config/portal.azure.com.json", "index.html"});
  CHECK(content(*first.package, "Content/Config/portal.azure.com.json") == "{\"b\": 2}");
  CHECK(content(*first.package, "Content/Config/default.json") == "{\"a\": 1}");

  local.write("portal.azure.com.json", "{\"b\": 3}");
  folder.write("Content/Config/Portal.azure.com.json", "{\"b\": 9}");
  CHECK(built(builder).changed == Names{"Content/Config/portal.azure.com.json"});
  std::filesystem::remove_all(local.path());
  const BuiltPackage without = built(builder);
  CHECK(content(*without.package, "Content/Config/Portal.azure.com.json") == "{\"b\": 9}");
  CHECK(without.package->find("Content/Config/ms.portal.azure.com.json") == nullptr);
}

}  // namespace
}  // namespace exthost::package
