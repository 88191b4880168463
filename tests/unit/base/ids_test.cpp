#include "emulator/base/ids.h"

#include <regex>
#include <set>

#include "tests/support/catch.h"

using namespace exthost::base;

TEST_CASE("random identifiers have the asked length and differ") {
  RandomIdSource ids;
  const std::string first = ids.hex(16);
  CHECK(std::regex_match(first, std::regex("[0-9a-f]{32}")));
  CHECK(first != ids.hex(16));
  CHECK(ids.hex(0).empty());
}

TEST_CASE("random identifiers never repeat, whatever their lengths") {
  RandomIdSource ids;
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    CHECK(seen.insert(ids.hex(16)).second);
    CHECK(seen.insert(ids.hex(600)).second);
    CHECK(seen.insert(ids.hex(11)).second);
  }
  CHECK(ids.hex(600).size() == 1200);
}

TEST_CASE("a UUID is of version 4 and of the usual variant") {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  SeededIdSource ids(7);
  for (int i = 0; i < 50; ++i) CHECK(std::regex_match(ids.uuid(), form));
}

TEST_CASE("a seed gives the same sequence again, another seed another one") {
  SeededIdSource one(1);
  SeededIdSource same(1);
  SeededIdSource other(2);
  const std::string first = one.hex(8);
  CHECK(first == same.hex(8));
  CHECK(first != other.hex(8));
  CHECK(one.hex(8) != first);
}
