#include "emulator/watch/polling_backend.h"

#include "tests/support/catch.h"

using namespace exthost;
using package::SourceFile;
using watch::changed_paths;
using Files = std::vector<SourceFile>;
using Paths = std::vector<std::string>;

namespace {

SourceFile file(const std::string& path, std::uint64_t size = 1) {
  SourceFile result;
  result.path = path;
  result.size = size;
  return result;
}

}  // namespace

TEST_CASE("two scans differ by what was added, changed and removed") {
  CHECK(changed_paths({file("a"), file("b"), file("d")}, {file("b", 2), file("c"), file("d")}) ==
        Paths{"a", "b", "c"});
  CHECK(changed_paths({}, {file("a"), file("b")}) == Paths{"a", "b"});
  CHECK(changed_paths({file("a"), file("b")}, {}) == Paths{"a", "b"});
  CHECK(changed_paths({file("a")}, {file("a")}).empty());
}

TEST_CASE("any part of a stat that differs is a change") {
  SourceFile touched = file("a");
  touched.changed_ns = 5;
  SourceFile replaced = file("b");
  replaced.inode = 7;
  SourceFile written = file("c");
  written.modified_ns = 9;
  CHECK(changed_paths({file("a"), file("b"), file("c")}, {touched, replaced, written}) ==
        Paths{"a", "b", "c"});
}
