#include "emulator/app/dev_server_config.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using app::Settings;

namespace {

std::vector<model::Problem> read(std::string_view text, Settings& settings,
                                 const std::filesystem::path& folder = "/project") {
  return app::read_dev_server_config(text, "devServerConfig.json", folder, settings);
}

}  // namespace

TEST_CASE("a devServerConfig.json is one extension with a source folder") {
  Settings settings;
  REQUIRE(read(R"({
    "extensionHostingServiceName": "demo",
    "extensionNameInPortalRegistration": "Contoso_Demo",
    "port": 4400,
    "extensionServableContentPath": "./bin/Debug",
    "bundlerPath": "../tools/bundle.exe",
    "extensionContentSource": "./Output",
    "sideLoadTarget": "https://df.onecloud.azure-test.net",
    "localConfigPath": "../LocalContent/Config",
    "galleryPackagePath": "./App_Data/Gallery"
  })",
               settings)
              .empty());
  CHECK(settings.hosting_port == 4400);
  CHECK(settings.origins.at("ports.hosting") == "devServerConfig.json:4:13");
  REQUIRE(settings.extensions.size() == 1);
  const app::ExtensionSettings& extension = settings.extensions.front();
  CHECK(extension.name == "Contoso_Demo");
  CHECK(extension.hosting_service_name == "demo");
  REQUIRE(extension.source);
  CHECK(extension.source->folder == "/project/bin/Debug");
  CHECK(extension.source->local_config == "/LocalContent/Config");
}

TEST_CASE("what a devServerConfig.json leaves open has the tool's defaults") {
  Settings settings;
  REQUIRE(read(R"({"extensionNameInPortalRegistration": "Contoso_Demo"})", settings).empty());
  CHECK(settings.hosting_port == 1339);
  const app::SourceSettings& source = *settings.extensions.front().source;
  CHECK(source.folder == "/project/obj/Debug");
  CHECK(source.local_config == "/project/LocalContent/Config");
}

TEST_CASE("the content source is served only where there is nothing servable") {
  const testing::SourceTree tree;
  constexpr const char* kText = R"({"extensionNameInPortalRegistration": "Contoso_Demo"})";
  tree.make_folder("Output");
  Settings by_source;
  REQUIRE(read(kText, by_source, tree.path()).empty());
  CHECK(by_source.extensions.front().source->folder == tree.path("Output"));
  tree.make_folder("obj/Debug");
  Settings by_both;
  REQUIRE(read(kText, by_both, tree.path()).empty());
  CHECK(by_both.extensions.front().source->folder == tree.path("obj/Debug"));
}

TEST_CASE("what is wrong with a devServerConfig.json is told with its place") {
  struct Row {
    const char* text;
    std::string_view code;
    std::size_t line;
    const char* says;
  };
  const std::vector<Row> rows = {
      {"{", model::codes::kSettingsNotJson, 1, ""},
      {"[]", model::codes::kSettingsNotJson, 1, "not an object"},
      {"{\n}", model::codes::kSettingsValue, 1, "extensionNameInPortalRegistration"},
      {"{\n\"extensionNameInPortalRegistration\": 7}", model::codes::kSettingsValue, 2, "not a string"},
      {"{\"extensionNameInPortalRegistration\": \"A\",\n\n\"port\": 70000}", model::codes::kSettingsValue, 3,
       "port"},
      {"{\"extensionNameInPortalRegistration\": \"A\",\n\"port\": true}", model::codes::kSettingsValue, 2,
       "port"},
      {"{\"extensionNameInPortalRegistration\": \"A\",\n\"extensionHostingServiceName\": \"a b\"}", "", 2,
       "a b"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    Settings settings;
    const auto problems = read(row.text, settings);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].severity == model::Severity::error);
    if (!row.code.empty()) CHECK(problems[0].code == row.code);
    CHECK(problems[0].where.line == row.line);
    CHECK_THAT(problems[0].message, ContainsSubstring(row.says));
    CHECK_FALSE(problems[0].frame.empty());
  }
}

TEST_CASE("a key that another release of the tool may have is no error") {
  Settings settings;
  const auto problems =
      read("{\"extensionNameInPortalRegistration\": \"A_Demo\",\n\"hotReload\": true}", settings);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].severity == model::Severity::warning);
  CHECK(problems[0].code == model::codes::kSettingsUnknownKey);
  CHECK(problems[0].where.line == 2);
  CHECK(settings.extensions.size() == 1);
}
