#include "emulator/app/cdn_settings.h"

#include "emulator/app/settings_file.h"
#include "emulator/app/settings_table.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using app::Settings;

namespace {

/// The settings that a file says `cdn` in, with an extension `demo`; every problem is a line.
std::string read(const std::string& cdn, Settings& settings) {
  std::string problems;
  const auto add = [&](const std::vector<model::Problem>& found) {
    for (const model::Problem& problem : found)
      problems += problem.code + " " + problem.message + "\n" + problem.hint + "\n";
  };
  add(app::read_settings("{\"cdn\": " + cdn + ", \"extensions\": [{\"name\": \"Microsoft_Azure_Demo\"}]}",
                         "exthost-emu.json", "/home/u/project", settings));
  add(app::complete_extensions(settings));
  add(app::complete_cdn(settings));
  return problems;
}

}  // namespace

TEST_CASE("the CDN edge is off, and a word or an object turns it on") {
  Settings settings;
  CHECK_FALSE(settings.cdn.on);
  CHECK(read("\"on\"", settings).empty());
  CHECK(settings.cdn.on);
  CHECK(settings.cdn.origin_http_1_0);
  CHECK(settings.origins["cdn.mode"] == "exthost-emu.json:1:9");
  Settings off;
  off.cdn.on = true;
  CHECK(read("\"off\"", off).empty());
  CHECK_FALSE(off.cdn.on);
  Settings other;
  CHECK(
      read(
          R"({"mode": "on", "originHttp": "1.1", "namespaces": {"AZ1": "demo", "az2": "microsoft_azure_demo"}})",
          other)
          .empty());
  CHECK(other.cdn.on);
  CHECK_FALSE(other.cdn.origin_http_1_0);
  CHECK(other.cdn.namespaces == std::map<std::string, std::string>{{"az1", "demo"}, {"az2", "demo"}});
}

TEST_CASE("what is wrong with the CDN's settings is told with what is right") {
  const auto problems = [](const std::string& cdn) {
    Settings settings;
    return read(cdn, settings);
  };
  CHECK_THAT(problems("\"maybe\""), ContainsSubstring("neither off nor on: maybe"));
  CHECK_THAT(problems("true"), ContainsSubstring("'cdn' is a group"));
  CHECK_THAT(problems(R"({"originHttp": "2"})"), ContainsSubstring("neither 1.0 nor 1.1: 2"));
  CHECK_THAT(problems(R"({"mod": "on"})"), ContainsSubstring("mode"));
  CHECK_THAT(problems(R"({"namespace": {}})"), ContainsSubstring("namespaces"));
  CHECK_THAT(problems(R"({"namespaces": []})"), ContainsSubstring("'cdn.namespaces' is not an object"));
  CHECK_THAT(problems(R"({"namespaces": {"az1.vo": "demo"}})"),
             ContainsSubstring("'az1.vo' is no namespace"));
  CHECK_THAT(problems(R"({"namespaces": {"az1": "dmo"}})"),
             ContainsSubstring("maps az1 to 'dmo'") && ContainsSubstring("there is demo"));
}

TEST_CASE("the CDN's settings are options too") {
  Settings settings;
  CHECK(app::find_setting("cdn.mode")->apply(settings, "on", ""));
  CHECK(app::find_setting("cdn.originHttp")->apply(settings, "1.1", ""));
  CHECK(settings.cdn.on);
  CHECK(app::find_setting("cdn.mode")->show(settings) == "on");
  CHECK(app::find_setting("cdn.originHttp")->show(settings) == "1.1");
  CHECK_FALSE(app::find_setting("cdn.mode")->apply(settings, "yes", ""));
}
