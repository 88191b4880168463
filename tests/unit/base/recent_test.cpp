#include "emulator/base/recent.h"

#include <string>

#include "tests/support/catch.h"

using namespace exthost::base;

namespace {

using Numbers = Recent<std::string, int>;

// As a reader does who finds nothing and reads the number elsewhere.
void read(const Numbers& recent, const std::string& key, int number, std::uint64_t cost = 1) {
  const auto look = recent.look(key);
  REQUIRE_FALSE(look.value);
  recent.keep(key, look.ticket, number, cost);
}

}  // namespace

TEST_CASE("What was read lately is found under its key, and there only") {
  Numbers recent(100, 4);
  read(recent, "a", 1);
  read(recent, "b", 2);
  CHECK(recent.look("a").value == 1);
  CHECK(recent.look("b").value == 2);
  CHECK_FALSE(recent.look("c").value);
}

TEST_CASE("A change forgets its key when it begins, and nothing that was looked for before its end is kept") {
  Numbers recent(100, 1);
  read(recent, "a", 1);
  read(recent, "b", 2);
  const auto before = recent.look("c");
  {
    const Numbers::Changing change(recent, "a");
    CHECK_FALSE(recent.look("a").value);
    CHECK(recent.look("b").value == 2);
    const auto meanwhile = recent.look("a");
    recent.keep("a", meanwhile.ticket, 1, 1);
    CHECK_FALSE(recent.look("a").value);
    { const Numbers::Changing another(recent, "b"); }
    const auto still = recent.look("a");
    recent.keep("a", still.ticket, 1, 1);
    CHECK_FALSE(recent.look("a").value);
  }
  recent.keep("c", before.ticket, 3, 1);
  CHECK_FALSE(recent.look("c").value);
  read(recent, "a", 4);
  CHECK(recent.look("a").value == 4);
}

TEST_CASE("A change of everything forgets everything") {
  Numbers recent(100, 4);
  for (const char* key : {"a", "b", "c", "d", "e"}) read(recent, key, 1);
  const auto before = recent.look("f");
  {
    const Numbers::Changing change(recent);
    for (const char* key : {"a", "b", "c", "d", "e"}) read(recent, key, 1);
  }
  for (const char* key : {"a", "b", "c", "d", "e"}) CHECK_FALSE(recent.look(key).value);
  recent.keep("f", before.ticket, 1, 1);
  CHECK_FALSE(recent.look("f").value);
}

TEST_CASE("Of two readers who looked at the same time the first is heard") {
  Numbers recent(100, 1);
  const auto first = recent.look("a");
  const auto second = recent.look("a");
  recent.keep("a", first.ticket, 1, 60);
  recent.keep("a", second.ticket, 1, 60);
  CHECK(recent.look("a").value == 1);
}

TEST_CASE("What would exceed the capacity takes the place of all, and what alone exceeds it is not kept") {
  Numbers recent(10, 1);
  read(recent, "a", 1, 6);
  read(recent, "b", 2, 4);
  CHECK(recent.look("a").value == 1);
  read(recent, "c", 3, 1);
  CHECK_FALSE(recent.look("a").value);
  CHECK_FALSE(recent.look("b").value);
  CHECK(recent.look("c").value == 3);
  read(recent, "d", 4, 11);
  CHECK_FALSE(recent.look("d").value);
  CHECK(recent.look("c").value == 3);
}

TEST_CASE("What a change forgot costs nothing any more") {
  Numbers recent(10, 1);
  read(recent, "a", 1, 9);
  { const Numbers::Changing change(recent, "a"); }
  read(recent, "b", 2, 1);
  read(recent, "a", 3, 9);
  CHECK(recent.look("b").value == 2);
  CHECK(recent.look("a").value == 3);
}
