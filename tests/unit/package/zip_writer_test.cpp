#include "emulator/package/zip_writer.h"

#include <cstdlib>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/unit/package/raw_zip.h"

namespace exthost::package {
namespace {

using testing::sample_text;

/// An environment variable for the length of a test.
class Environment {
 public:
  explicit Environment(const char* value) { ::setenv("SOURCE_DATE_EPOCH", value, 1); }
  ~Environment() { ::unsetenv("SOURCE_DATE_EPOCH"); }
};

std::shared_ptr<const Package> packed(const std::vector<NamedBytes>& files) {
  auto zip = write_zip(files);
  REQUIRE(zip);
  auto package = Package::open(*zip, **zip);
  REQUIRE(package);
  return *package;
}

TEST_CASE("the order of the files does not matter") {
  const NamedBytes a{"a.js", "1"}, b{"B.js", "2"}, c{"c/d.js", "3"};
  CHECK(packed({a, b, c})->bytes() == packed({c, a, b})->bytes());
}

TEST_CASE("what shrinks is deflated, what does not or is compressed already is stored") {
  const std::string text = sample_text(10'000);
  const auto package =
      packed({{"a.js", text}, {"b.js", "ab"}, {"c.PNG", text}, {"d.woff2", text}, {"png", text}});
  CHECK(package->find("a.js")->compression == Compression::deflated);
  CHECK(package->find("b.js")->compression == Compression::stored);
  CHECK(package->find("c.PNG")->compression == Compression::stored);
  CHECK(package->find("d.woff2")->compression == Compression::stored);
  CHECK(package->find("png")->compression == Compression::deflated);
  CHECK(package->verify());
}

TEST_CASE("no files make an empty zip") {
  CHECK(packed({})->entries().empty());
}

TEST_CASE("entries carry 1 January 1980 or SOURCE_DATE_EPOCH") {
  ZipTime time = zip_time().value();
  CHECK(time.date == (1u << 5 | 1u));
  CHECK(time.time == 0);
  const auto plain = packed({{"a.js", "1"}});
  {
    const Environment epoch("1763640251");  // 2025-11-20 12:04:11
    time = zip_time().value();
    CHECK(time.date == (45u << 9 | 11u << 5 | 20u));
    CHECK(time.time == (12u << 11 | 4u << 5 | 5u));
    CHECK(packed({{"a.js", "1"}})->bytes() != plain->bytes());
    CHECK(packed({{"a.js", "1"}})->bytes() == packed({{"a.js", "1"}})->bytes());
  }
  {
    const Environment epoch("0");  // before a zip's first year
    CHECK(zip_time().value().date == (1u << 5 | 1u));
  }
  {
    const Environment epoch("999999999999");  // after its last
    CHECK(zip_time().value().date == (127u << 9 | 12u << 5 | 31u));
  }
  for (const char* bad : {"soon", "12x", "-5", "99999999999999999999"}) {
    const Environment epoch(bad);
    auto refused = write_zip({{"a.js", "1"}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::invalid_input);
  }
}

TEST_CASE("what no package may hold is not written") {
  const auto code = [](const std::vector<NamedBytes>& files, const PackageLimits& limits = {}) {
    auto zip = write_zip(files, limits);
    return zip ? "" : zip.error().code;
  };
  CHECK(code({{"../a.js", "1"}}) == model::codes::kZipUnsafe);
  CHECK(code({{"a\\b.js", "1"}}) == model::codes::kZipUnsafe);
  CHECK(code({{"a.js", "1"}, {"a.js", "2"}}) == model::codes::kZipNames);
  CHECK(code({{"a.js", "1"}, {"A.js", "2"}}) == model::codes::kZipNames);
  CHECK(code({{"a", "1"}, {"a/b.js", "2"}}) == model::codes::kZipNames);
  CHECK(code({{"folder/", ""}}) == model::codes::kZipNames);
  PackageLimits small;
  small.zip_bytes = 1000;
  small.entries = 2;
  CHECK(code({{"a.png", std::string(1000, 'x')}}, small) == model::codes::kZipTooLarge);
  CHECK(code({{"a", ""}, {"b", ""}, {"c", ""}}, small) == model::codes::kZipTooLarge);
}

}  // namespace
}  // namespace exthost::package
