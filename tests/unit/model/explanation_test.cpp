#include "emulator/model/explanation.h"

#include "emulator/model/codes.h"
#include "tests/unit/model/explained_world.h"

namespace exthost::model {
namespace {

using Codes = std::vector<std::string>;

/// The sample of the documentation, a version for each stage; settings for PROD in every version, and for
/// Fairfax in the newest one.
ExplainedWorld sample() {
  ExplainedWorld world;
  world.active.config = R"({
  "$version": "3",
  "stage1": "1.0.0.5",
  "stage2": "1.0.0.4",
  "stage3": "1.0.0.3",
  "stage4": "1.0.0.2",
  "stage5": "1.0.0.1",
  "friendlyName": "1.0.0.5"
})";
  for (const char* version : {"1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4", "1.0.0.5"})
    world.hosts[version] = {"portal.azure.com"};
  world.hosts["1.0.0.5"].insert("portal.azure.us");
  return world;
}

Explanation of_url(const std::string& url, const ExplainedWorld& world = sample()) {
  auto explanations = explain({url, "", "", "", "", ""}, world.basis());
  REQUIRE(explanations.size() == 1);
  return std::move(explanations.front());
}

Explanation of_request(const std::string& region, const std::string& stamp = "",
                       const std::string& authority = "", const ExplainedWorld& world = sample()) {
  return explain({"", "demo", region, stamp, authority, ""}, world.basis()).front();
}

Codes codes_of(const Explanation& explanation) {
  Codes codes;
  for (const Reason& reason : explanation.reasons) codes.push_back(reason.code);
  return codes;
}

std::vector<std::string> texts_of(const Explanation& explanation) {
  std::vector<std::string> texts;
  for (const Counterfactual& one : explanation.counterfactuals) texts.push_back(one.text);
  return texts;
}

bool offers(const Explanation& explanation, const std::string& text) {
  const auto texts = texts_of(explanation);
  for (const std::string& one : texts) UNSCOPED_INFO(one);
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

TEST_CASE("a request is explained from the region to the settings file") {
  const Explanation explanation = of_request("West US");
  CHECK(explanation.name == "Microsoft_Azure_Demo");
  CHECK(explanation.hosting_service_name == "demo");
  CHECK(explanation.enabled);
  CHECK(explanation.region == "westus");
  CHECK(explanation.stage() == "stage4");
  CHECK(explanation.version() == "1.0.0.2");
  CHECK(explanation.environment_file() == "Content/Config/portal.azure.com.json");
  CHECK(explanation.status == 200);
  CHECK(explanation.url ==
        "https://demo.hosting.portal.azure.net/demo?l=en&trustedAuthority=portal.azure.com");
  CHECK(codes_of(explanation) == Codes{"STAGE_MATCH", "STAGE_VERSION", "ENV_CONFIG_CHOSEN"});
  CHECK(explanation.reasons[1].source.to_string() == "config.json:6:13");
}

TEST_CASE("the status is the one that the user's browser gets") {
  struct Row {
    const char* stamp;
    const char* authority;
    int status;
    const char* last_reason;
  };
  const auto row = GENERATE(values<Row>({
      {"", "", 200, "ENV_CONFIG_CHOSEN"},
      {"stage1", "portal.azure.us", 200, "ENV_CONFIG_CHOSEN"},
      {"", "ms.portal.azure.com", 200, "ENV_CONFIG_FALLBACK"},
      {"friendlyname", "rc.portal.azure.com%3A", 200, "ENV_CONFIG_FALLBACK"},
      {"", "portal.azure.us", 400, "ENV_CONFIG_MISSING"},
      {"", "a host", 400, "AUTHORITY_UNREADABLE"},
      {"nosuch", "", 404, "STAMP_UNKNOWN"},
  }));
  INFO(row.stamp << " " << row.authority);
  const Explanation explanation = of_request("westus", row.stamp, row.authority);
  CHECK(explanation.status == row.status);
  CHECK(explanation.reasons.back().code == row.last_reason);
  CHECK(explanation.failure.has_value() == (row.status != 200));
}

TEST_CASE("an extension that nothing hosts is a 404 with a reason") {
  const Explanation explanation = explain({"", "other", "", "", "", ""}, sample().basis()).front();
  CHECK(explanation.status == 404);
  CHECK(codes_of(explanation) == Codes{"EXTENSION_UNKNOWN"});
  CHECK(explanation.failure->code == codes::kUnknownExtension);
}

TEST_CASE("before the first sync everything is a 503") {
  ExplainBasis basis = sample().basis();
  basis.hosted = [](std::string_view) {
    HostedState state;
    state.hosting_service_name = "demo";
    state.container = "https://account.example/demo";
    state.in_region = [](std::string_view) {
      HostedState::InRegion there;
      there.last_error = base::Error{base::ErrorKind::not_found, "config.json is not there", "EHE1001"};
      return there;
    };
    return std::optional(state);
  };
  const Explanation explanation = explain({"", "demo", "", "stage1", "", ""}, basis).front();
  CHECK(explanation.status == 503);
  CHECK(codes_of(explanation) == Codes{"NEVER_SYNCED"});
  CHECK_THAT(explanation.reasons[0].text, ContainsSubstring("EHE1001: config.json is not there"));
  CHECK(explanation.counterfactuals.empty());
}

TEST_CASE("the last good config is named as such") {
  ExplainedWorld world = sample();
  world.last_error =
      base::Error{base::ErrorKind::corrupt, "config.json:7:24: trailing comma before }", "EHE1003"};
  const Explanation explanation = of_request("westus", "", "", world);
  CHECK(explanation.version() == "1.0.0.2");
  CHECK(explanation.reasons.front().code == reasons::kLastGoodConfig);
  CHECK_THAT(explanation.reasons.front().text, ContainsSubstring("EHE1003: config.json:7:24"));
}

TEST_CASE("a region that is behind says when it follows, and what it will get") {
  ExplainedWorld world = sample();
  world.pending =
      ExplainedWorld::Texts{R"({"$version": "3", "stage1": "2.0", "stage2": "2.0", "stage3": "2.0",
      "stage4": "2.0", "stage5": "2.0"})",
                            ""};
  world.hosts["2.0"] = {"portal.azure.com"};
  world.pulling = {"westus"};
  const Explanation behind = of_request("westus", "", "", world);
  CHECK(behind.version() == "1.0.0.2");
  CHECK(behind.reasons.front().code == reasons::kRegionStillPulling);
  CHECK(behind.counterfactuals.front().text ==
        "would be 2.0 after 2025-12-18T00:20:00.000Z, when westus takes the newer config.json");
  CHECK(of_request("eastus", "", "", world).version() == "2.0");
}

TEST_CASE("a portal URL is explained from its host to the settings file") {
  const Explanation explanation = of_url(
      "https://ms.portal.azure.com/"
      "?feature.canmodifystamps=true&microsoft_azure_demo=stage2&region=East%20US&l=de");
  CHECK(explanation.environment->name == "MPAC");
  CHECK(explanation.region == "eastus");
  CHECK(explanation.stamp == "stage2");
  CHECK(explanation.version() == "1.0.0.4");
  CHECK(explanation.url ==
        "https://ms.hosting.portal.azure.net/demo/stage2?l=de&trustedAuthority=ms.portal.azure.com");
  CHECK(codes_of(explanation) == Codes{"ENVIRONMENT", "REGION_CHOSEN", "URI_DERIVED",
                                       "ENABLED_BY_REGISTRATION", "STAMP_OVERRIDE", "STAMP_STAGE",
                                       "STAGE_VERSION", "ENV_CONFIG_FALLBACK"});
}

TEST_CASE("every extension that the URL names is explained, or all if it names none") {
  ExplainBasis basis = sample().basis();
  Registration other;
  other.name = "Other";
  other.uri = "//other.example";
  basis.registrations.push_back(other);
  const std::string portal = "https://portal.azure.com/";
  CHECK(explain({portal, "", "", "", "", ""}, basis).size() == 2);
  CHECK(explain({portal + "?other=true", "", "", "", "", ""}, basis).size() == 1);
  CHECK(explain({portal + "?other=true&microsoft_azure_demo=x", "", "", "", "", ""}, basis).size() == 2);
  CHECK(explain({portal + "#blade/Other/X", "", "", "", "", ""}, basis).front().name == "Other");
  CHECK(explain({portal + "?other=true", "demo", "", "", "", ""}, basis).front().name ==
        "Microsoft_Azure_Demo");
}

TEST_CASE("what the hosting service is not asked for has no status and no version") {
  SECTION("disabled") {
    const Explanation explanation = of_url("https://portal.azure.com/?Microsoft_Azure_Demo=false");
    CHECK_FALSE(explanation.enabled);
    CHECK_FALSE(explanation.status);
    CHECK(explanation.version().empty());
    CHECK(offers(explanation, "would be 1.0.0.2 with &Microsoft_Azure_Demo=true in the URL"));
  }
  SECTION("sideloaded") {
    const Explanation explanation = of_url(
        "https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions="
        "{\"Microsoft_Azure_Demo\":\"https://localhost:44300/\"}");
    CHECK(explanation.enabled);
    CHECK_FALSE(explanation.status);
    CHECK(explanation.reasons.back().code == reasons::kSideloaded);
  }
  SECTION("hosted by production and not here") {
    ExplainBasis basis = sample().basis();
    Registration other;
    other.name = "Microsoft_Azure_Other";
    other.hosting_service_name = "other";
    basis.registrations.push_back(other);
    const auto explanations = explain({"https://portal.azure.com/", other.name, "", "", "", ""}, basis);
    REQUIRE(explanations.size() == 1);
    const Explanation& explanation = explanations.front();
    CHECK(explanation.enabled);
    CHECK_FALSE(explanation.status);
    CHECK(explanation.url ==
          "https://other.hosting.portal.azure.net/other?l=en&trustedAuthority=portal.azure.com");
    CHECK(explanation.local_url.empty());
    CHECK(explanation.reasons.back().code == reasons::kHostedElsewhere);
  }
}

TEST_CASE("a registration that disables does not keep the hosting service from answering") {
  ExplainedWorld world = sample();
  world.disabled = true;
  const Explanation request = of_request("westus", "", "", world);
  CHECK_FALSE(request.enabled);
  CHECK(request.status == 200);
  CHECK(request.reasons.front().code == reasons::kDisabledByRegistration);
  const Explanation loaded = of_url("https://portal.azure.com/", world);
  CHECK(offers(loaded, "would be 1.0.0.2 if its registration did not disable it"));
  CHECK(offers(loaded, "would be 1.0.0.2 with &Microsoft_Azure_Demo=true in the URL"));
}

TEST_CASE("what would change the version of a region is offered, the likeliest first") {
  CHECK(texts_of(of_request("westus")) ==
        std::vector<std::string>{
            "would be 1.0.0.3 if stage4 in config.json:6:13 said so",
            "would be 1.0.0.5 with feature.canmodifystamps=true&Microsoft_Azure_Demo=stage1 in the URL",
            "would be 1.0.0.4 with feature.canmodifystamps=true&Microsoft_Azure_Demo=stage2 in the URL",
            "would be 1.0.0.3 with feature.canmodifystamps=true&Microsoft_Azure_Demo=stage3 in the URL",
            "would be 1.0.0.1 with feature.canmodifystamps=true&Microsoft_Azure_Demo=stage5 in the URL",
            "would be 1.0.0.4 in West Central US (westcentralus)"});
}

TEST_CASE("an override that was ignored comes with the flag that it lacks") {
  const Explanation explanation = of_url("https://portal.azure.com/?Microsoft_Azure_Demo=stage1");
  CHECK(explanation.version() == "1.0.0.2");
  CHECK(explanation.counterfactuals.front().text ==
        "would be 1.0.0.5 if the URL had feature.canmodifystamps=true");
  CHECK(explanation.counterfactuals.front().change.kind == Change::Kind::url);
  const Explanation refused = of_url(
      "https://portal.azure.com/#?testExtensions={\"Microsoft_Azure_Demo\":\"https://localhost:44300/\"}");
  CHECK(refused.counterfactuals.front().text ==
        "would be loaded from https://localhost:44300/ if the URL had feature.canmodifyextensions=true");
}

TEST_CASE("a settings file that is missing is named") {
  const Explanation explanation = of_request("westus", "", "portal.azure.cn");
  CHECK(explanation.status == 400);
  CHECK(explanation.counterfactuals.front().text ==
        "would be answered, with 1.0.0.2, if Content/Config/portal.azure.cn.json existed in that version; an "
        "empty {} "
        "is enough");
}

TEST_CASE("no more than six stamps are offered") {
  ExplainedWorld world = sample();
  std::string more;
  for (int i = 0; i < 20; ++i) {
    const std::string n = std::to_string(i);
    more += ",\n  \"name" + n + "\": \"3." + n + "\"";
    world.hosts["3." + n] = {"portal.azure.com"};
  }
  world.active.config.insert(world.active.config.rfind('\n'), more);
  const Explanation explanation = of_request("westus", "", "", world);
  const auto urls = std::count_if(explanation.counterfactuals.begin(), explanation.counterfactuals.end(),
                                  [](const auto& one) { return one.change.kind == Change::Kind::url; });
  CHECK(urls == 6);
}

TEST_CASE("a question that makes no sense is refused") {
  const auto refused = [](ExplainQuestion question) {
    const auto error = refuse_question(question);
    return error ? error->code : std::string();
  };
  CHECK(refused({"https://portal.azure.com", "", "", "stage1", "", ""}) == codes::kBadTarget);
  CHECK(refused({"", "demo", "west/us", "", "", ""}) == codes::kBadTarget);
  CHECK(refused({"", "demo", "", "", "", "narnia"}) == codes::kBadTarget);
  CHECK(refused({"", "demo", "West US", "stage1", "", "fairfax"}).empty());
}

TEST_CASE("another cloud's environment is explained with the regions of the one that is emulated") {
  const Explanation explanation =
      explain({"", "demo", "", "stage1", "", "fairfax"}, sample().basis()).front();
  CHECK(explanation.environment->name == "Fairfax");
  CHECK(explanation.environment_file() == "Content/Config/portal.azure.us.json");
  CHECK(explanation.reasons[1].code == reasons::kCloudNotEmulated);
}

}  // namespace exthost::model
