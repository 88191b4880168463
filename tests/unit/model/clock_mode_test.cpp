#include "emulator/model/clock_mode.h"

#include "tests/support/catch.h"

using namespace exthost::model;

TEST_CASE("a mode of the clock is a rate") {
  CHECK(parse_clock_mode("real") == 1.0);
  CHECK(parse_clock_mode("virtual") == 0.0);
  CHECK(parse_clock_mode("scaled:60") == 60.0);
  CHECK(parse_clock_mode("scaled:0.5") == 0.5);
  CHECK(parse_clock_mode("scaled:86400") == 86'400.0);
  for (const char* text : {"", "Real", "scaled", "scaled:", "scaled:0", "scaled:-1", "scaled:86401",
                           "scaled:nan", "scaled:inf", "scaled:1e3", "scaled:60x", "scaled: 60", "fast"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_clock_mode(text));
  }
}

TEST_CASE("a rate is shown as the mode that gives it") {
  for (const char* text : {"real", "virtual", "scaled:60", "scaled:0.5", "scaled:86400", "scaled:0.01"}) {
    CAPTURE(text);
    CHECK(to_clock_mode(*parse_clock_mode(text)) == text);
  }
}
