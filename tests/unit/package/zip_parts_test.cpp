#include "emulator/package/zip_parts.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "emulator/base/hash.h"
#include "emulator/package/builder.h"
#include "tests/support/catch.h"
#include "tests/unit/package/raw_zip.h"
#include "tests/unit/package/tools.h"

namespace exthost::package {
namespace {

using testing::Folder;
using testing::sample_text;

/// Bytes that deflate does not make fewer.
std::string noise(std::size_t size, unsigned seed) {
  std::string bytes;
  for (unsigned block = 0; bytes.size() < size; ++block) {
    bytes += base::hmac_sha256(std::to_string(seed), std::to_string(block));
  }
  bytes.resize(size);
  return bytes;
}

/// 400 files of 4 KB, in folders.
void fill(const Folder& folder) {
  for (unsigned i = 0; i < 400; ++i) {
    folder.write("folder" + std::to_string(i % 7) + "/file" + std::to_string(i) + ".js", noise(4000, i));
  }
}

BuiltPackage built(PackageBuilder& builder) {
  auto result = builder.build();
  REQUIRE(result);
  REQUIRE(result->has_value());
  return **result;
}

/// Each part's hash is that of its bytes, and together they are the zip.
bool parts_are_the_zip(const BuiltPackage& package) {
  std::size_t offset = 0;
  for (const ZipPart& part : package.parts) {
    if (part.bytes != nullptr && *part.bytes != package.package->bytes().substr(offset, part.size_bytes))
      return false;
    if (base::sha256_hex(package.package->bytes().substr(offset, part.size_bytes)) != part.sha256)
      return false;
    offset += part.size_bytes;
  }
  return offset == package.package->bytes().size();
}

std::uint64_t new_bytes(const BuiltPackage& before, const BuiltPackage& after) {
  std::set<std::string> known;
  for (const ZipPart& part : before.parts) known.insert(part.sha256);
  return std::accumulate(after.parts.begin(), after.parts.end(), std::uint64_t{0},
                         [&](std::uint64_t sum, const ZipPart& part) {
                           return sum + (known.count(part.sha256) != 0 ? 0 : part.size_bytes);
                         });
}

TEST_CASE("the parts of a zip are hashed as they lie, whatever was changed before") {
  const Folder folder;
  fill(folder);
  PackageBuilder builder(folder.path(), {});
  CHECK(parts_are_the_zip(built(builder)));
  folder.write("folder3/file3.js", noise(5000, 1000));
  CHECK(parts_are_the_zip(built(builder)));
  folder.write("folder3/another.js", noise(100, 1001));
  std::filesystem::remove(folder.at("folder1/file1.js"));
  CHECK(parts_are_the_zip(built(builder)));
  std::filesystem::rename(folder.at("folder2"), folder.at("zolder"));
  CHECK(parts_are_the_zip(built(builder)));
}

TEST_CASE("a file that changes, comes or goes leaves the parts without it as they are") {
  const Folder folder;
  fill(folder);
  PackageBuilder builder(folder.path(), {});
  const BuiltPackage first = built(builder);
  CHECK(first.parts.size() > 4);

  folder.write("folder3/file3.js", noise(9000, 1000));  // all that follows moves
  const BuiltPackage second = built(builder);
  CHECK(new_bytes(first, second) < first.package->bytes().size() / 2);
  folder.write("folder0/0new.js", noise(100, 1001));
  const BuiltPackage third = built(builder);
  CHECK(new_bytes(second, third) < first.package->bytes().size() / 2);
  std::filesystem::remove(folder.at("folder6/file6.js"));
  CHECK(new_bytes(third, built(builder)) < first.package->bytes().size() / 2);
}

TEST_CASE("a large file is a part of its own") {
  const Folder folder;
  fill(folder);
  folder.write("folder3/large.js", noise(1'000'000, 1));
  PackageBuilder builder(folder.path(), {});
  const BuiltPackage first = built(builder);
  folder.write("folder3/large.js", noise(1'000'000, 2));
  const BuiltPackage second = built(builder);
  CHECK(new_bytes(first, second) < 1'100'000);
  CHECK(std::count_if(second.parts.begin(), second.parts.end(),
                      [](const ZipPart& part) { return part.size_bytes > 1'000'000; }) == 1);
}

TEST_CASE("an empty package has one part, its directory") {
  const Folder folder;
  PackageBuilder builder(folder.path(), {});
  const BuiltPackage empty = built(builder);
  CHECK(empty.parts.size() == 1);
  CHECK(parts_are_the_zip(empty));
}

TEST_CASE("where parts begin depends on the entries, not on where they stand") {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("file" + std::to_string(1000 + i) + ".js");
  const std::string bytes(10'000, 'x');
  std::vector<Entry> entries;
  for (const std::string& name : names)
    entries.push_back({name, bytes, bytes.size(), 0, Compression::stored});
  const auto names_at = [&](const std::vector<std::size_t>& starts) {
    std::set<std::string_view> begins;
    for (const std::size_t start : starts) begins.insert(entries[start].name);
    return begins;
  };
  const auto before = names_at(part_starts(entries));
  CHECK(before.size() > 8);
  CHECK(before.size() < 130);
  entries.erase(entries.begin() + 500);
  auto after = names_at(part_starts(entries));
  after.insert(names[500]);
  for (const std::string_view name : before) CHECK(after.count(name) == 1);
  CHECK(part_starts({}).empty());
}

}  // namespace
}  // namespace exthost::package
