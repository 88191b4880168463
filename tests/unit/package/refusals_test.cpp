// Each documented refusal of a zip (limits.md, Zip; docs/formats.md) with its code and the entry it names.
#include <functional>
#include <string>
#include <vector>

#include "emulator/model/codes.h"
#include "emulator/package/package.h"
#include "tests/support/catch.h"
#include "tests/unit/package/raw_zip.h"

namespace exthost::package {
namespace {

using namespace model::codes;
using testing::deflated;
using testing::extra_field;
using testing::le32;
using testing::le64;
using testing::RawEntry;
using testing::RawZip;
using testing::sample_text;
using testing::stored;

/// What opening, and then verifying, says. An empty code if both are content.
base::Error judged(const std::string& bytes, const PackageLimits& limits = {}) {
  auto owner = std::make_shared<const std::string>(bytes);
  auto package = Package::open(owner, *owner, limits);
  if (!package) return package.error();
  auto verified = (*package)->verify();
  if (!verified) return verified.error();
  return {};
}

struct Refusal {
  std::string what;
  std::string_view code;
  std::string bytes;
  std::string named = "";  ///< Part of the sentence.
};

void check(const std::vector<Refusal>& refusals, const PackageLimits& limits = {}) {
  for (const Refusal& refusal : refusals) {
    const base::Error error = judged(refusal.bytes, limits);
    INFO(refusal.what << ": " << error.message);
    CHECK(error.code == refusal.code);
    CHECK_FALSE(error.message.empty());
    CHECK_THAT(error.message, ContainsSubstring(refusal.named));
  }
}

template <class Change>
std::string changed(Change change) {
  RawZip zip{{stored("first.js", "1"), deflated("second.js", sample_text(3000))}};
  change(zip);
  return zip.bytes();
}

template <class Change>
std::string changed_entry(Change change) {
  return changed([&](RawZip& zip) { change(zip.entries[1]); });
}

std::string named(const std::string& name) {
  return RawZip{{stored("first.js", "1"), stored(name, "2")}}.bytes();
}

TEST_CASE("the zip that the refusals are made from is good") {
  CHECK(judged(changed([](RawZip&) {})).code.empty());
  CHECK(judged(named("plain.js")).code.empty());
}

TEST_CASE("a zip whose ends are wrong is corrupt") {
  const std::string good = changed([](RawZip&) {});
  check({
      {"nothing", kZipCorrupt, ""},
      {"not a zip", kZipCorrupt, std::string(5000, 'x')},
      {"a text", kZipCorrupt, "<html>404</html> and so on, long enough"},
      {"cut short by a byte", kZipCorrupt, good.substr(0, good.size() - 1)},
      {"half of it", kZipCorrupt, good.substr(0, good.size() / 2)},
      {"bytes behind it", kZipCorrupt, good + "x"},
      {"bytes ahead of it", kZipCorrupt, "#!/bin/sh\n" + good},
      {"twice", kZipCorrupt, good + good},
      {"an end record in the comment", kZipCorrupt,
       changed([](RawZip& zip) { zip.comment = RawZip{}.bytes(); }), "end record"},
      {"an end record in the comment that does not fit", kZipCorrupt,
       changed([](RawZip& zip) { zip.comment = RawZip{}.bytes() + "tail"; }), "end record"},
      {"fewer entries than said", kZipCorrupt, changed([](RawZip& zip) { zip.entry_count = 3; })},
      {"more entries than said", kZipCorrupt, changed([](RawZip& zip) { zip.entry_count = 1; })},
      {"a directory elsewhere", kZipCorrupt, changed([](RawZip& zip) { zip.directory_offset = 3; })},
      {"a directory of another size", kZipCorrupt, changed([](RawZip& zip) { zip.directory_size = 46; })},
      {"a directory past the end", kZipCorrupt,
       changed([](RawZip& zip) { zip.directory_offset = 0x7fffffff; })},
      {"something between directory and end", kZipCorrupt,
       changed([](RawZip& zip) { zip.before_end = "gap"; })},
      {"several disks", kZipUnsupported, changed([](RawZip& zip) { zip.disk = 1; })},
      {"an entry on another disk", kZipUnsupported, changed_entry([](RawEntry& entry) { entry.disk = 2; })},
  });
}

TEST_CASE("zip64 that contradicts itself is corrupt") {
  const auto zip64 = [](auto change) {
    return changed([&](RawZip& zip) {
      zip.zip64 = true;
      change(zip);
    });
  };
  check({
      {"referred to but absent", kZipCorrupt,
       changed([](RawZip& zip) { zip.directory_offset = 0xffffffff; })},
      {"another count", kZipCorrupt, zip64([](RawZip& zip) { zip.zip64_count = 1; }), "contradict"},
      {"a count past all memory", kZipTooLarge, zip64([](RawZip& zip) {
         zip.zip64_count = std::uint64_t{1} << 62;
         zip.entry_count = 0xffff;
       })},
      {"a locator that points elsewhere", kZipCorrupt, zip64([](RawZip& zip) { zip.zip64_offset = 4; })},
      {"a locator that points past the end", kZipCorrupt,
       zip64([](RawZip& zip) { zip.zip64_offset = ~std::uint64_t{0}; })},
      {"an entry that refers to a field it has not", kZipCorrupt,
       changed_entry([](RawEntry& entry) { entry.central_size = 0xffffffff; }), "'second.js'"},
      {"an entry with a field nothing refers to", kZipCorrupt,
       changed_entry([](RawEntry& entry) { entry.extra = extra_field(1, le64({entry.size})); })},
      {"an entry with another size in it", kZipCorrupt, changed_entry([](RawEntry& entry) {
         entry.central_size = 0xffffffff;
         entry.extra = extra_field(1, le64({entry.size + 1}));
       })},
      {"a local header that refers to a field it has not", kZipCorrupt,
       changed_entry([](RawEntry& entry) { entry.local_size = 0xffffffff; })},
      {"an offset past the end", kZipCorrupt, changed_entry([](RawEntry& entry) {
         entry.central_offset = 0xffffffff;
         entry.extra = extra_field(1, le64({~std::uint64_t{0} - 3}));
       })},
  });
}

TEST_CASE("a local header that disagrees with the directory is corrupt") {
  const std::string entry = "'second.js'";
  check({
      {"name", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_name = "secret.js"; }), entry},
      {"longer name", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_name = "second.jsx"; }), entry},
      {"method", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_method = 0; }), entry},
      {"flags", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_flags = 1u << 11; }), entry},
      {"descriptor only here", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_flags = 1u << 3; }),
       entry},
      {"encrypted only here", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_flags = 1; }), entry},
      {"CRC", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_crc32 = 1; }), entry},
      {"stored size", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_stored_size = 1; }), entry},
      {"size", kZipCorrupt, changed_entry([](RawEntry& e) { e.local_size = 1; }), entry},
      {"blank sums without a descriptor", kZipCorrupt,
       changed_entry([](RawEntry& e) { e.local_crc32 = e.local_size = e.local_stored_size = 0; }), entry},
      {"no header there", kZipCorrupt, changed_entry([](RawEntry& e) { e.central_offset = 5; }), entry},
      {"offset past the directory", kZipCorrupt,
       changed_entry([](RawEntry& e) { e.central_offset = 0xfffffff0; }), entry},
      {"data past the directory", kZipCorrupt, changed_entry([](RawEntry& e) {
         e.central_stored_size = 0x10000000;
         e.local_stored_size = 0x10000000;
       }),
       entry},
      {"a descriptor that is missing", kZipCorrupt, changed_entry([](RawEntry& e) { e.flags = 1u << 3; }),
       entry},
      {"a descriptor that differs", kZipCorrupt, changed_entry([](RawEntry& e) {
         e.flags = 1u << 3;
         e.descriptor = le32({0x08074b50, e.crc32, e.data.size(), e.size + 1});
       }),
       entry},
      {"extra data cut short", kZipCorrupt, changed_entry([](RawEntry& e) { e.extra = "\x01"; }), entry},
      {"extra data that overruns", kZipCorrupt,
       changed_entry([](RawEntry& e) { e.local_extra = std::string("\x55\x54\xff\xff", 4); }), entry},
      {"an extra field twice", kZipCorrupt, changed_entry([](RawEntry& e) {
         e.central_size = 0xffffffff;
         e.extra = extra_field(1, le64({e.size})) + extra_field(1, le64({e.size}));
       }),
       entry},
  });
}

TEST_CASE("entries that share bytes are corrupt") {
  RawEntry again = stored("again.js", "1");
  again.without_local = true;
  again.central_offset = 0;
  RawEntry quoted = stored("outer.bin", "");
  const std::string inner = RawZip{{stored("inner.js", "1")}}.bytes();
  quoted.data = inner.substr(0, inner.find("PK\x01\x02"));
  quoted.size = quoted.data.size();
  quoted.crc32 = stored("", quoted.data).crc32;
  RawEntry inside = stored("inner.js", "1");
  inside.without_local = true;
  inside.central_offset = static_cast<std::uint32_t>(30 + quoted.name.size());
  check({
      {"one header listed under two names", kZipCorrupt, RawZip{{stored("first.js", "1"), again}}.bytes()},
      {"one header listed twice", kZipCorrupt,
       [] {
         RawEntry twin = stored("first.js", "1");
         twin.without_local = true;
         twin.central_offset = 0;
         return RawZip{{stored("first.js", "1"), twin}}.bytes();
       }(),
       "overlap"},
      {"an entry inside another's data", kZipCorrupt, RawZip{{quoted, inside}}.bytes(), "overlap"},
  });
}

TEST_CASE("what a version zip may not use is unsupported") {
  check({
      {"encryption", kZipUnsupported, changed_entry([](RawEntry& e) { e.flags = 1; }),
       "'second.js' is encrypted"},
      {"strong encryption", kZipUnsupported, changed_entry([](RawEntry& e) { e.flags = 1u << 6 | 1; })},
      {"patch data", kZipUnsupported, changed_entry([](RawEntry& e) { e.flags = 1u << 5; })},
      {"masked headers", kZipUnsupported, changed_entry([](RawEntry& e) { e.flags = 1u << 13; })},
      {"deflate64", kZipUnsupported, changed_entry([](RawEntry& e) { e.method = 9; }), "method 9"},
      {"bzip2", kZipUnsupported, changed_entry([](RawEntry& e) { e.method = 12; })},
      {"lzma", kZipUnsupported, changed_entry([](RawEntry& e) { e.method = 14; })},
      {"zstd", kZipUnsupported, changed_entry([](RawEntry& e) { e.method = 93; })},
  });
}

TEST_CASE("anything but files and folders is unsafe") {
  const auto of_type = [](std::uint32_t mode) {
    return changed_entry([mode](RawEntry& e) { e.attributes = mode << 16; });
  };
  check({
      {"symbolic link", kZipUnsafe, of_type(0120777), "'second.js' is a symbolic link"},
      {"character device", kZipUnsafe, of_type(0020644)},
      {"block device", kZipUnsafe, of_type(0060644)},
      {"pipe", kZipUnsafe, of_type(0010644)},
      {"socket", kZipUnsafe, of_type(0140644)},
      {"folder without a slash", kZipUnsafe, of_type(0040755)},
      {"reparse point", kZipUnsafe, changed_entry([](RawEntry& e) { e.attributes = 0x400; })},
      {"volume label", kZipUnsafe, changed_entry([](RawEntry& e) { e.attributes = 0x08; })},
  });
}

TEST_CASE("names that lead out of the package are unsafe") {
  check({
      {"parent", kZipUnsafe, named("../evil.js"), "'../evil.js'"},
      {"parent inside", kZipUnsafe, named("a/../../evil.js")},
      {"parent that stays inside", kZipUnsafe, named("a/../b.js")},
      {"parent at the end", kZipUnsafe, named("a/..")},
      {"parent as folder", kZipUnsafe, RawZip{{stored("a/../", "")}}.bytes()},
      {"parent with backslashes", kZipUnsafe, named("..\\evil.js")},
      {"here", kZipUnsafe, named("./a.js")},
      {"absolute", kZipUnsafe, named("/etc/passwd")},
      {"only a slash", kZipUnsafe, named("/")},
      {"UNC", kZipUnsafe, named("\\\\server\\share\\a.js")},
      {"drive", kZipUnsafe, named("C:\\Windows\\a.js"), "drive"},
      {"drive, relative", kZipUnsafe, named("C:a.js")},
      {"stream", kZipUnsafe, named("a.js:stream")},
  });
}

TEST_CASE("names that are badly formed or clash are refused as names") {
  RawEntry marked = stored("a\xff.js", "1");
  marked.flags = 1u << 11;
  check({
      {"empty", kZipNames, named("")},
      {"empty segment", kZipNames, named("a//b.js")},
      {"NUL", kZipNames, named(std::string("a\0b.js", 6)), "'a?b.js'"},
      {"line break", kZipNames, named("a\nb.js")},
      {"DEL", kZipNames, named("a\x7f.js")},
      {"C1 control", kZipNames, named("a\xc2\x85.js")},
      {"marked as UTF-8, but not", kZipNames, RawZip{{marked}}.bytes()},
      {"twice", kZipNames, named("first.js"), "more than one entry 'first.js'"},
      {"twice but for case", kZipNames, named("First.JS"), "'first.js' and 'First.JS'"},
      {"twice after backslashes", kZipNames, RawZip{{stored("a/b.js", "1"), stored("a\\b.js", "2")}}.bytes()},
      {"a file where a folder is", kZipNames, named("first.js/b.js"), "'first.js'"},
      {"a file where a folder is, in another case", kZipNames, named("FIRST.js/b.js")},
      {"a folder where a file is", kZipNames, RawZip{{stored("a/b/c.js", "1"), stored("A", "2")}}.bytes()},
      {"a folder entry where a file is", kZipNames,
       RawZip{{stored("first.js", "1"), stored("first.js/", "")}}.bytes()},
      {"a folder twice", kZipNames, RawZip{{stored("a/", ""), stored("a/", "")}}.bytes()},
      {"a name that is too long", kZipNames, named([] {
         std::string name;
         for (int i = 0; i < 11; ++i) name += std::string(100, 'a') + "/";
         return name + "b.js";
       }())},
      {"a segment that is too long", kZipNames, named(std::string(256, 'a'))},
      {"too deep", kZipNames, named([] {
         std::string name;
         for (int i = 0; i < 64; ++i) name += "a/";
         return name + "b";
       }())},
  });
  CHECK(judged(named(std::string(255, 'a'))).code.empty());
}

TEST_CASE("sizes that the contents do not keep are corrupt") {
  check({
      {"a folder with contents", kZipCorrupt, RawZip{{stored("a/", "x")}}.bytes()},
      {"stored with two sizes", kZipCorrupt,
       RawZip{{[] {
         RawEntry entry = stored("a.js", "12345");
         entry.size = 4;
         return entry;
       }()}}
           .bytes(),
       "'a.js'"},
      {"expands to more", kZipCorrupt, changed_entry([](RawEntry& e) { e.size -= 1; }),
       "more than the 2999 bytes"},
      {"expands to less", kZipCorrupt, changed_entry([](RawEntry& e) { e.size += 1; }),
       "less than the 3001 bytes"},
      {"another CRC", kZipCorrupt, changed_entry([](RawEntry& e) { e.crc32 ^= 1; }), "'second.js'"},
      {"another CRC, stored", kZipCorrupt, changed([](RawZip& zip) { zip.entries[0].crc32 ^= 1; }),
       "'first.js'"},
      {"bytes behind the stream", kZipCorrupt, changed_entry([](RawEntry& e) { e.data += "x"; }),
       "after the end"},
      {"a stream cut short", kZipCorrupt, changed_entry([](RawEntry& e) { e.data.pop_back(); })},
      {"no deflate at all", kZipCorrupt, changed_entry([](RawEntry& e) { e.data.assign(50, '\xff'); })},
      {"nothing where something is declared", kZipCorrupt,
       changed_entry([](RawEntry& e) { e.data.clear(); })},
  });
}

TEST_CASE("limits are enforced on what the directory declares, before anything is expanded") {
  PackageLimits small;
  small.zip_bytes = 100'000;
  small.expanded_bytes = 50'000;
  small.file_bytes = 30'000;
  small.entries = 3;
  small.ratio_from_bytes = 5'000;
  small.ratio = 20;
  const std::string noise = sample_text(29'000);
  check(
      {
          {"zip", kZipTooLarge, RawZip{{stored("a.js", std::string(100'001, 'x'))}}.bytes(), "100000"},
          {"file", kZipTooLarge, RawZip{{deflated("a.js", sample_text(30'001))}}.bytes(), "'a.js'"},
          {"expanded", kZipTooLarge, RawZip{{deflated("a.js", noise), deflated("b.js", noise)}}.bytes(),
           "'b.js'"},
          {"entries", kZipTooLarge,
           RawZip{{stored("a", ""), stored("b", ""), stored("c", ""), stored("d", "")}}.bytes()},
          {"ratio of a file", kZipTooLarge, RawZip{{deflated("a.js", std::string(20'000, 'x'))}}.bytes(),
           "'a.js'"},
          {"ratio of the whole", kZipTooLarge,
           RawZip{{deflated("a.js", std::string(4'900, 'x')), deflated("b.js", std::string(4'900, 'x'))}}
               .bytes()},
      },
      small);
  CHECK(judged(RawZip{{deflated("a.js", std::string(4'900, 'x'))}}.bytes(), small).code.empty());
}

TEST_CASE("a bomb is refused whether it tells its size or not") {
  const std::string zeros(64u << 20, '\0');
  RawEntry honest = deflated("bomb.bin", zeros);
  CHECK(judged(RawZip{{honest}}.bytes()).code == kZipTooLarge);

  RawEntry liar = honest;
  liar.size = 1000;
  CHECK(judged(RawZip{{liar}}.bytes()).code == kZipCorrupt);

  RawZip many;  // each just below the size from which the ratio counts
  const RawEntry part = deflated("part", zeros.substr(0, 10u << 20));
  for (int i = 0; i < 150; ++i) {
    many.entries.push_back(part);
    many.entries.back().name += std::to_string(i);
  }
  CHECK(judged(many.bytes()).code == kZipTooLarge);
}

TEST_CASE("a zip damaged at any one byte never does worse than be refused") {
  const std::string good = RawZip{{stored("first.js", "1"), deflated("second.js", sample_text(200))}}.bytes();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      const base::Error error = judged(bad);
      CHECK(error.code.empty() == error.message.empty());
    }
  }
}

}  // namespace
}  // namespace exthost::package
