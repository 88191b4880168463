#include "emulator/app/storage_settings.h"

#include "emulator/app/settings_file.h"
#include "emulator/app/settings_table.h"
#include "emulator/app/storage_settings_reader.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using app::Settings;

namespace {

// 64 bytes each, as Azure's; the second in the URL-safe alphabet and without padding.
const std::string kKey1 =
    "c2VjcmV0IGtleSBvbmUgb2YgdGhlIGFjY291bnQgbXliaXphLCB3aXRoIHNpeHR5LWZvdXIgYnl0ZXMgaW4gaXQsISE=";
const std::string kKey2 =
    "-_-_c2VjcmV0IGtleSB0d28gb2YgdGhlIGFjY291bnQgbXliaXphLCB3aXRoIHNpeHR5LWZvdXIgYnl0ZXMgaW4gaXQ";

std::vector<model::Problem> read(const std::string& text, Settings& settings) {
  return app::read_settings(text, "exthost-emu.json", "/home/u/project", settings);
}

std::vector<model::Problem> problems_of(const std::string& storage) {
  Settings settings;
  return read("{ \"storage\": " + storage + " }", settings);
}

std::string shown(const model::Problem& problem) {
  return problem.message + "\n" + problem.hint + "\n" + problem.frame;
}

}  // namespace

TEST_CASE("the settings say which accounts, containers and CORS rules there are") {
  Settings settings;
  const auto problems = read(R"({
    "storage": {
      "accounts": { "mybiza": [")" +
                                 kKey1 + R"(", ")" + kKey2 + R"("], "other": ["a2V5"] },
      "containers": [
        { "name": "extension", "access": "container" },
        { "account": "mybiza", "name": "$web", "access": "blob" },
        { "account": "mybiza", "name": "private" },
      ],
      "cors": {
        "mybiza": [{
          "origins": ["https://localhost:14430", "*.contoso.com"], "methods": ["GET", "HEAD"],
          "allowedHeaders": ["*"], "exposedHeaders": ["x-ms-version", "etag"], "maxAge": "1h"
        }, { "origins": ["*"], "methods": ["PUT"] }],
        "devstoreaccount1": [],
      },
      "outage": "secondary",
      "durability": "process",
    },
    "extensions": [{ "name": "Demo" }],
  })",
                             settings);
  for (const auto& problem : problems) FAIL_CHECK(problem.message);
  REQUIRE(app::complete_extensions(settings).empty());
  CHECK(app::check_storage(settings).empty());
  const app::StorageSettings& storage = settings.storage;
  CHECK(storage.accounts.at("mybiza") == std::vector<std::string>{kKey1, kKey2});
  CHECK(storage.accounts.at("other") == std::vector<std::string>{"a2V5"});
  REQUIRE(storage.containers.size() == 3);
  CHECK(storage.containers[0].account == "devstoreaccount1");
  CHECK(storage.containers[0].access == storage::AccessLevel::container);
  CHECK(storage.containers[1].name == "$web");
  CHECK(storage.containers[1].access == storage::AccessLevel::blob);
  CHECK_FALSE(storage.containers[2].access);
  REQUIRE(storage.cors.size() == 2);
  REQUIRE(storage.cors[0].rules.size() == 2);
  const storage::CorsRule& rule = storage.cors[0].rules[0];
  CHECK(rule.origins == "https://localhost:14430,*.contoso.com");
  CHECK(rule.methods == "GET,HEAD");
  CHECK(rule.allowed_headers == "*");
  CHECK(rule.exposed_headers == "x-ms-version,etag");
  CHECK(rule.max_age_seconds == "3600");
  CHECK(storage.cors[0].rules[1].max_age_seconds == "0");
  CHECK(storage.cors[1].rules.empty());
  CHECK(storage.outage == storage::Outage::secondary);
  CHECK(storage.durability == base::Durability::process);
  CHECK(settings.origins.at("storage.outage") == "exthost-emu.json:16:17");
}

TEST_CASE("without a word about storage there is no account of its own, no outage, and durability is power") {
  const Settings settings;
  CHECK(settings.storage.accounts.empty());
  CHECK(settings.storage.outage == storage::Outage::none);
  CHECK(settings.storage.durability == base::Durability::power);
}

TEST_CASE("what the settings say wrongly about storage is reported at its place, with what was meant") {
  struct Case {
    const char* storage;
    std::string_view code;
    const char* says;
    std::size_t column;
  };
  using namespace model::codes;
  const Case cases[] = {
      {R"({ "acounts": {} })", kSettingsUnknownKey, "'accounts'", 16},
      {R"({ "corz": {} })", kSettingsUnknownKey, "'cors'", 16},
      {R"({ "outage": "primry" })", kSettingsValue, "primry", 26},
      {R"({ "durability": "fast" })", kSettingsValue, "process", 30},
      {R"({ "accounts": [] })", kSettingsValue, "not an object", 28},
      {R"({ "accounts": { "Big": ["a2V5"] } })", kSettingsValue, "lower-case", 30},
      {R"({ "accounts": { "acct": "a2V5" } })", kSettingsValue, "list of strings", 38},
      {R"({ "accounts": { "acct": [] } })", kSettingsValue, "one or two keys", 38},
      {R"({ "accounts": { "acct": ["*"] } })", kSettingsValue, "not base64", 38},
      {R"({ "accounts": { "acct": [1] } })", kSettingsValue, "not a string", 39},
      {R"({ "containers": {} })", kSettingsValue, "not a list", 30},
      {R"({ "containers": [{ "nam": "abc" }] })", kSettingsUnknownKey, "'name'", 33},
      {R"({ "containers": [{}] })", kSettingsValue, "has no 'name'", 31},
      {R"({ "containers": [{ "name": "a" }] })", kSettingsValue, "3 to 63", 41},
      {R"({ "containers": [{ "name": "abc", "access": "public" }] })", kSettingsValue,
       "none, blob or container", 58},
      {R"({ "containers": [{ "account": "A", "name": "abc" }] })", kSettingsValue, "no account name", 44},
      {R"({ "containers": [{ "name": "abc" }, { "name": "abc" }] })", kSettingsValue, "listed twice", 60},
      {R"({ "cors": [] })", kSettingsValue, "not an object", 24},
      {R"({ "cors": { "acct": {} } })", kSettingsValue, "not a list", 34},
      {R"({ "cors": { "acct": [{ "origins": ["*"] }] } })", kSettingsValue, "has no 'methods'", 35},
      {R"({ "cors": { "acct": [{ "origins": [], "methods": ["GET"] }] } })", kSettingsValue,
       "has no 'origins'", 35},
      {R"({ "cors": { "acct": [{ "origin": ["*"], "origins": ["*"], "methods": ["GET"] }] } })",
       kSettingsUnknownKey, "'origins'", 37},
      {R"({ "cors": { "acct": [{ "origins": ["https://a.test/"], "methods": ["GET"] }] } })", kSettingsValue,
       "no slash", 49},
      {R"({ "cors": { "acct": [{ "origins": ["a,b"], "methods": ["GET"] }] } })", kSettingsValue, "comma",
       48},
      {R"({ "cors": { "acct": [{ "origins": ["*"], "methods": ["get"] }] } })", kSettingsValue, "'GET'", 67},
      {R"({ "cors": { "acct": [{ "origins": ["*"], "methods": ["GET"], "maxAge": "soon" }] } })",
       kSettingsValue, "soon", 85},
  };
  for (const Case& c : cases) {
    INFO(c.storage);
    const auto problems = problems_of(c.storage);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == c.code);
    CHECK_THAT(shown(problems[0]), ContainsSubstring(c.says));
    CHECK(problems[0].where.line == 1);
    CHECK(problems[0].where.column == c.column);
    CHECK_THAT(problems[0].frame, ContainsSubstring("^"));
  }
}

TEST_CASE("an account takes five CORS rules, not six") {
  const std::string rule = R"({ "origins": ["*"], "methods": ["GET"] })";
  std::string rules = rule;
  for (int i = 1; i < 5; ++i) rules += ", " + rule;
  CHECK(problems_of(R"({ "cors": { "acct": [)" + rules + "] } }").empty());
  const auto problems = problems_of(R"({ "cors": { "acct": [)" + rules + ", " + rule + "] } }");
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].message, ContainsSubstring("at most 5"));
}

TEST_CASE("no problem of a settings file shows a key") {
  const std::string accounts = R"("accounts": { "mybiza": [")" + kKey1 + R"(", ")" + kKey2 + R"("] })";
  const std::string short_key = "c2hvcnQ";
  for (const std::string& text : {
           "{ \"storage\": { " + accounts + ", \"outage\": \"x\" } }",
           "{ \"storage\": { " + accounts + "  \"outage\": \"none\" } }",             // a comma is missing
           "{ \"storage\": { \"accounts\": { \"mybiza\": [" + kKey1 + "] } } }",      // without quotes
           "{ \"storage\": { \"accounts\": { \"" + kKey1 + "\": [\"mybiza\"] } } }",  // the wrong way round
           "{ \"storage\": { \"acounts\": { \"mybiza\": [\"" + kKey1 + "\"] } } }",
           "{ " + accounts + " }",
           "{ \"storage\": { \"accounts\": { \"mybiza\": [\"" + short_key + "\", \"*\"] } } }",
       }) {
    INFO(text);
    Settings settings;
    const auto problems = read(text, settings);
    REQUIRE_FALSE(problems.empty());
    for (const model::Problem& problem : problems) {
      for (const std::string& key : {kKey1, kKey2, short_key})
        CHECK(shown(problem).find(key.substr(0, 7)) == std::string::npos);
    }
  }
}

TEST_CASE("the whole of the settings must fit together about storage") {
  const auto check = [](const std::string& text) {
    Settings settings;
    REQUIRE(read(text, settings).empty());
    REQUIRE(app::complete_extensions(settings).empty());
    return app::check_storage(settings);
  };
  const std::string demo = R"("extensions": [{ "name": "Demo", "storage": { "account": "mybiza" } }])";

  const auto nobody = check(
      R"({ "storage": { "cors": { "mybiz": [{ "origins": ["*"], "methods": ["GET"] }] } }, )" + demo + "}");
  REQUIRE(nobody.size() == 1);
  CHECK_THAT(nobody[0].hint, ContainsSubstring("'mybiza'"));
  CHECK(nobody[0].where.column == 26);

  const std::string own = R"({ "storage": { "containers": [{ "account": "mybiza", "name": "demo")";
  CHECK(check(own + " }] }, " + demo + "}").empty());
  CHECK(check(own + R"(, "access": "container" }] }, )" + demo + "}").empty());
  const auto closed = check(own + R"(, "access": "none" }] }, )" + demo + "}");
  REQUIRE(closed.size() == 1);
  CHECK_THAT(closed[0].message, ContainsSubstring("readable by anyone"));

  CHECK(check(R"({ "extensions": [{ "name": "Demo", "storage": { "account": "My-Account" } }] })").size() ==
        1);
}

TEST_CASE("accounts come from the command line and the environment as Azurite takes them") {
  app::StorageSettings storage;
  REQUIRE(app::add_accounts("mybiza:" + kKey1 + ":" + kKey2 + "; other:a2V5 ;", storage));
  CHECK(storage.accounts.at("mybiza") == std::vector<std::string>{kKey1, kKey2});
  CHECK(storage.accounts.at("other") == std::vector<std::string>{"a2V5"});

  REQUIRE(app::add_accounts("other:b3RoZXI=", storage));
  CHECK(storage.accounts.at("other") == std::vector<std::string>{"b3RoZXI="});
  CHECK(storage.accounts.at("mybiza").size() == 2);

  const app::SettingRow* row = app::find_setting("storage.accounts");
  REQUIRE(row);
  CHECK(app::environment_name(*row) == "EXTHOST_EMU_STORAGE_ACCOUNTS");
  Settings settings;
  settings.storage = storage;
  CHECK(row->show(settings) == "mybiza:***:***;other:***");
}

TEST_CASE("a list of accounts that is none changes nothing, and is not repeated") {
  const std::vector<std::string> lists = {kKey1,
                                          "acct",
                                          "acct:",
                                          "acct:" + kKey1 + ":" + kKey1 + ":" + kKey1,
                                          kKey1 + ":acct",
                                          "good:a2V5;Bad:" + kKey1,
                                          "acct:" + kKey1 + "*"};
  for (const std::string& text : lists) {
    INFO(text);
    app::StorageSettings storage;
    const auto refused = app::add_accounts(text, storage);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == model::codes::kSettingsValue);
    CHECK(refused.error().message.find(kKey1.substr(0, 7)) == std::string::npos);
    CHECK(storage.accounts.empty());
  }
}
