#include "emulator/app/settings_file.h"

#include <fstream>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using app::Settings;

namespace {

std::vector<model::Problem> read(std::string_view text, Settings& settings) {
  return app::read_settings(text, "exthost-emu.json", "/home/u/project", settings);
}

}  // namespace

TEST_CASE("a settings file with comments and trailing commas is read whole") {
  Settings settings;
  const auto problems = read(R"({
    // our own file may have comments
    "$schema": "http://localhost:14433/_emu/schema/v1.json",
    "fidelity": "prod",
    "ports": { "base": 20000, "storage": 10000, },
    "server": { "https": false, "allowHosts": ["one.test", "two.test"] },
    "portal": { "defaultRegion": "West Central US", "authorityAliases": { "localhost:1": "portal.azure.us" } },
    "poll": { "interval": "1m30s" },
    "extensions": [{
      "name": "Microsoft_Azure_Demo",
      "hostingServiceName": "demo",
      "owner": "somebody",
      "storage": { "account": "acct", "container": "box", "seed": "./seed" },
      "source": { "folder": "../out", "version": "2.0", "publishTo": ["stage1"], "ignore": ["**/*.map"] },
    }],
  })",
                             settings);
  for (const auto& problem : problems) INFO(problem.message);
  REQUIRE(problems.empty());
  CHECK(settings.fidelity == model::Fidelity::prod);
  CHECK(settings.port(settings.portal_port, 0) == 20000);
  CHECK(settings.port(settings.storage_port, 2) == 10000);
  CHECK_FALSE(settings.https);
  CHECK(settings.allow_hosts == std::vector<std::string>{"one.test", "two.test"});
  CHECK(settings.region == "westcentralus");
  CHECK(settings.authority_aliases.at("localhost:1") == "portal.azure.us");
  CHECK(settings.poll_interval == std::chrono::seconds(90));
  CHECK(settings.origins.at("fidelity") == "exthost-emu.json:4:17");
  REQUIRE(settings.extensions.size() == 1);
  const app::ExtensionSettings& extension = settings.extensions.front();
  CHECK(extension.storage.seed == "/home/u/project/seed");
  REQUIRE(extension.source.has_value());
  CHECK(extension.source->folder == "/home/u/out");
  CHECK(extension.source->publish_to == std::vector<std::string>{"stage1"});
}

TEST_CASE("the clock can be set, and its start left open") {
  Settings settings;
  REQUIRE(
      read(R"({"clock": {"mode": "scaled:60", "start": "2026-11-20T12:00Z", "seed": 7}})", settings).empty());
  CHECK(settings.clock.rate == 60);
  REQUIRE(settings.clock.start);
  CHECK(base::to_iso8601(*settings.clock.start) == "2026-11-20T12:00:00.000Z");
  CHECK(settings.seed == 7);
  REQUIRE(read(R"({"clock": {"mode": "virtual", "start": null}})", settings).empty());
  CHECK(settings.clock.rate == 0);
  CHECK_FALSE(settings.clock.start);
  for (const char* bad : {R"({"clock": {"mode": "scaled:0"}})", R"({"clock": {"start": "noon"}})",
                          R"({"clock": {"mode": null}})", R"({"clock": {"start": true}})"}) {
    CAPTURE(bad);
    const auto problems = read(bad, settings);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == model::codes::kSettingsValue);
  }
}

TEST_CASE("every mistake in a settings file is reported, with its place and a suggestion") {
  Settings settings;
  const auto problems = read(R"({
    "fidelty": "dev",
    "ports": { "bas": 1, "hosting": 70000 },
    "watch": "yes",
    "extensions": [{ "nam": "X" }]
  })",
                             settings);
  REQUIRE(problems.size() == 6);
  CHECK(problems[0].code == model::codes::kSettingsUnknownKey);
  CHECK(problems[0].where.line == 2);
  CHECK_THAT(problems[0].hint, ContainsSubstring("fidelity"));
  CHECK_THAT(problems[1].hint, ContainsSubstring("base"));
  CHECK_THAT(problems[2].message, ContainsSubstring("70000"));
  CHECK(problems[3].code == model::codes::kSettingsValue);
  CHECK_THAT(problems[4].hint, ContainsSubstring("name"));
  CHECK_THAT(problems[5].message, ContainsSubstring("has no 'name'"));
}

TEST_CASE("a settings file that is no object is refused") {
  Settings settings;
  for (const char* text : {"", "[]", "{", "null"}) {
    const auto problems = read(text, settings);
    REQUIRE_FALSE(problems.empty());
    CHECK(problems.front().code == model::codes::kSettingsNotJson);
  }
}

TEST_CASE("what an extension leaves open is filled in") {
  Settings settings;
  settings.extensions.resize(1);
  settings.extensions[0].name = "Microsoft_Azure_MyThing";
  REQUIRE(app::complete_extensions(settings).empty());
  CHECK(settings.extensions[0].hosting_service_name == "mything");
  CHECK(settings.extensions[0].storage.container == "mything");
  CHECK_FALSE(settings.extensions[0].owner.empty());
}

TEST_CASE("extensions that cannot live together are refused") {
  Settings settings;
  settings.extensions.resize(2);
  settings.extensions[0].name = "Microsoft_Azure_One";
  settings.extensions[1].name = "microsoft_azure_one";
  settings.extensions[0].hosting_service_name = settings.extensions[1].hosting_service_name = "one";
  CHECK(app::complete_extensions(settings).size() == 2);

  Settings remote;
  remote.extensions.resize(1);
  remote.extensions[0].name = "Remote";
  remote.extensions[0].storage.url = "http://127.0.0.1:9/container";
  remote.extensions[0].storage.seed = "/somewhere";
  CHECK(app::complete_extensions(remote).size() == 1);
}

TEST_CASE("the rules and a registration's fields can be set") {
  Settings settings;
  const auto problems = read(R"({
    "rules": { "requireStages": "last", "strictNames": true, "lenientJson": true, "deepMerge": true, "legacyZip": true },
    "extensions": [{
      "name": "Demo", "flightUris": ["//a", "//b"], "redirectTo": "Other", "flags": ["SupportsPrewarming"],
      "cacheability": "Server", "feedbackEmail": "me@example.com"
    }]
  })",
                             settings);
  REQUIRE(problems.empty());
  CHECK(settings.require_stages == model::RequiredStages::last);
  CHECK(settings.strict_names);
  CHECK(settings.lenient_json);
  CHECK(settings.deep_merge);
  CHECK(settings.legacy_zip);
  const app::ExtensionSettings& extension = settings.extensions.front();
  CHECK(extension.flight_uris.size() == 2);
  CHECK(extension.redirect_to == "Other");
  CHECK(extension.flags == std::vector<std::string>{"SupportsPrewarming"});
  CHECK(extension.cacheability == "server");
  CHECK(extension.feedback_email == "me@example.com");
}

TEST_CASE("a rule or a cacheability that does not exist is refused") {
  for (const char* text :
       {R"({"rules":{"requireStages":"some"}})", R"({"rules":{"deepMerge":"yes"}})",
        R"({"rules":{"strict":true}})", R"({"extensions":[{"name":"Demo","cacheability":"always"}]})"}) {
    INFO(text);
    Settings settings;
    CHECK(read(text, settings).size() == 1);
  }
}

TEST_CASE("a source says how it is built, and when it is packed") {
  Settings settings;
  const auto problems = read(R"({
    "poll": { "files": 500 },
    "extensions": [
      { "name": "One", "source": { "folder": "out", "gitignore": true, "debounce": "200ms", "command": "npm run watch",
                                   "ready": "./out/.done", "localConfig": "./LocalContent/Config" } },
      { "name": "Two", "source": { "folder": "out", "debounce": "auto", "command": ["npm", "run", "a b"] } }
    ]
  })",
                             settings);
  for (const auto& problem : problems) FAIL(problem.message);
  CHECK(settings.poll_files == std::chrono::milliseconds(500));
  const app::SourceSettings& one = *settings.extensions[0].source;
  CHECK(one.gitignore);
  CHECK(one.debounce == std::chrono::milliseconds(200));
  CHECK(one.command == std::vector<std::string>{"/bin/sh", "-c", "npm run watch"});
  CHECK(one.ready == "/home/u/project/out/.done");
  CHECK(one.local_config == "/home/u/project/LocalContent/Config");
  const app::SourceSettings& two = *settings.extensions[1].source;
  CHECK_FALSE(two.debounce);
  CHECK(two.command == std::vector<std::string>{"npm", "run", "a b"});
}

TEST_CASE("what a source can't be is refused") {
  for (const char* source :
       {R"("debounce": "6s")", R"("debounce": "0s")", R"("debounce": "soon")", R"("debounce": 5)",
        R"("command": "")", R"("command": [])", R"("command": [1])", R"("command": true)",
        R"("command": ["", "x"])", R"("gitignore": "yes")", R"("ready": 1)"}) {
    INFO(source);
    Settings settings;
    const auto problems =
        read(R"({"extensions": [{"name": "One", "source": {"folder": "out", )" + std::string(source) + "}}]}",
             settings);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == model::codes::kSettingsValue);
    CHECK(problems[0].where.line == 1);
  }
  for (const char* files : {"5", "61000", "\"2\"", "\"often\"", "true"}) {
    INFO(files);
    Settings settings;
    CHECK(read(R"({"poll": {"files": )" + std::string(files) + "}}", settings).size() == 1);
  }
  Settings off;
  CHECK(read(R"({"poll": {"files": "2s"}})", off).empty());
  CHECK(off.poll_files == std::chrono::seconds(2));
  CHECK(read(R"({"poll": {"files": "off"}})", off).empty());
  CHECK_FALSE(off.poll_files);
}
