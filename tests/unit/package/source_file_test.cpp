#include "emulator/package/source_file.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/unit/package/tools.h"

namespace exthost::package {
namespace {

using testing::Folder;

SourceFile stats(std::uint64_t size, std::int64_t modified_ns) {
  SourceFile file;
  file.path = "a.js";
  file.size = size;
  file.modified_ns = file.changed_ns = modified_ns;
  return file;
}

TEST_CASE("a file is read with its stats from both sides") {
  const Folder folder;
  folder.write("Content/a.js", "hello");
  auto reading = read_source_file(folder.path(), "Content/a.js", 5);
  REQUIRE(reading);
  CHECK(reading->bytes == "hello");
  CHECK(reading->before == reading->after);
  CHECK(reading->before.path == "Content/a.js");
  CHECK(reading->before.size == 5);
}

TEST_CASE("a file that can't be read says why") {
  const Folder folder;
  folder.write("a.js", "hello");
  auto vanished = read_source_file(folder.path(), "gone.js", 5);
  REQUIRE_FALSE(vanished);
  CHECK(vanished.error().kind == base::ErrorKind::conflict);
  CHECK(vanished.error().code == model::codes::kSourceUnreadable);
  auto large = read_source_file(folder.path(), "a.js", 4);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == model::codes::kZipTooLarge);
  CHECK_FALSE(read_source_file(folder.path(), ".", 5));
}

TEST_CASE("a file that changes while it is read is read again") {
  int readings = 0;
  auto settled = read_settled("a.js", [&]() -> base::Result<Reading> {
    ++readings;
    if (readings == 1) return Reading{stats(1, 100), "1", stats(2, 200), 0};  // grew
    if (readings == 2) return Reading{stats(2, 200), "1", stats(2, 200), 0};  // read short
    return Reading{stats(2, 200), "12", stats(2, 200), 0};
  });
  REQUIRE(settled);
  CHECK(settled->bytes == "12");
  CHECK(readings == 3);
}

TEST_CASE("a file that never settles is a conflict") {
  int readings = 0;
  auto settled = read_settled("a.js", [&]() -> base::Result<Reading> {
    ++readings;
    return Reading{stats(1, readings), "1", stats(1, readings + 1), 0};
  });
  REQUIRE_FALSE(settled);
  CHECK(settled.error().kind == base::ErrorKind::conflict);
  CHECK(readings < 10);
}

TEST_CASE("a file that can't be read is not tried again") {
  int readings = 0;
  auto settled = read_settled("a.js", [&]() -> base::Result<Reading> {
    ++readings;
    return base::Error{base::ErrorKind::unavailable, "no", ""};
  });
  REQUIRE_FALSE(settled);
  CHECK(readings == 1);
}

TEST_CASE("stats as young as the reading may hide a change") {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t now = 1'700'000'000 * kSecond + 500'000'000;
  CHECK(may_hide_change(stats(1, now - 1'000'000), now));
  CHECK(may_hide_change(stats(1, now + 5 * kSecond), now));
  CHECK_FALSE(may_hide_change(stats(1, now - 30'000'000), now));
  // Whole seconds: a file system that keeps no finer times.
  CHECK(may_hide_change(stats(1, 1'700'000'000 * kSecond), now));
  CHECK_FALSE(may_hide_change(stats(1, 1'699'999'990 * kSecond), now));
}

}  // namespace
}  // namespace exthost::package
