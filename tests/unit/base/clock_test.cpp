#include "emulator/base/clock.h"

#include "tests/support/catch.h"

using namespace exthost::base;
using namespace std::chrono_literals;

namespace {

WallTime at(int year, unsigned month, unsigned day, Duration time_of_day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  return WallTime(std::chrono::sys_days(date)) + time_of_day;
}

}  // namespace

TEST_CASE("times are written as their readers want them") {
  const WallTime time = at(2026, 11, 20, 12h + 4min + 11s + 93ms);
  CHECK(to_iso8601(time) == "2026-11-20T12:04:11.093Z");
  CHECK(to_http_date(time) == "Fri, 20 Nov 2026 12:04:11 GMT");
  CHECK(to_version_stamp(time) == "261120-120411");
}

TEST_CASE("fields keep their leading zeros") {
  const WallTime time = at(2005, 2, 3, 4h + 5min + 6s + 7ms);
  CHECK(to_iso8601(time) == "2005-02-03T04:05:06.007Z");
  CHECK(to_http_date(time) == "Thu, 03 Feb 2005 04:05:06 GMT");
  CHECK(to_version_stamp(time) == "050203-040506");
}

TEST_CASE("times before 1970 are right as well") {
  CHECK(to_iso8601(at(1969, 12, 31, 23h + 59min + 59s + 999ms)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("times are read in all the forms that clients write, and nothing else is") {
  const auto noon = parse_iso8601("2026-11-20T12:00:00Z");
  REQUIRE(noon);
  CHECK(to_iso8601(*noon) == "2026-11-20T12:00:00.000Z");
  CHECK(parse_iso8601("2026-11-20T12:00Z") == noon);
  CHECK(parse_iso8601("2026-11-20T12:00:00.0000000Z") == noon);
  CHECK(*parse_iso8601("2026-11-20T12:00:00.25Z") == *noon + 250ms);
  CHECK(*parse_iso8601("2026-11-20") == *noon - 12h);
  for (const char* text :
       {"", "now", "2026-13-01", "2026-02-30", "2026-11-20T", "2026-11-20T24:00Z", "2026-11-20T12:00:00",
        "2026-11-20T12:00:00Z ", "2026-11-20T12:00:00.12345678Z", "-026-11-20", "2026-11-20T12:0aZ"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text));
  }
}

TEST_CASE("durations are shown the way they are read") {
  for (const char* text : {"0s", "250ms", "30s", "5m", "1h30m", "2d"}) {
    const auto duration = parse_duration(text);
    REQUIRE(duration);
    CHECK(to_duration_text(*duration) == text);
  }
}

TEST_CASE("durations are numbers with units") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("30s") == 30s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("2d") == 48h);
  CHECK(parse_duration("0s") == 0s);
  for (const char* bad : {"", "5", "m", "-5m", "5 m", "5x", "5m3", "1.5h", "5M", "99999999999999999999s",
                          "40000d", "36525d36525d", "+5m"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}
