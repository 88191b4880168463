#include "emulator/http/message.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

namespace exthost::http {
namespace {

std::string path_of(std::string_view raw, const TargetRules& rules = {}) {
  const base::Result<Target> target = parse_target(raw, rules);
  return target ? target->path : "refused: " + target.error().message;
}

bool refused(std::string_view raw, const TargetRules& rules = {}) {
  const base::Result<Target> target = parse_target(raw, rules);
  return !target && target.error().kind == base::ErrorKind::invalid_input &&
         target.error().code == model::codes::kBadTarget;
}

TEST_CASE("a target's path is decoded once and keeps its doubled slashes") {
  CHECK(path_of("/") == "/");
  CHECK(path_of("/a/b.js") == "/a/b.js");
  CHECK(path_of("//a//b/") == "//a//b/");
  CHECK(path_of("/a%20b") == "/a b");
  CHECK(path_of("/%2541") == "/%41");
  CHECK(path_of("/a+b") == "/a+b");
  CHECK(path_of("/%C3%A9") == "/\xC3\xA9");
}

TEST_CASE("dot segments are resolved, also when they are encoded") {
  CHECK(path_of("/a/./b") == "/a/b");
  CHECK(path_of("/a/../b") == "/b");
  CHECK(path_of("/a/%2e%2E/b") == "/b");
  CHECK(path_of("/a/b/..") == "/a/");
  CHECK(path_of("/a/.") == "/a/");
  CHECK(path_of("/..a/b..") == "/..a/b..");
}

TEST_CASE("a target that leaves the root is refused") {
  CHECK(refused("/.."));
  CHECK(refused("/../etc/passwd"));
  CHECK(refused("/a/../../b"));
  CHECK(refused("/%2e%2e/b"));
}

TEST_CASE("a target with what no path may hold is refused") {
  CHECK(refused(""));
  CHECK(refused("a"));
  CHECK(refused("*"));
  CHECK(refused("/a#b"));
  CHECK(refused("/a b"));
  CHECK(refused("/%"));
  CHECK(refused("/%4"));
  CHECK(refused("/%zz"));
  CHECK(refused("/%00"));
  CHECK(refused("/a%0d%0ab"));
  CHECK(refused("/a%7f"));
  CHECK(refused("/a%2fb"));
  CHECK(refused("/a%2Fb"));
  CHECK(refused("/a\\b"));
  CHECK(refused("/a%5cb"));
  CHECK(refused("/%ff"));
  CHECK(refused("/%c0%ae%c0%ae/"));
}

TEST_CASE("storage may have encoded slashes and backslashes, and they can't leave the root either") {
  const TargetRules storage{true, true};
  CHECK(path_of("/c/a%2Fb", storage) == "/c/a/b");
  CHECK(path_of("/c/a\\b", storage) == "/c/a/b");
  CHECK(path_of("/c/a%5Cb", storage) == "/c/a/b");
  CHECK(refused("/%2e%2e%2fsecret", storage));
  CHECK(refused("/..%5Csecret", storage));
}

TEST_CASE("a query is split and decoded once, in order") {
  const base::Result<Target> target = parse_target("/x?a=1&B=%26%3D&c&=d&&e=f=g&plus=a+b&bad=100%");
  REQUIRE(target);
  CHECK(target->raw_path == "/x");
  CHECK(target->raw_query == "a=1&B=%26%3D&c&=d&&e=f=g&plus=a+b&bad=100%");
  REQUIRE(target->query.size() == 7);
  CHECK(target->parameter("b") == "&=");
  CHECK(target->parameter("c") == "");
  CHECK(target->parameter("E") == "f=g");
  CHECK(target->parameter("plus") == "a+b");
  CHECK(target->parameter("bad") == "100%");
  CHECK(target->query[3].value == "d");
  CHECK_FALSE(target->parameter("missing"));
}

}  // namespace
}  // namespace exthost::http
