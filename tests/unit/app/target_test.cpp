#include "emulator/app/target.h"

#include <fstream>
#include <map>

#include "emulator/base/file.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using app::LoadedSettings;

namespace {

/// A working folder with files in it, and a way to load settings from there.
class Desk {
 public:
  Desk() : folder_(*base::TemporaryFolder::create("exthost-target-")) {}

  std::filesystem::path path() const { return std::filesystem::canonical(folder_.path()); }
  void put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    std::ofstream(folder_.path() / name) << text;
  }
  LoadedSettings load(std::vector<std::string> targets = {},
                      std::vector<std::pair<std::string, std::string>> command_line = {}) const {
    app::SettingInputs inputs;
    inputs.targets = std::move(targets);
    inputs.folder = path();
    inputs.command_line = std::move(command_line);
    inputs.environment = [this](const char* name) -> const char* {
      const auto found = environment.find(name);
      return found == environment.end() ? nullptr : found->second.c_str();
    };
    inputs.demo_folder = path() / "unpacked-demo";
    return app::load_settings(inputs);
  }
  std::map<std::string, std::string> environment;

 private:
  base::TemporaryFolder folder_;
};

constexpr const char* kOneExtension =
    R"({"fidelity": "prod", "ports": {"base": 1000}, "extensions": [{"name": "One"}]})";

}  // namespace

TEST_CASE("command line beats environment beats file beats default") {
  Desk desk;
  desk.put("exthost-emu.json", kOneExtension);
  auto loaded = desk.load();
  REQUIRE(loaded.exit_code == 0);
  CHECK(loaded.settings.base_port == 1000);
  CHECK(loaded.settings.fidelity == model::Fidelity::prod);
  CHECK(loaded.settings.cloud == model::Cloud::public_cloud);

  desk.environment["EXTHOST_EMU_PORT"] = "2000";
  loaded = desk.load();
  CHECK(loaded.settings.base_port == 2000);
  CHECK(loaded.settings.origins.at("ports.base") == "EXTHOST_EMU_PORT");

  loaded = desk.load({}, {{"ports.base", "3000"}});
  CHECK(loaded.settings.base_port == 3000);
  CHECK(loaded.settings.origins.at("ports.base") == "command line");
}

TEST_CASE("the settings file is found in the folders above") {
  Desk desk;
  desk.put("exthost-emu.json", kOneExtension);
  desk.put("deep/er/x", "");
  app::SettingInputs inputs;
  inputs.folder = desk.path() / "deep" / "er";
  inputs.environment = [](const char*) -> const char* { return nullptr; };
  const auto loaded = app::load_settings(inputs);
  CHECK(loaded.exit_code == 0);
  CHECK(loaded.settings.project_folder == desk.path());
}

TEST_CASE("a container folder and a source folder need no settings file") {
  Desk desk;
  desk.put("my-box/config.json", R"({"$version": "3", "stage1": "1.0.0.0"})");
  auto loaded = desk.load({"my-box"});
  REQUIRE(loaded.exit_code == 0);
  REQUIRE(loaded.settings.extensions.size() == 1);
  CHECK(loaded.settings.extensions[0].name == "MyBox");
  CHECK(loaded.settings.extensions[0].hosting_service_name == "mybox");
  CHECK(loaded.settings.extensions[0].storage.seed == desk.path() / "my-box");
  CHECK_FALSE(loaded.settings.extensions[0].source);

  desk.put("ext/index.html", "<p>");
  loaded = desk.load({"ext"});
  REQUIRE(loaded.exit_code == 0);
  REQUIRE(loaded.settings.extensions[0].source);
  CHECK(loaded.settings.extensions[0].source->folder == desk.path() / "ext");
}

TEST_CASE("a devServerConfig.json is a target, and a folder that has one, unless it has a settings file") {
  Desk desk;
  desk.put("app/devServerConfig.json", R"({"extensionNameInPortalRegistration": "Contoso_Old"})");
  for (const char* target : {"app", "app/devServerConfig.json"}) {
    const auto loaded = desk.load({target});
    REQUIRE(loaded.exit_code == 0);
    CHECK(loaded.settings.extensions[0].name == "Contoso_Old");
    CHECK(loaded.settings.extensions[0].hosting_service_name == "old");
    CHECK(loaded.settings.settings_file == desk.path() / "app/devServerConfig.json");
    CHECK(loaded.settings.port(loaded.settings.hosting_port, 1) == 1339);
  }
  CHECK(desk.load({"app"}, {{"ports.hosting", "0"}}).settings.hosting_port == 0);
  desk.put("app/exthost-emu.json", kOneExtension);
  CHECK(desk.load({"app"}).settings.extensions[0].name == "One");
  desk.put("bad/devServerConfig.json", R"({"extensionNameInPortalRegistration": ["A"]})");
  const auto bad = desk.load({"bad"});
  CHECK(bad.exit_code == 3);
  CHECK(bad.problems.front().where.to_string() == "devServerConfig.json:1:39");
}

TEST_CASE("a target that is nothing we know is refused, with a way out") {
  Desk desk;
  desk.put("plain/readme.txt", "hello");
  for (const std::vector<std::string>& targets :
       {std::vector<std::string>{"plain"}, {"absent"}, {"one", "two"}, {}}) {
    const auto loaded = desk.load(targets);
    CHECK(loaded.exit_code == 2);
    REQUIRE_FALSE(loaded.problems.empty());
  }
  CHECK_THAT(desk.load({"stpo"}).problems.front().hint, ContainsSubstring("stop"));
}

TEST_CASE("a mistake in the file and one on the command line end with different codes") {
  Desk desk;
  desk.put("exthost-emu.json", R"({"fidelity": "fast", "extensions": [{"name": "One"}]})");
  CHECK(desk.load().exit_code == 3);
  desk.put("exthost-emu.json", R"({"extensions": []})");
  CHECK(desk.load().exit_code == 3);
  desk.put("exthost-emu.json", kOneExtension);
  CHECK(desk.load({}, {{"ports.base", "99999"}}).exit_code == 2);
}

TEST_CASE("the sample is unpacked once and then left alone") {
  Desk desk;
  auto loaded = desk.load({"demo"});
  REQUIRE(loaded.exit_code == 0);
  REQUIRE_FALSE(loaded.settings.extensions.empty());
  const auto settings_file = desk.path() / "unpacked-demo" / "exthost-emu.json";
  REQUIRE(std::filesystem::exists(settings_file));
  REQUIRE(loaded.settings.extensions[0].source);
  CHECK(std::filesystem::is_directory(loaded.settings.extensions[0].source->folder));

  std::ofstream(settings_file) << kOneExtension;
  loaded = desk.load({"demo"});
  CHECK(loaded.settings.base_port == 1000);
}
