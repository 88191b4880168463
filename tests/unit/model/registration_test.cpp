#include "emulator/model/registration.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

Checked<std::vector<Registration>> read(const std::string& text) {
  return read_registrations(text, "Extensions.prod.json");
}

const PortalEnvironment& environment(std::string_view name) {
  const auto* found = find_portal_environment(name);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("registrations are read as the portal's documents write them") {
  const auto checked = read(R"({
    extensions: [
      // step 1 of a migration
      {
        name: "Microsoft_Azure_MyExtension",
        uri: "//selfhost.net/myextension",
        uriFormat: "//myextension.hosting.portal.azure.net/myextension/{0}",
        feedbackEmail: "azureux-myextension@microsoft.com",
      },
      {
        name: 'Microsoft_Azure_Other',
        hostingServiceName: "Other",
        disabled: true,
        cacheability: "Manifest",
        flags: "SupportsPrewarming, ThirdPartyExtension",
        flightUris: ["//demo.hosting.portal.azure.net/demo/stagePreview"],
        serviceTreeId: "x", icm: { service: "a", team: "b" }, resourceAccess: [{ name: "", resource: "self" }],
      },
      { name: "Old", redirectTo: "Microsoft_Azure_Other" },
    ],
  })");
  CHECK(checked.problems.empty());
  REQUIRE(checked.value);
  const auto& registrations = *checked.value;
  REQUIRE(registrations.size() == 3);
  CHECK(registrations[0].uri == "//selfhost.net/myextension");
  CHECK(registrations[0].feedback_email == "azureux-myextension@microsoft.com");
  CHECK_FALSE(registrations[0].disabled);
  CHECK(registrations[0].cacheability == "manifest");
  CHECK(registrations[0].where.to_string() == "Extensions.prod.json:4:7");
  CHECK(registrations[1].hosting_service_name == "other");
  CHECK(registrations[1].disabled);
  CHECK(registrations[1].cacheability == "manifest");
  CHECK(registrations[1].flags == std::vector<std::string>{"SupportsPrewarming", "ThirdPartyExtension"});
  CHECK(registrations[1].flight_uris.size() == 1);
  CHECK(registrations[2].redirect_to == "Microsoft_Azure_Other");
}

TEST_CASE("one registration or a bare array will do") {
  CHECK(read(R"({"name":"A","hostingServiceName":"a"})").value->size() == 1);
  CHECK(read(R"([{"name":"A","hostingServiceName":"a"},{"name":"B","uri":"//b.net"}])").value->size() == 2);
  CHECK(read("[]").value->empty());
}

TEST_CASE("cacheability is read as diagnostics number it") {
  const auto* number = GENERATE("1", "2", "3");
  const std::string names[] = {"none", "server", "manifest"};
  const auto checked = read(R"({name:"A",hostingServiceName:"a",cacheability:)" + std::string(number) + "}");
  REQUIRE(checked.value);
  CHECK(checked.value->front().cacheability == names[*number - '1']);
}

TEST_CASE("the flag Disabled disables") {
  CHECK(read(R"({name:"A",hostingServiceName:"a",flags:"Disabled"})").value->front().disabled);
  CHECK(read(R"({name:"A",hostingServiceName:"a",flags:"disabled",disabled:false})").value->front().disabled);
  CHECK_FALSE(read(R"({name:"A",hostingServiceName:"a",flags:8})").value->front().disabled);
}

TEST_CASE("a wrong registration is refused with its place") {
  struct Row {
    const char* text;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {R"({hostingServiceName:"a"})", ":1:1: the registration has no name"},
      {R"({name:1,hostingServiceName:"a"})", ":1:7: name must be a string, not a number"},
      {R"({name:"a-b",hostingServiceName:"a"})", ":1:7: extension name 'a-b' may have"},
      {R"({name:"True",hostingServiceName:"a"})", ":1:7: an extension cannot be called 'True'"},
      {R"({name:"A"})", ":1:1: the registration has neither"},
      {R"({name:"A",uriFormat:"//a.net/{0}"})", ":1:1: the registration has neither"},
      {R"({name:"A",hostingServiceName:"a-b"})", ":1:30: hosting service name 'a-b'"},
      {R"({name:"A",hostingServiceName:"api"})", ":1:30: hosting service name 'api' is reserved"},
      {R"({name:"A",uri:"a.net"})", ":1:15: uri must begin with //"},
      {R"({name:"A",uri:"//"})", ":1:15: uri must begin with //"},
      {R"({name:"A",uri:"//a.net",uriFormat:"//b.net"})", "uriFormat has no {0}"},
      {R"({name:"A",hostingServiceName:"a",disabled:"no"})", "disabled must be true or false"},
      {R"({name:"A",hostingServiceName:"a",cacheability:"always"})", "cacheability must be"},
      {R"({name:"A",hostingServiceName:"a",flags:["Disabled"]})", "flags must be a string"},
      {R"({name:"A",hostingServiceName:"a",flightUris:"//a.net"})", "flightUris must be an array"},
      {R"({name:"A",hostingServiceName:"a",flightUris:[1]})", "a number where a URI belongs"},
      {R"({name:"A",hostingServiceName:"a",flightUris:["a.net"]})", ":1:46: flightUris must begin with //"},
      {R"({name:"A",uri:"https:http://a.net"})", ":1:15: uri must begin with //"},
      {R"({name:"A",uri:"//{0}.a.net"})", ":1:15: uri has {0}"},
      {R"({name:"A",redirectTo:""})", ":1:1: the registration has neither"},
      {R"({name:"A",hostingServiceName:"a",cacheability:4})", "cacheability must be"},
      {R"([{name:"A",hostingServiceName:"a"},{name:"a",hostingServiceName:"b"}])", "'a' is registered twice"},
      {R"([1])", ":1:2: a registration is an object, not a number"},
      {R"("x")", "in an array, not in a string"},
      {R"({extensions:{}})", "in an array, not in an object"},
      {R"({name:"A",hostingServiceName:"a"}})", "after the end"},
      {R"({name:"A",name:"B",hostingServiceName:"a"})", "duplicate key"},
  }));
  INFO(row.text);
  const auto checked = read(row.text);
  CHECK_FALSE(checked.value);
  REQUIRE(has_errors(checked.problems));
  const auto error = to_error(checked.problems);
  CHECK(error.code == codes::kRegistrationInvalid);
  CHECK_THAT(error.message, ContainsSubstring(row.message));
}

TEST_CASE("an unknown field is ignored with a hint") {
  const auto checked = read(R"({name:"A",hostingServiceName:"a",cachability:"manifest"})");
  CHECK(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK_THAT(checked.problems[0].hint, ContainsSubstring("cacheability"));
}

TEST_CASE("an explicit uri that no environment derives is warned about, one that agrees is not") {
  const auto agree = read(
      R"({name:"A",hostingServiceName:"a",uri:"//a.hosting.portal.azure.net/a",uriFormat:"//a.hosting.portal.azure.net/a/{0}"})");
  CHECK(agree.value);
  CHECK(agree.problems.empty());
  const auto differ = read(R"({name:"A",hostingServiceName:"a",uri:"//selfhost.net/a"})");
  CHECK(differ.value);
  REQUIRE(differ.problems.size() == 1);
  CHECK_THAT(differ.problems[0].message, ContainsSubstring("uri wins"));
}

TEST_CASE("URIs are derived per environment from the hosting service name") {
  struct Row {
    const char* environment;
    const char* uri;
  };
  const auto row = GENERATE(values<Row>({
      {"PROD", "//myextension.hosting.portal.azure.net/myextension"},
      {"RC", "//myextension.hosting.portal.azure.net/myextension"},
      {"MPAC", "//ms.hosting.portal.azure.net/myextension"},
      {"Dogfood", "//hosting.onecloud.azure-test.net/myextension"},
      {"Fairfax", "//myextension.hosting.azureportal.usgovcloudapi.net/myextension"},
      {"Mooncake", "//myextension.hosting.azureportal.chinacloudapi.cn/myextension"},
      {"Blackforest", "//myextension.hosting.azure-api.de/myextension"},
  }));
  INFO(row.environment);
  Registration registration;
  registration.name = "Microsoft_Azure_MyExtension";
  registration.hosting_service_name = "myextension";
  const auto uris = effective_uris(registration, environment(row.environment));
  CHECK(uris.uri == row.uri);
  CHECK(uris.uri_format == std::string(row.uri) + "/{0}");
  CHECK((uris.uri_derived && uris.uri_format_derived));
}

TEST_CASE("an explicit uri wins over the derived one, each form by itself") {
  Registration registration;
  registration.hosting_service_name = "a";
  registration.uri = "//selfhost.net/a";
  const auto uris = effective_uris(registration, environment("PROD"));
  CHECK(uris.uri == "//selfhost.net/a");
  CHECK(uris.uri_format == "//a.hosting.portal.azure.net/a/{0}");
  CHECK_FALSE(uris.uri_derived);
  CHECK(uris.uri_format_derived);
}

TEST_CASE("a self-hosted extension without uriFormat has no place for stamps") {
  Registration registration;
  registration.uri = "//selfhost.net/a";
  CHECK(effective_uris(registration, environment("PROD")).uri_format.empty());
}
