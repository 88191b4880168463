// The rulings of domain.md (q) that the model decides, one test each. q2, q13, q15 and q18 are about time,
// publishing and HTTP, and q19 is about nothing.

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "emulator/model/codes.h"
#include "emulator/model/environment.h"
#include "emulator/model/portal_url.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::model;

namespace {

using Files = std::map<std::string, std::string>;

const std::string kStages =
    R"("$version":"3","stage1":"1.0.0.5","stage2":"1.0.0.4","stage3":"1.0.0.3","stage4":"1.0.0.2","stage5":"1.0.0.1")";

Checked<Deployment> read_config(const std::string& properties, const ConfigRules& rules = {},
                                Cloud cloud = Cloud::public_cloud) {
  return read_deployment("{" + properties + "}", default_stage_definition(cloud), rules);
}

Deployment deployment_of(const std::string& properties, const ConfigRules& rules = {}) {
  auto checked = read_config(properties, rules);
  REQUIRE(checked.value);
  return *std::move(checked.value);
}

bool has_code(const std::vector<Problem>& problems, std::string_view code, Severity severity) {
  return std::any_of(problems.begin(), problems.end(), [&](const Problem& problem) {
    return problem.code == code && problem.severity == severity;
  });
}

bool has_reason(const std::vector<Reason>& reasons, std::string_view code) {
  return std::any_of(reasons.begin(), reasons.end(),
                     [code](const Reason& reason) { return reason.code == code; });
}

base::Result<EnvironmentConfig> load(const Files& files, std::string_view host,
                                     const EnvironmentRules& rules = {}) {
  return load_environment(
      host,
      [&files](std::string_view path) -> base::Result<std::optional<std::string>> {
        const auto found = files.find(std::string(path));
        return found == files.end() ? std::optional<std::string>() : std::optional(found->second);
      },
      rules);
}

ExtensionLoad load_of(const std::string& registration, const std::string& portal_url) {
  const auto registrations = read_registrations(registration, "Extensions.prod.json");
  REQUIRE(registrations.value);
  const PortalUrl url = parse_portal_url(portal_url);
  const auto* environment = find_portal_environment(url.host);
  REQUIRE(environment != nullptr);
  return resolve_portal(url, *registrations.value, *environment).front();
}

const std::string kHosted = R"({name:"My_Ext",hostingServiceName:"my"})";
const std::string kDefault = "Content/Config/default.json";
const std::string kPortal = "Content/Config/portal.azure.com.json";

}  // namespace

TEST_CASE("q1: every stage of the definition is required") {
  CHECK(has_code(read_config(R"("$version":"3","stage5":"1.0.0.1")").problems, codes::kStageMissing,
                 Severity::error));
}

TEST_CASE("q1: if only the last stage is required, its version stands in for the others") {
  ConfigRules rules;
  rules.required_stages = RequiredStages::last;
  const auto deployment = deployment_of(R"("$version":"3","stage5":"1.0.0.1")", rules);
  const auto resolution = resolve_version(deployment, {}, "westus", "");
  CHECK(resolution.version == "1.0.0.1");
  CHECK(has_reason(resolution.reasons, reasons::kStageUnset));
}

TEST_CASE("q1: national clouds require two stages, and further ones are friendly names with a warning") {
  const auto cloud = GENERATE(Cloud::fairfax, Cloud::mooncake, Cloud::blackforest);
  CHECK(read_config(R"("$version":"3","stage1":"1.0.0.2","stage2":"1.0.0.1")", {}, cloud).problems.empty());
  const auto checked = read_config(kStages, {}, cloud);
  REQUIRE(checked.value);
  CHECK(checked.value->friendly_names().size() == 3);
  CHECK(has_code(checked.problems, codes::kFriendlyName, Severity::warning));
}

TEST_CASE("q3: 101 friendly names fail the whole config; stages and $ names do not count") {
  std::string names = kStages + R"(,"$customStageDefinition":false)";
  for (int i = 0; i < 100; ++i) names += ",\"name" + std::to_string(i) + "\":\"1.0.0.1\"";
  CHECK(read_config(names).value);
  CHECK(has_code(read_config(names + R"(,"name100":"1.0.0.1")").problems, codes::kTooManyFriendlyNames,
                 Severity::error));
}

TEST_CASE("q4: a stamp matches in another letter case if only one name does, but not under the strict rule") {
  const auto deployment = deployment_of(kStages + R"(,"friendlyName":"2.0.0.0")");
  const auto resolution = resolve_version(deployment, {}, "westus", "friendlyname");
  CHECK(resolution.version == "2.0.0.0");
  CHECK(has_reason(resolution.reasons, reasons::kFriendlyNameCase));
  CHECK_FALSE(resolve_version(deployment, {}, "westus", "friendlyname", StampCase::exact).found());
}

TEST_CASE("q4: two names that differ only by letter case are an error") {
  CHECK(has_code(read_config(kStages + R"(,"Name":"1.0.0.1","name":"1.0.0.2")").problems,
                 codes::kNamesDifferByCase, Severity::error));
}

TEST_CASE("q5: an underscore or hyphen in a friendly name is a warning, and an error under strict names") {
  const std::string text = kStages + R"(,"friendlyname_1":"1.0.0.1","pre-view":"1.0.0.1")";
  CHECK(read_config(text).value);
  CHECK(has_code(read_config(text).problems, codes::kFriendlyName, Severity::warning));
  ConfigRules strict;
  strict.strict_names = true;
  CHECK(has_code(read_config(text, strict).problems, codes::kFriendlyName, Severity::error));
}

TEST_CASE("q5: true and false are no friendly names") {
  const std::string name = GENERATE("true", "false", "True", "FALSE");
  CHECK(has_code(read_config(kStages + ",\"" + name + R"(":"1.0.0.1")").problems, codes::kFriendlyName,
                 Severity::error));
}

TEST_CASE("q6: stagedefinition.json is the name, and the misspelt one is only known") {
  CHECK(kDefinitionBlob == std::string_view("stagedefinition.json"));
  CHECK(kMisspeltDefinitionBlob == std::string_view("stagedefinintion.json"));
}

TEST_CASE("q7: the portal's stamp and the hosting service's answer come from one function") {
  const auto load = load_of(kHosted, "https://portal.azure.com/?feature.canmodifystamps=true&My_Ext=stage2");
  CHECK(resolve_version(deployment_of(kStages), {}, "westus", load.stamp).version == "1.0.0.4");
}

TEST_CASE("q8: Central US gets the last stage; only its EUAP is in stage1") {
  const auto deployment = deployment_of(kStages);
  CHECK(resolve_version(deployment, {}, "centralus", "").stage == "stage5");
  CHECK(resolve_version(deployment, {}, "centraluseuap", "").stage == "stage1");
}

TEST_CASE(
    "q9: settings are merged one level deep, with a warning for what an object loses, or deeply on request") {
  const Files files = {{kDefault, R"({"o":{"a":1,"b":1}})"}, {kPortal, R"({"o":{"b":2}})"}};
  const auto shallow = load(files, "portal.azure.com");
  REQUIRE(shallow);
  CHECK(shallow->settings == R"({"o":{"b":2}})");
  CHECK(has_code(shallow->problems, codes::kEnvironmentObjectReplaced, Severity::warning));
  const auto deep = load(files, "portal.azure.com", {true, false});
  REQUIRE(deep);
  CHECK(deep->settings == R"({"o":{"a":1,"b":2}})");
}

TEST_CASE("q10: more generic hosts answer, label by label down to two, and an exact file wins") {
  const Files files = {{kDefault, "{}"}, {kPortal, R"({"file":"portal"})"}};
  CHECK(load(files, "aad.portal.azure.com")->fallback);
  CHECK(load(files, "portal.azure.com")->settings == R"({"file":"portal"})");
  Files exact = files;
  exact["Content/Config/aad.portal.azure.com.json"] = R"({"file":"aad"})";
  CHECK(load(exact, "aad.portal.azure.com")->settings == R"({"file":"aad"})");
  CHECK(environment_candidates("a.b.c") == std::vector<std::string>{"a.b.c", "b.c"});
}

TEST_CASE(
    "q11: true and false need no flag, a stamp needs canmodifystamps, testExtensions canmodifyextensions") {
  const std::string portal = "https://portal.azure.com/";
  CHECK_FALSE(load_of(kHosted, portal + "?My_Ext=false").enabled);
  const auto ignored = load_of(kHosted, portal + "?feature.canmodifyextensions=true&My_Ext=stage1");
  CHECK(ignored.stamp.empty());
  CHECK(has_reason(ignored.reasons, reasons::kOverrideIgnoredNoFlag));
  const std::string sideload = R"(#?testExtensions={"My_Ext":"https://localhost:1/"})";
  CHECK_FALSE(load_of(kHosted, portal + "?feature.canmodifystamps=true" + sideload).sideloaded);
  CHECK(load_of(kHosted, portal + "?feature.canmodifyextensions=true" + sideload).sideloaded);
}

TEST_CASE("q12: an extension can be enabled in production, and the doubt is mentioned") {
  const auto load = load_of(R"({name:"My_Ext",hostingServiceName:"my",disabled:true})",
                            "https://portal.azure.com/?My_Ext=true");
  CHECK(load.enabled);
  CHECK(has_reason(load.reasons, reasons::kProductionDoubt));
}

TEST_CASE("q14: MPAC's hosting hosts and its other portal name are one environment") {
  const auto* host = GENERATE("ms.hosting.portal.azure.net", "hosting-ms.portal.azure.net",
                              "my-ms.hosting.portal.azure.net", "afd.hosting-ms.portal.azure.net");
  REQUIRE(find_hosting_environment(host) != nullptr);
  CHECK(find_hosting_environment(host)->name == "MPAC");
  CHECK(normalise_authority("mpac.portal.azure.com", "portal.azure.com") == "ms.portal.azure.com");
}

TEST_CASE("q16: default.json is required, or for legacy zips an empty base with a warning") {
  const Files files = {{kPortal, "{}"}};
  CHECK(load(files, "portal.azure.com").error().code == codes::kDefaultEnvironmentMissing);
  const auto legacy = load(files, "portal.azure.com", {false, true});
  REQUIRE(legacy);
  CHECK(legacy->settings == "{}");
  CHECK(has_code(legacy->problems, codes::kDefaultEnvironmentMissing, Severity::warning));
}

TEST_CASE("q17: a trailing comma is refused with its place, or warned about if JSON may be lenient") {
  const auto strict = read_config(kStages + ",");
  REQUIRE_FALSE(strict.value);
  CHECK(strict.problems[0].where.known());
  ConfigRules lenient;
  lenient.lenient_json = true;
  CHECK(read_config(kStages + ",", lenient).value);
  CHECK(read_registrations(R"({name:'A',hostingServiceName:"a",})", "Extensions.prod.json").value);
}

TEST_CASE("q20: explicit URIs win over hostingServiceName, with a warning if they disagree") {
  const std::string both = R"({name:"My_Ext",hostingServiceName:"my",uri:"//self.net/my"})";
  CHECK(load_of(both, "https://portal.azure.com").uri == "//self.net/my");
  CHECK(load_of(both, "https://portal.azure.com/?feature.canmodifystamps=true&My_Ext=stage1").uri ==
        "//my.hosting.portal.azure.net/my/stage1");
  CHECK(has_code(read_registrations(both, "").problems, codes::kRegistrationInvalid, Severity::warning));
}

TEST_CASE("q21: a build number is one of the synced versions, or nothing") {
  const auto deployment = deployment_of(kStages);
  CHECK(resolve_version(deployment, {"1.0.8.31"}, "westus", "1d0d8d31").version == "1.0.8.31");
  CHECK_FALSE(resolve_version(deployment, {"1.0.8.30"}, "westus", "1d0d8d31").found());
}

TEST_CASE("q22: a stamp also enables a disabled extension, for the session") {
  const auto load = load_of(R"({name:"My_Ext",hostingServiceName:"my",disabled:true})",
                            "https://portal.azure.com/?feature.canmodifystamps=true&My_Ext=stage1");
  CHECK(load.enabled);
  CHECK(load.stamp == "stage1");
}
