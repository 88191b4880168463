// Each row of domain.md, Appendix A, that needs no bytes of a package and no HTTP: one line of a table each.

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

// R1 and R2.
constexpr const char* kRegistrations = R"([
  {name: "Microsoft_Azure_DevTestLab", uri: "//main.devtest.ext.azure.com", uriFormat: "//{0}.devtest.ext.azure.com"},
  {name: "Microsoft_Azure_MyExtension", hostingServiceName: "myextension"},
])";

constexpr const char* kConfig =
    R"({"$version":"3","stage1":"1.0.0.5","stage2":"1.0.0.4","stage3":"1.0.0.3","stage4":"1.0.0.2","stage5":"1.0.0.1")";

std::string config_with_friendly_names(int count) {
  std::string text = kConfig;
  for (int i = 0; i < count; ++i) text += ",\"name" + std::to_string(i) + "\":\"1.0.0.1\"";
  return text + "}";
}

Checked<Deployment> read_sample(int friendly_names = 0) {
  return read_deployment(config_with_friendly_names(friendly_names),
                         default_stage_definition(Cloud::public_cloud));
}

}  // namespace

TEST_CASE("Appendix A: which URL the portal loads an extension from") {
  constexpr const char* kR1 = "Microsoft_Azure_DevTestLab";
  constexpr const char* kR2 = "Microsoft_Azure_MyExtension";
  struct Row {
    const char* portal_url;
    const char* extension;
    const char* uri;
    const char* reason;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"https://portal.azure.com", kR1, "https://main.devtest.ext.azure.com", "URI_OF_REGISTRATION"},
      {"https://portal.azure.com?feature.canmodifystamps=true&Microsoft_Azure_DevTestLab=perf", kR1,
       "https://perf.devtest.ext.azure.com", "STAMP_OVERRIDE"},
      {"https://portal.azure.com?Microsoft_Azure_DevTestLab=perf", kR1, "https://main.devtest.ext.azure.com",
       "OVERRIDE_IGNORED_NO_FLAG"},
      {"https://portal.azure.com?feature.canmodifystamps&Microsoft_Azure_DevTestLab=x", kR1,
       "https://x.devtest.ext.azure.com", "STAMP_OVERRIDE"},
      {"https://portal.azure.com?feature.canmodifystamps=true&Microsoft_Azure_MyExtension=friendlyname", kR2,
       "https://myextension.hosting.portal.azure.net/myextension/friendlyname", "STAMP_OVERRIDE"},
      {"https://df.onecloud.azure-test.net", kR2, "https://hosting.onecloud.azure-test.net/myextension",
       "URI_DERIVED"},
      {"https://portal.azure.us", kR2,
       "https://myextension.hosting.azureportal.usgovcloudapi.net/myextension", "URI_DERIVED"},
  }));
  INFO(row.portal_url);
  const auto registrations = read_registrations(kRegistrations, "Extensions.prod.json");
  REQUIRE(registrations.value);
  const PortalUrl url = parse_portal_url(row.portal_url);
  const auto* environment = find_portal_environment(url.host);
  REQUIRE(environment != nullptr);
  const auto loads = resolve_portal(url, *registrations.value, *environment);
  const auto load = std::find_if(loads.begin(), loads.end(),
                                 [&row](const auto& each) { return each.name == row.extension; });
  REQUIRE(load != loads.end());
  CHECK(load->enabled);
  CHECK(extension_url(*load, "en", url.host) ==
        std::string(row.uri) + "?l=en&trustedAuthority=" + std::string(environment->portal_host));
  CHECK(std::any_of(load->reasons.begin(), load->reasons.end(),
                    [&row](const Reason& reason) { return reason.code == row.reason; }));
}

TEST_CASE("Appendix A: a flag without a value counts as true, with a warning") {
  const PortalUrl url = parse_portal_url("https://portal.azure.com?feature.canmodifystamps&A=x");
  CHECK(url.can_modify_stamps);
  REQUIRE(url.problems.size() == 1);
  CHECK(url.problems[0].severity == Severity::warning);
}

TEST_CASE("Appendix A: which version a region gets with the sample config") {
  struct Row {
    const char* region;
    const char* version;
  };
  const auto row = GENERATE(values<Row>({
      {"westcentralus", "1.0.0.4"},
      {"centraluseuap", "1.0.0.5"},
      {"southcentralus", "1.0.0.3"},
      {"westus", "1.0.0.2"},
      {"southeastasia", "1.0.0.1"},
      {"centralus", "1.0.0.1"},
  }));
  INFO(row.region);
  const auto deployment = read_sample();
  REQUIRE(deployment.value);
  CHECK(resolve_version(*deployment.value, {}, row.region, "").version == row.version);
}

TEST_CASE("Appendix A: which environment file answers, or none") {
  const std::map<std::string, std::string> files = {
      {"Content/Config/default.json", R"({"a":1,"b":1})"},
      {"Content/Config/portal.azure.com.json", R"({"b":2})"},
  };
  const auto read = [&files](std::string_view path) -> base::Result<std::optional<std::string>> {
    const auto found = files.find(std::string(path));
    return found == files.end() ? std::optional<std::string>() : std::optional(found->second);
  };
  struct Row {
    const char* trusted_authority;
    bool found;
  };
  const auto row = GENERATE(values<Row>({
      {"portal.azure.com", true},
      {"ms.portal.azure.com", true},
      {"portal.azure.com%3A", true},
      {"https%3A%2F%2Fportal.azure.com", true},
      {"portal.azure.cn", false},
  }));
  INFO(row.trusted_authority);
  const auto merged =
      load_environment(normalise_authority(row.trusted_authority, "rc.portal.azure.com"), read);
  REQUIRE(merged.has_value() == row.found);
  if (merged) {
    CHECK(merged->settings == R"({"a":1,"b":2})");
    CHECK(merged->file == "Content/Config/portal.azure.com.json");
  } else {
    CHECK(merged.error().code == codes::kNoEnvironmentFile);
  }
}

TEST_CASE("Appendix A: 100 friendly names are good and 101 are not") {
  CHECK(read_sample(100).value);
  const auto refused = read_sample(101);
  CHECK_FALSE(refused.value);
  REQUIRE(refused.problems.size() == 1);
  CHECK(refused.problems[0].code == codes::kTooManyFriendlyNames);
}
