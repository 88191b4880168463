#include "emulator/model/environment.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;
using exthost::base::Error;
using exthost::base::ErrorKind;
using exthost::base::Result;

namespace {

using Files = std::map<std::string, std::string>;

Result<EnvironmentConfig> load(const Files& files, std::string_view host,
                               const EnvironmentRules& rules = {}) {
  const auto read = [&files](std::string_view path) -> Result<std::optional<std::string>> {
    const auto found = files.find(std::string(path));
    return found == files.end() ? std::optional<std::string>() : std::optional(found->second);
  };
  return load_environment(host, read, rules);
}

const std::string kDefault = "Content/Config/default.json";
const std::string kPortal = "Content/Config/portal.azure.com.json";

}  // namespace

TEST_CASE("an authority is normalised in every form that has been seen") {
  struct Row {
    const char* authority;
    const char* host;
  };
  const auto row = GENERATE(values<Row>({
      {"portal.azure.com", "portal.azure.com"},
      {"PORTAL.Azure.com", "portal.azure.com"},
      {"portal.azure.com:", "portal.azure.com"},
      {"portal.azure.com%3A", "portal.azure.com"},
      {"portal.azure.com%3a443", "portal.azure.com"},
      {"portal.azure.com:443", "portal.azure.com"},
      {"https%3A%2F%2Fportal.azure.com", "portal.azure.com"},
      {"https%253A%252F%252Fportal.azure.com", "portal.azure.com"},
      {"https://ms.portal.azure.com", "ms.portal.azure.com"},
      {"https://ms.portal.azure.com/", "ms.portal.azure.com"},
      {"https://portal.azure.com/?x=1#y", "portal.azure.com"},
      {"//portal.azure.com", "portal.azure.com"},
      {" portal.azure.com ", "portal.azure.com"},
      {"portal.azure.com.", "portal.azure.com"},
      {"intune.microsoft.com", "intune.microsoft.com"},
      {"df.onecloud.azure-test.net", "df.onecloud.azure-test.net"},
      {"mpac.portal.azure.com", "ms.portal.azure.com"},
      {"https://portal.azure.com@example.com", "example.com"},
      // ours
      {"ms.portal.azure.com.localhost:14430", "ms.portal.azure.com"},
      {"https://portal.azure.cn.localhost:14430", "portal.azure.cn"},
      {"mpac.portal.azure.com.localhost", "ms.portal.azure.com"},
      {"localhost", "rc.portal.azure.com"},
      {"localhost:14430", "rc.portal.azure.com"},
      {"https://LOCALHOST:14430", "rc.portal.azure.com"},
      {"127.0.0.1:14430", "rc.portal.azure.com"},
      {"[::1]:14430", "rc.portal.azure.com"},
      {"[::1]", "rc.portal.azure.com"},
      {"::1", "rc.portal.azure.com"},
  }));
  INFO(row.authority);
  const std::string host = normalise_authority(row.authority, "rc.portal.azure.com");
  CHECK(host == row.host);
  CHECK(normalise_authority(host, "rc.portal.azure.com") == host);
}

TEST_CASE("what holds no host name gives none") {
  const auto authority = GENERATE(values<std::string>({"",
                                                       " ",
                                                       ":",
                                                       "https://",
                                                       "//",
                                                       "%",
                                                       "%zz",
                                                       "a b",
                                                       "..",
                                                       "a..b",
                                                       ".a",
                                                       "../../secret",
                                                       "..\\a",
                                                       "a%00b",
                                                       "portal.azure.com:http",
                                                       "[::2]",
                                                       "[::1",
                                                       "a:b:c",
                                                       "é.com",
                                                       "a%2520b",
                                                       "%2525252525",
                                                       std::string(254, 'a')}));
  INFO(authority);
  CHECK(normalise_authority(authority, "portal.azure.com").empty());
}

TEST_CASE("aliases of the settings come first, with port or without") {
  const std::map<std::string, std::string> aliases = {{"localhost:14430", "portal.azure.us"},
                                                      {"portal.test", "MPAC.portal.azure.com"}};
  CHECK(normalise_authority("https://Localhost:14430", "portal.azure.com", aliases) == "portal.azure.us");
  CHECK(normalise_authority("localhost:1", "portal.azure.com", aliases) == "portal.azure.com");
  CHECK(normalise_authority("portal.test:99", "portal.azure.com", aliases) == "ms.portal.azure.com");
}

TEST_CASE("more generic hosts may answer, down to two labels") {
  CHECK(environment_candidates("ms.portal.azure.com") ==
        std::vector<std::string>{"ms.portal.azure.com", "portal.azure.com", "azure.com"});
  CHECK(environment_candidates("intune.microsoft.com") ==
        std::vector<std::string>{"intune.microsoft.com", "microsoft.com"});
  CHECK(environment_candidates("intranet") == std::vector<std::string>{"intranet"});
  CHECK(environment_candidates("").empty());
}

TEST_CASE("the old name of Mooncake's portal is served by the file of the new one, after its own") {
  CHECK(environment_candidates("portal.microsoftazure.cn") ==
        std::vector<std::string>{"portal.microsoftazure.cn", "microsoftazure.cn", "portal.azure.cn"});
}

TEST_CASE("the environment's file is laid over default.json, one level deep") {
  const Files files = {{kDefault, R"({"a": 1, "b": {"x": 1, "y": [2]}, "c": "d"})"},
                       {kPortal, R"({"new": null, "b": {"x": 9}, "a": true})"}};
  const auto config = load(files, "portal.azure.com");
  REQUIRE(config);
  CHECK(config->settings == R"({"a":true,"b":{"x":9},"c":"d","new":null})");
  CHECK(config->file == kPortal);
  CHECK(config->host == "portal.azure.com");
  CHECK_FALSE(config->fallback);
  CHECK(config->overridden == std::vector<std::string>{"a", "b"});
  REQUIRE(config->problems.size() == 1);
  CHECK(config->problems[0].code == codes::kEnvironmentObjectReplaced);
  CHECK(config->problems[0].where.to_string() == kPortal + ":1:15");
  CHECK_THAT(config->problems[0].message, ContainsSubstring("without its 'y'"));
}

TEST_CASE("objects can be merged at every depth on request") {
  const Files files = {{kDefault, R"({"b":{"x":1,"y":{"z":1}},"c":[1]})"},
                       {kPortal, R"({"b":{"y":{"w":2}},"c":[]})"}};
  const auto config = load(files, "portal.azure.com", {true, false});
  REQUIRE(config);
  CHECK(config->settings == R"({"b":{"x":1,"y":{"z":1,"w":2}},"c":[]})");
  CHECK(config->problems.empty());
}

TEST_CASE("settings keep their digits and can stand in a script") {
  const Files files = {{kDefault, R"({"n":12345678901234567890.10,"s":"</script>\u2028é"})"},
                       {kPortal, "{}"}};
  const auto config = load(files, "portal.azure.com");
  REQUIRE(config);
  CHECK(config->settings == R"({"n":12345678901234567890.10,"s":"\u003c/script>\u2028é"})");
}

TEST_CASE("ms.portal.azure.com falls back to portal.azure.com, and an exact file wins") {
  Files files = {{kDefault, R"({"a":1})"}, {kPortal, R"({"a":2})"}};
  auto config = load(files, "ms.portal.azure.com");
  REQUIRE(config);
  CHECK(config->settings == R"({"a":2})");
  CHECK(config->file == kPortal);
  CHECK(config->host == "ms.portal.azure.com");
  CHECK(config->fallback);
  CHECK(load(files, "contoso.portal.azure.com")->fallback);

  files["Content/Config/ms.portal.azure.com.json"] = R"({"a":3})";
  config = load(files, "ms.portal.azure.com");
  REQUIRE(config);
  CHECK(config->settings == R"({"a":3})");
  CHECK_FALSE(config->fallback);
}

TEST_CASE("an empty file means that the extension is available there") {
  const auto config = load({{kDefault, R"({"a":1})"}, {kPortal, "{}"}}, "portal.azure.com");
  REQUIRE(config);
  CHECK(config->settings == R"({"a":1})");
  CHECK(config->overridden.empty());
}

TEST_CASE("without a file for the portal there is no answer, and the portals that have one are named") {
  const auto config = load({{kDefault, "{}"}, {kPortal, "{}"}}, "portal.azure.cn");
  REQUIRE_FALSE(config);
  CHECK(config.error().kind == ErrorKind::not_found);
  CHECK(config.error().code == codes::kNoEnvironmentFile);
  CHECK_THAT(config.error().message, ContainsSubstring("portal.azure.cn.json and azure.cn.json"));
  CHECK_THAT(config.error().message, ContainsSubstring("it has one for portal.azure.com"));
}

TEST_CASE("default.json is required unless legacy zips are allowed") {
  const Files files = {{kPortal, R"({"a":1})"}};
  const auto config = load(files, "portal.azure.com");
  REQUIRE_FALSE(config);
  CHECK(config.error().kind == ErrorKind::invalid_input);
  CHECK(config.error().code == codes::kDefaultEnvironmentMissing);

  const auto legacy = load(files, "portal.azure.com", {false, true});
  REQUIRE(legacy);
  CHECK(legacy->settings == R"({"a":1})");
  REQUIRE(legacy->problems.size() == 1);
  CHECK(legacy->problems[0].severity == Severity::warning);
}

TEST_CASE("a settings file that is no strict JSON object is refused with its place") {
  struct Row {
    Files files;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {{{kDefault, "{\"a\":1,}"}, {kPortal, "{}"}}, "default.json:1:7: trailing comma"},
      {{{kDefault, "{}"}, {kPortal, "{\"a\":1,\"a\":2}"}}, "portal.azure.com.json:1:8: duplicate key"},
      {{{kDefault, "{}"}, {kPortal, ""}}, "portal.azure.com.json:1:1: the text is empty"},
      {{{kDefault, "[]"}, {kPortal, "{}"}}, "not an array"},
      {{{kDefault, "{}"}, {kPortal, "null"}}, "not null"},
      {{{kDefault, std::string(1024 * 1024 + 1, '\n')}, {kPortal, "{}"}}, "limit"},
  }));
  const auto config = load(row.files, "portal.azure.com");
  REQUIRE_FALSE(config);
  CHECK(config.error().kind == ErrorKind::invalid_input);
  CHECK(config.error().code == codes::kEnvironmentNotJson);
  CHECK_THAT(config.error().message, ContainsSubstring(row.message));
}

TEST_CASE("a byte-order mark in a settings file is skipped with a warning") {
  const auto config = load({{kDefault, "\xEF\xBB\xBF{\"a\":1}"}, {kPortal, "{}"}}, "portal.azure.com");
  REQUIRE(config);
  CHECK(config->settings == R"({"a":1})");
  REQUIRE(config->problems.size() == 1);
  CHECK(config->problems[0].code == codes::kByteOrderMark);
}

TEST_CASE("no host is an error of the request") {
  const auto config = load({{kDefault, "{}"}}, "");
  REQUIRE_FALSE(config);
  CHECK(config.error().code == codes::kAuthorityMissing);
}

TEST_CASE("a file that cannot be read is passed on as it is") {
  const auto config =
      load_environment("portal.azure.com", [](std::string_view) -> Result<std::optional<std::string>> {
        return Error{ErrorKind::corrupt, "bad checksum", std::string(codes::kZipCorrupt)};
      });
  REQUIRE_FALSE(config);
  CHECK(config.error().code == codes::kZipCorrupt);
}

TEST_CASE("settings with very many keys are merged") {
  std::string text = "{\"k\":0";
  for (int i = 0; i < 10'000; ++i)
    text += ",\"k" + std::to_string(i) + "\":{\"x\":" + std::to_string(i) + "}";
  text += "}";
  const auto config = load({{kDefault, text}, {kPortal, text}}, "portal.azure.com");
  REQUIRE(config);
  CHECK(config->settings == text);
  CHECK(config->overridden.size() == 10'001);
}
