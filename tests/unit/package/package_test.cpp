#include <string>

#include "emulator/base/file.h"
#include "emulator/model/codes.h"
#include "emulator/package/package.h"
#include "emulator/package/zip_writer.h"
#include "tests/support/catch.h"
#include "tests/unit/package/raw_zip.h"

namespace exthost::package {
namespace {

using testing::deflated;
using testing::RawEntry;
using testing::RawZip;
using testing::sample_text;
using testing::stored;

std::shared_ptr<const Package> opened(std::string bytes) {
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  auto package = Package::open(owner, *owner);
  INFO((package ? "" : package.error().message));
  REQUIRE(package);
  return *package;
}

std::string content(const Package& package, std::string_view path) {
  const Entry* entry = package.find(path);
  REQUIRE(entry != nullptr);
  auto bytes = package.read(*entry);
  REQUIRE(bytes);
  return *bytes;
}

TEST_CASE("a package gives its files back, stored or deflated") {
  const std::string text = sample_text(100'000);
  const auto package =
      opened(RawZip{{stored("index.html", "<p>hello"), deflated("Content/a.js", text)}}.bytes());
  CHECK(package->entries().size() == 2);
  CHECK(content(*package, "index.html") == "<p>hello");
  CHECK(content(*package, "Content/a.js") == text);
  CHECK(package->entries()[1].compression == Compression::deflated);
  CHECK(package->warnings().empty());
  CHECK(package->verify());
}

TEST_CASE("an empty zip is a package without files") {
  const auto package = opened(RawZip{}.bytes());
  CHECK(package->entries().empty());
  CHECK(package->find("index.html") == nullptr);
  CHECK(package->verify());
}

TEST_CASE("an empty file is a file") {
  RawEntry empty_deflated = stored("b.txt", "");
  empty_deflated.method = 8;
  empty_deflated.data = std::string("\x03\x00", 2);
  const auto package = opened(RawZip{{stored("a.txt", ""), empty_deflated}}.bytes());
  CHECK(content(*package, "a.txt").empty());
  CHECK(content(*package, "b.txt").empty());
  CHECK(package->verify());
}

TEST_CASE("a path is found in any letter case and with doubled slashes") {
  const auto package = opened(RawZip{{stored("Content/Config/default.json", "{}")}}.bytes());
  CHECK(package->find("Content/Config/default.json") != nullptr);
  CHECK(package->find("content/CONFIG/Default.json") != nullptr);
  CHECK(package->find("Content//Config///default.json") != nullptr);
  CHECK(package->find("/Content/Config/default.json") == nullptr);
  CHECK(package->find("Content/Config") == nullptr);
  CHECK(package->find("Content/../Content/Config/default.json") == nullptr);
  CHECK(package->find("") == nullptr);
}

TEST_CASE("folder entries are accepted and not listed as files") {
  RawEntry folder = stored("Content/", "");
  folder.attributes = 040755u << 16 | 0x10;
  const auto package = opened(RawZip{{folder, stored("Content/a.js", "1")}}.bytes());
  REQUIRE(package->entries().size() == 1);
  CHECK(package->entries()[0].name == "Content/a.js");
}

TEST_CASE("backslashes are separators, with a warning") {
  const auto package =
      opened(RawZip{{stored("Content\\", ""), stored("Content\\Scripts\\a.js", "1")}}.bytes());
  CHECK(content(*package, "Content/Scripts/a.js") == "1");
  CHECK(package->warnings().size() == 1);
}

TEST_CASE("names that are UTF-8 are taken as they are, marked or not") {
  RawEntry marked = stored("Größe.txt", "1");
  marked.flags = 1u << 11;
  const auto package = opened(RawZip{{marked, stored("日本.txt", "2")}}.bytes());
  CHECK(content(*package, "Größe.txt") == "1");
  CHECK(content(*package, "日本.txt") == "2");
  CHECK(package->warnings().empty());
}

TEST_CASE("names that are not UTF-8 are code page 437, with a warning") {
  const auto package = opened(RawZip{
      {stored("Gr\x94\xe1"
              "e.txt",
              "1")}}.bytes());
  CHECK(content(*package, "Größe.txt") == "1");
  CHECK(package->warnings().size() == 1);
}

TEST_CASE("the Unicode path field gives the name if it belongs to it") {
  RawEntry entry = stored("Gr_sse.txt", "1");
  std::string field("\x01", 1);
  SECTION("its CRC is that of the plain name") {
    const std::string name_crc = testing::le32({stored("", "Gr_sse.txt").crc32});
    entry.extra = testing::extra_field(0x7075, field + name_crc + "Größe.txt");
    entry.local_extra = entry.extra;
    CHECK(content(*opened(RawZip{{entry}}.bytes()), "Größe.txt") == "1");
  }
  SECTION("its CRC is another, so the entry has been renamed since") {
    entry.extra = testing::extra_field(0x7075, field + testing::le32({1}) + "Größe.txt");
    CHECK(content(*opened(RawZip{{entry}}.bytes()), "Gr_sse.txt") == "1");
  }
}

TEST_CASE("data descriptors are read with and without a signature") {
  RawEntry entry = deflated("a.js", sample_text(5000));
  entry.flags = 1u << 3;
  entry.local_crc32 = 0;
  entry.local_size = 0;
  entry.local_stored_size = 0;
  const std::string sums = testing::le32({entry.crc32, entry.data.size(), entry.size});
  SECTION("with") {
    entry.descriptor = testing::le32({0x08074b50}) + sums;
  }
  SECTION("without") {
    entry.descriptor = sums;
  }
  SECTION("with 8 byte sizes, as a local zip64 field announces") {
    entry.local_size = 0xffffffff;
    entry.local_stored_size = 0xffffffff;
    entry.local_extra = testing::extra_field(1, testing::le64({0, 0}));
    entry.descriptor =
        testing::le32({0x08074b50, entry.crc32}) + testing::le64({entry.data.size(), entry.size});
  }
  const auto package = opened(RawZip{{entry, stored("b.js", "2")}}.bytes());
  CHECK(package->verify());
  CHECK(content(*package, "b.js") == "2");
}

TEST_CASE("zip64 is accepted where all its parts agree") {
  RawEntry entry = stored("a.js", "content");
  entry.central_size = entry.central_stored_size = entry.central_offset = 0xffffffff;
  entry.extra = testing::extra_field(1, testing::le64({7, 7, 0}));
  entry.local_size = entry.local_stored_size = 0xffffffff;
  entry.local_extra = testing::extra_field(1, testing::le64({7, 7}));
  RawZip zip{{entry}};
  zip.zip64 = true;
  SECTION("and the end record repeats the values") {}
  SECTION("and the end record refers to them") {
    zip.entry_count = 0xffff;
    zip.directory_size = zip.directory_offset = 0xffffffff;
  }
  CHECK(content(*opened(zip.bytes()), "a.js") == "content");
}

TEST_CASE("a comment, and gaps between entries, do no harm") {
  RawEntry second = stored("b.js", "2");
  second.gap = "left by a tool that replaced an entry";
  RawZip zip{{stored("a.js", "1"), second}};
  zip.comment = "made by hand";
  CHECK(content(*opened(zip.bytes()), "b.js") == "2");
}

TEST_CASE("a zip in a zip is only a file") {
  const std::string inner = RawZip{{stored("inner.js", "1")}}.bytes();
  const auto package = opened(RawZip{{stored("inner.zip", inner)}}.bytes());
  CHECK(content(*package, "inner.zip") == inner);
}

TEST_CASE("entries may lie in another order than the directory lists them") {
  RawZip zip{{stored("b.js", "22"), stored("a.js", "1")}};
  zip.entries[0].central_offset = 0;
  const std::string good = zip.bytes();
  // Swap the two records of the directory.
  const std::size_t begin = good.find("PK\x01\x02");
  const std::size_t middle = good.find("PK\x01\x02", begin + 1);
  const std::size_t end = good.find("PK\x05\x06");
  const auto package = opened(good.substr(0, begin) + good.substr(middle, end - middle) +
                              good.substr(begin, middle - begin) + good.substr(end));
  CHECK(package->entries()[0].name == "a.js");
  CHECK(content(*package, "b.js") == "22");
}

TEST_CASE("a package is opened from a file and outlives its name") {
  auto folder = base::TemporaryFolder::create("package-test");
  REQUIRE(folder);
  const auto file = folder->path() / "1.0.0.0.zip";
  REQUIRE(base::write_file(file, RawZip{{stored("a.js", "1")}}.bytes(), base::Durability::process));
  auto package = Package::open_file(file);
  REQUIRE(package);
  std::filesystem::remove(file);
  CHECK(content(**package, "a.js") == "1");
  CHECK_FALSE(Package::open_file(folder->path() / "absent.zip"));
}

TEST_CASE("a deflated entry between its frame is a gzip file") {
  const std::string text = sample_text(5000);
  const auto package = opened(RawZip{{deflated("a.js", text)}}.bytes());
  const Entry& entry = package->entries()[0];
  const GzipFrame frame = gzip_frame(entry);
  CHECK(frame.header == std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
  CHECK(frame.trailer == testing::le32({entry.crc32, 5000}));
}

TEST_CASE("verify names the first damaged entry, whatever the threads") {
  RawZip zip;
  for (int i = 100; i < 200; ++i) {
    zip.entries.push_back(deflated("f" + std::to_string(i), sample_text(3000, static_cast<unsigned>(i))));
  }
  zip.entries[40].crc32 += 1;
  zip.entries[60].crc32 += 1;
  const auto package = opened(zip.bytes());
  for (const unsigned threads : {1u, 2u, 8u}) {
    auto verified = package->verify(threads);
    REQUIRE_FALSE(verified);
    CHECK(verified.error().code == model::codes::kZipCorrupt);
    CHECK_THAT(verified.error().message, ContainsSubstring("'f140'"));
  }
}

TEST_CASE("large entries, which are verified as streams, are judged like small ones") {
  std::string large(6u << 20, '\0');
  for (std::size_t i = 0; i < large.size(); i += 64) large[i] = static_cast<char>(i * 2654435761u >> 13);
  const RawEntry good = deflated("a.bin", large);
  CHECK(opened(RawZip{{good}}.bytes())->verify());

  const auto judgement = [](const RawEntry& entry) {
    auto verified = opened(RawZip{{entry}}.bytes())->verify();
    return verified ? "" : verified.error().message;
  };
  RawEntry bad = good;
  bad.size -= 1;
  CHECK_THAT(judgement(bad), ContainsSubstring("more than the 6291455 bytes"));
  bad.size += 2;
  CHECK_THAT(judgement(bad), ContainsSubstring("less than the 6291457 bytes"));
  bad = good;
  bad.crc32 ^= 1;
  CHECK_THAT(judgement(bad), ContainsSubstring("CRC"));
  bad = good;
  bad.data += "x";
  CHECK_THAT(judgement(bad), ContainsSubstring("after the end"));
  bad = good;
  bad.data.resize(bad.data.size() / 2);
  CHECK_THAT(judgement(bad), ContainsSubstring("can't be inflated"));
  bad = good;
  bad.data.replace(0, 100, 100, '\xff');
  CHECK_THAT(judgement(bad), ContainsSubstring("can't be inflated"));
}

}  // namespace
}  // namespace exthost::package
