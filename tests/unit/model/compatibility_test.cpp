#include "emulator/model/compatibility.h"

#include <string>
#include <vector>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

namespace {

const sys_days kDeployed = 2026y / 1 / 10;

SdkBuild build(const std::string& text) {
  auto parsed = parse_sdk_build(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("SDK builds are read in every form that is seen") {
  struct Row {
    const char* text;
    std::vector<std::uint64_t> parts;
  };
  const std::vector<Row> rows = {
      {"5.0.302.258", {5, 0, 302, 258}},
      {"13.238.2.1", {13, 238, 2, 1}},
      {"7.128", {7, 128}},
      {" 13.238.2.1\n", {13, 238, 2, 1}},
      {"5.0.202.7608987.150717-1541", {5, 0, 202, 7608987, 150717}},
      {"4.12.0.1281 (fc2467c.160306-1659)", {4, 12, 0, 1281}},
      {"1.0.182.108 (production#aa7aebbd.181129-0218) Signed", {1, 0, 182, 108}},
      {"7.128.0-preview.1", {7, 128, 0}},
      {"3.0.01692206", {3, 0, 1692206}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto parsed = parse_sdk_build(row.text);
    REQUIRE(parsed);
    CHECK(parsed->parts == row.parts);
  }
}

TEST_CASE("what is no SDK build is refused in one sentence that shows the form") {
  for (const char* text :
       {"", " ", "13", "v13.1", "13.", ".13", "13..1", "13.x.1", "13.1.", "13.1 beta", "13.1-", "-1.2",
        "13.1.2.3.4.5.6.7.8", "99999999999999999999.1", "13.1 (\x01)", "13,1"}) {
    INFO(text);
    const auto parsed = parse_sdk_build(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().kind == exthost::base::ErrorKind::invalid_input);
    CHECK(parsed.error().message.find("13.238.2.1") != std::string::npos);
  }
}

TEST_CASE("SDK builds are compared number by number, never as text") {
  CHECK(build("13.0.0.1") > build("5.0.302.258"));
  CHECK(build("5.0.302.1000") > build("5.0.302.258"));
  CHECK(build("5.0.302.258") == build("5.0.302.258-x"));
  CHECK(build("5.0") == build("5.0.0.0"));
  CHECK(build("5.0.302") < build("5.0.302.258"));
  CHECK(build("5.0.0302.258") == build("5.0.302.258"));
}

TEST_CASE("an SDK build has 120 days from 5.0.302.258 on and 90 before it") {
  CHECK(compatibility_days(build("5.0.302.258")) == 120);
  CHECK(compatibility_days(build("5.0.302.257")) == 90);
  CHECK(compatibility_days(build("5.0.302.99")) == 90);
  CHECK(compatibility_days(build("5.0.302.1000")) == 120);
  CHECK(compatibility_days(build("13.1.0.0")) == 120);
  CHECK(compatibility_days(build("5.0")) == 90);
  CHECK(compatibility_days(build("4.12.0.1281 (fc2467c.160306-1659)")) == 90);
}

TEST_CASE("days are counted from the deployment, warned about from day 60 and over after the last") {
  struct Row {
    const char* sdk;
    int day;
    int left;
    CompatibilityState state;
  };
  using enum CompatibilityState;
  const std::vector<Row> rows = {
      {"13.238.2.1", 0, 120, fine},         {"13.238.2.1", 59, 61, fine},
      {"13.238.2.1", 60, 60, expires_soon}, {"13.238.2.1", 119, 1, expires_soon},
      {"13.238.2.1", 120, 0, expires_soon}, {"13.238.2.1", 121, -1, expired},
      {"5.0.302.257", 59, 31, fine},        {"5.0.302.257", 60, 30, expires_soon},
      {"5.0.302.257", 90, 0, expires_soon}, {"5.0.302.257", 91, -1, expired},
  };
  for (const auto& row : rows) {
    INFO(row.sdk << " on day " << row.day);
    const auto standing = judge_compatibility(build(row.sdk), kDeployed, kDeployed + days(row.day));
    CHECK(standing.days_used == row.day);
    CHECK(standing.days_left == row.left);
    CHECK(standing.state == row.state);
    CHECK(standing.problem.has_value() == (row.state != fine));
  }
}

TEST_CASE("a day before the deployment uses nothing up") {
  const auto standing = judge_compatibility(build("13.1"), kDeployed, kDeployed - days(5));
  CHECK(standing.days_used == 0);
  CHECK(standing.days_left == 120);
  CHECK(standing.state == CompatibilityState::fine);
}

TEST_CASE("an SDK that expires soon is a warning and one that has expired an error, each with the date") {
  const auto soon = judge_compatibility(build("13.1.0.0"), kDeployed, kDeployed + days(100));
  REQUIRE(soon.problem);
  CHECK(soon.problem->severity == Severity::warning);
  CHECK(soon.problem->code == codes::kSdkExpiresSoon);
  CHECK(soon.problem->message ==
        "the extension was deployed 100 days ago with SDK 13.1.0.0, which the portal runs for 120 days: 20 "
        "days "
        "left, until 2026-05-10");

  const auto over = judge_compatibility(build("5.0.1.0"), kDeployed, kDeployed + days(91));
  REQUIRE(over.problem);
  CHECK(over.problem->severity == Severity::error);
  CHECK(over.problem->code == codes::kSdkExpired);
  CHECK(over.problem->message ==
        "the extension was deployed 91 days ago with SDK 5.0.1.0, which the portal runs for 90 days: that "
        "ended on "
        "2026-04-10");
}

TEST_CASE("the SDK's build is found in its metadata under any likely key, else nothing is concluded") {
  struct Row {
    const char* metadata;
    const char* build;
  };
  const std::vector<Row> rows = {
      {R"({"sdkVersion":"13.238.2.1"})", "13.238.2.1"},
      {R"({"SdkVersion":"13.238.2.1","version":"1.0.0.0"})", "13.238.2.1"},
      {R"({"environment":{"PORTAL_SDK_VERSION":"13.238.2.1"}})", "13.238.2.1"},
      {R"([{"a":[{"sdkBuild":"7.128"}]}])", "7.128"},
      {R"({"sdkVersion":7.128})", "7.128"},
      {R"({"sdkVersion":"13.1","nested":{"sdkVersion":"13.1.0"}})", "13.1"},
      {"\xEF\xBB\xBF{\"sdkVersion\":\"13.1\"}", "13.1"},
      {R"({"sdkVersion":"13.1","portalSdkVersion":"13.2"})", nullptr},
      {R"({"sdkVersion":"latest"})", nullptr},
      {R"({"version":"13.238.2.1"})", nullptr},
      {R"({"sdkVersion":{"major":13}})", nullptr},
      {R"({})", nullptr},
      {R"({"sdkVersion":"13.1",})", nullptr},
      {"", nullptr},
      {"PK\x03\x04", nullptr},
  };
  for (const auto& row : rows) {
    INFO(row.metadata);
    const auto found = find_sdk_build(row.metadata);
    CHECK(found.has_value() == (row.build != nullptr));
    if (found && row.build != nullptr) CHECK(found->text == row.build);
  }
}
