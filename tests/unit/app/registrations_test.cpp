#include "emulator/app/registrations.h"

#include <fstream>

#include "emulator/app/settings_file.h"
#include "emulator/base/file.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using app::ExtensionSettings;
using app::Settings;
using model::Registration;

namespace {

/// A project whose settings name registration files.
class Project {
 public:
  Project() : folder_(*base::TemporaryFolder::create("exthost-registrations-")) {
    settings.project_folder = folder_.path();
    settings.settings_file = folder_.path() / "exthost-emu.json";
  }

  ExtensionSettings& extension(const std::string& name, const std::string& hosting_service_name = "") {
    settings.extensions.emplace_back();
    settings.extensions.back().name = name;
    settings.extensions.back().hosting_service_name = hosting_service_name;
    return settings.extensions.back();
  }
  void file(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    settings.registration_files.push_back(folder_.path() / name);
  }
  void name_missing_file() { settings.registration_files.push_back(folder_.path() / "missing.json"); }

  std::vector<model::Problem> read() { return app::read_registration_files(settings); }
  /// What the portal knows after a read without errors.
  std::vector<Registration> registrations() {
    problems = read();
    for (const auto& problem : problems) INFO(problem.message);
    REQUIRE_FALSE(model::has_errors(problems));
    REQUIRE(app::complete_extensions(settings).empty());
    return app::registrations_of(settings);
  }

  Settings settings;
  std::vector<model::Problem> problems;

 private:
  base::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("an extension has the fields of the registration of its name, with their place") {
  Project project;
  project.extension("microsoft_azure_one");
  project.file("Extensions.prod.json", R"({ extensions: [
    { name: 'Microsoft_Azure_One', hostingServiceName: 'oneservice', disabled: true, // not yet
      flags: 'SupportsPrewarming', cacheability: 'server', feedbackEmail: 'a@example.com',
      redirectTo: 'Other', flightUris: ['//oneservice.hosting.portal.azure.net/oneservice/stagePreview'], },
    { name: 'Other', uri: '//other.ext.azure.com', },
  ] })");
  const auto registrations = project.registrations();
  CHECK(project.problems.empty());
  REQUIRE(registrations.size() == 2);
  const Registration& one = registrations[0];
  CHECK(one.name == "Microsoft_Azure_One");
  CHECK(one.hosting_service_name == "oneservice");
  CHECK(one.disabled);
  CHECK(one.flags == std::vector<std::string>{"SupportsPrewarming"});
  CHECK(one.cacheability == "server");
  CHECK(one.feedback_email == "a@example.com");
  CHECK(one.redirect_to == "Other");
  CHECK(one.flight_uris.size() == 1);
  CHECK(one.where.to_string() == "Extensions.prod.json:2:5");
  CHECK(registrations[1].uri == "//other.ext.azure.com");
  CHECK(registrations[1].where.to_string() == "Extensions.prod.json:5:5");
  CHECK(project.settings.extensions[0].storage.container == "oneservice");
}

TEST_CASE("an extension has the registration of its hosting service name, whose portal name it takes") {
  for (const char* own_service : {"mine", "MINE", ""}) {
    Project project;
    project.extension("Mine", own_service);
    project.file("x.json", R"([
      { name: "Microsoft_Azure_Old", hostingServiceName: "mine", redirectTo: "Microsoft_Azure_Mine" },
      { name: "Microsoft_Azure_Mine", hostingServiceName: "Mine" }])");
    const auto registrations = project.registrations();
    REQUIRE(registrations.size() == 2);
    CHECK(registrations[0].name == "Microsoft_Azure_Mine");
    CHECK(registrations[1].name == "Microsoft_Azure_Old");
    REQUIRE(project.problems.size() == 1);
    CHECK(project.problems[0].severity == model::Severity::warning);
    CHECK(project.problems[0].where.to_string() == "x.json:3:7");
    CHECK_THAT(project.problems[0].message, ContainsSubstring("as 'Microsoft_Azure_Mine'"));
  }
}

TEST_CASE("a folder's guessed name gives way to the registered one without a word") {
  Project project;
  project.settings.settings_file.clear();
  project.extension("Output", "output");
  project.file("x.json", R"({ name: "Microsoft_Azure_Real", hostingServiceName: "output" })");
  CHECK(project.registrations()[0].name == "Microsoft_Azure_Real");
  CHECK(project.problems.empty());
}

TEST_CASE("what an extension's own entry sets wins over its registration, and then no place is cited") {
  Project project;
  ExtensionSettings& extension = project.extension("One", "one");
  extension.disabled = false;
  extension.uri = "//localhost:1234";
  extension.feedback_email = "own@example.com";
  project.file("x.json", R"({ name: "One", hostingServiceName: "one", uriFormat: "//{0}.one.example.com",
    flags: "Disabled,SupportsPrewarming", feedbackEmail: "file@example.com" })");
  const Registration one = project.registrations().at(0);
  CHECK_FALSE(one.disabled);
  CHECK(one.uri == "//localhost:1234");
  CHECK(one.uri_format == "//{0}.one.example.com");
  CHECK(one.flags == std::vector<std::string>{"SupportsPrewarming"});
  CHECK(one.feedback_email == "own@example.com");
  CHECK(one.where.file.empty());
}

TEST_CASE("an explicit uri of a registration wins over the derived one, with a warning at its place") {
  struct Case {
    const char* registration;
    bool warns;
  };
  const Case cases[] = {
      {R"({ name: "One", uri: "//one.ext.azure.com", uriFormat: "//one.hosting.portal.azure.net/one/{0}" })",
       true},
      {R"({ name: "One", hostingServiceName: "one", uri: "//one.ext.azure.com" })", true},
      {R"({ name: "One", uri: "//one.hosting.portal.azure.net/one" })", false},
      {R"({ name: "One", hostingServiceName: "one" })", false},
      {R"({ name: "One", hostingServiceName: "another" })", true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.registration);
    Project project;
    project.extension("One", "one");
    project.file("x.json", one.registration);
    const Registration registration = project.registrations().at(0);
    CHECK(registration.hosting_service_name == "one");
    CHECK(project.problems.size() == (one.warns ? 1 : 0));
    for (const auto& problem : project.problems) CHECK(problem.where.file == "x.json");
  }
}

TEST_CASE("every problem of registration files is reported, with its place and a caret") {
  Project project;
  project.settings.origins["registrations"] = "exthost-emu.json:2:20";
  project.extension("One");
  project.file("a.json", "[\n  { name: 'One', uri: 'one.example.com' },\n]");
  project.file("b.json", "[{ name: 'Two', uri: '//two.example.com' }]");
  project.file("c.json", "[{ name: 'TWO', uri: '//two.example.com' }]");
  project.name_missing_file();
  const auto problems = project.read();
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].code == model::codes::kRegistrationInvalid);
  CHECK(problems[0].where.to_string() == "a.json:2:23");
  CHECK_THAT(problems[0].frame, ContainsSubstring("^"));
  CHECK(problems[1].where.to_string() == "c.json:1:2");
  CHECK_THAT(problems[1].hint, ContainsSubstring("b.json:1:2"));
  CHECK(problems[2].code == model::codes::kSettingsValue);
  CHECK_THAT(problems[2].message, ContainsSubstring("missing.json"));
  CHECK_THAT(problems[2].hint, ContainsSubstring("exthost-emu.json:2:20"));
}

TEST_CASE("registration files are one path or a list of them, each taken once") {
  for (const char* text : {R"({"registrations": "Extensions.prod.json"})",
                           R"({"registrations": ["Extensions.prod.json", "./Extensions.prod.json"]})"}) {
    Settings settings;
    REQUIRE(app::read_settings(text, "exthost-emu.json", "/home/u/project", settings).empty());
    CHECK(settings.registration_files ==
          std::vector<std::filesystem::path>{"/home/u/project/Extensions.prod.json"});
  }
}
