#include "emulator/portal/portal_view.h"

#include <algorithm>

#include "emulator/portal/manifest_cache.h"
#include "tests/support/catch.h"
#include "tests/unit/portal/portal_fixture.h"

namespace exthost::portal {
namespace {

struct Scene {
  PortalSettings settings = sample_settings();
  FakeHosting hosting;

  PortalView view(const std::string& query, const std::string& origin = "https://localhost:14430") {
    ViewRequest request;
    request.page_origin = origin;
    request.url = origin + "/" + query;
    return view(request);
  }
  PortalView view(const ViewRequest& request) {
    return make_portal_view(request, settings, hosting.callback());
  }
};

const ExtensionView& selected(const PortalView& view) {
  REQUIRE(view.selected);
  return view.extensions[*view.selected];
}

bool has(const std::vector<model::Reason>& reasons, std::string_view code) {
  return std::any_of(reasons.begin(), reasons.end(),
                     [code](const auto& reason) { return reason.code == code; });
}

}  // namespace

TEST_CASE("Without choices the extension is loaded from hosting, for the default region") {
  Scene scene;
  const PortalView view = scene.view("");
  const ExtensionView& demo = selected(view);
  CHECK(view.region == "westus");
  CHECK(has(view.reasons, reasons::kRegionDefault));
  CHECK(view.environment->name == "PROD");
  CHECK(demo.frame_url ==
        "https://localhost:14431/demo?l=en&trustedAuthority=https%3A%2F%2Flocalhost%3A14430&extensionName="
        "Microsoft_Azure_Demo&region=westus&pageVersion=1.0.0.2");
  CHECK(demo.settings_url == demo.frame_url + "&environmentjson=true");
  REQUIRE(demo.answer);
  CHECK(demo.answer->version == "1.0.0.2");
  CHECK(demo.missing_flag.empty());
}

TEST_CASE("The portal sends the version that its manifest cache has, and says when that is an older one") {
  Scene scene;
  CHECK_FALSE(has(selected(scene.view("")).answer->reasons, reasons::kManifestCache));

  scene.hosting.page_version = "1.0.0.1";
  const ExtensionView behind = selected(scene.view(""));
  CHECK(behind.answer->version == "1.0.0.2");
  CHECK(behind.frame_url.find("&pageVersion=1.0.0.1") != std::string::npos);
  CHECK(has(behind.answer->reasons, reasons::kManifestCache));

  scene.hosting.page_version = "";  // there was nothing to serve when the portal asked
  const ExtensionView unknown = selected(scene.view(""));
  CHECK(unknown.frame_url.find("pageVersion") == std::string::npos);
  CHECK(has(unknown.answer->reasons, reasons::kManifestCache));
}

TEST_CASE("The portal asks for versions at each full five minutes, and in dev always knows") {
  const auto at = [](std::string_view text) { return *base::parse_iso8601(text); };
  CHECK(last_manifest_poll(at("2026-01-01T00:04:59Z"), model::Fidelity::ci) == at("2026-01-01T00:00:00Z"));
  CHECK(last_manifest_poll(at("2026-01-01T00:05:00Z"), model::Fidelity::prod) == at("2026-01-01T00:05:00Z"));
  CHECK(last_manifest_poll(at("2026-01-01T00:04:59Z"), model::Fidelity::dev) == at("2026-01-01T00:04:59Z"));
}

TEST_CASE("A stamp needs its flag, and the view names the flag that is missing") {
  Scene scene;
  const PortalView with = scene.view("?feature.canmodifystamps=true&Microsoft_Azure_Demo=dev");
  CHECK(selected(with).base.url == "https://localhost:14431/demo/dev");
  CHECK(selected(with).answer->version == "1.0.0.9");

  const PortalView without = scene.view("?Microsoft_Azure_Demo=dev");
  CHECK(selected(without).base.url == "https://localhost:14431/demo");
  CHECK(selected(without).missing_flag == "feature.canmodifystamps");
  CHECK(has(selected(without).load.reasons, model::reasons::kOverrideIgnoredNoFlag));
}

TEST_CASE("The region is the one chosen, in any spelling") {
  Scene scene;
  CHECK(scene.view("?region=West%20Central%20US").region == "westcentralus");
  CHECK(selected(scene.view("?region=westcentralus")).answer->version == "1.0.0.4");

  ViewRequest request;
  request.page_origin = scene.settings.own_origin;
  request.url = "https://localhost:14430/?region=westus";
  request.region = "southeastasia";
  CHECK(scene.view(request).region == "southeastasia");
}

TEST_CASE("A region that does not exist or is another cloud's is passed over, with a reason") {
  Scene scene;
  for (const char* query : {"?region=atlantis", "?region=usgovvirginia"}) {
    CAPTURE(query);
    const PortalView view = scene.view(query);
    CHECK(view.region == "westus");
    CHECK(has(view.reasons, reasons::kRegionIgnored));
    CHECK(has(view.reasons, reasons::kRegionDefault));
  }
}

TEST_CASE("A user's location gives the nearest region unless one was chosen") {
  Scene scene;
  const PortalView view = scene.view("?location=1.35,103.8");
  CHECK(view.region == "southeastasia");
  CHECK(has(view.reasons, reasons::kRegionNearest));
  CHECK(scene.view("?location=1.35,103.8&region=westus").region == "westus");
  CHECK(has(scene.view("?location=nowhere").reasons, reasons::kLocationIgnored));
}

TEST_CASE("The page's host names the environment, and the extension is told the page's own origin") {
  Scene scene;
  const PortalView view = scene.view("", "https://ms.portal.azure.com.localhost:14430");
  CHECK(view.environment->name == "MPAC");
  CHECK(view.trusted_authority == "https://ms.portal.azure.com.localhost:14430");
  CHECK(selected(view).base.url == "https://localhost:14431/demo");
  CHECK(scene.hosting.questions.front().authority == "https://ms.portal.azure.com.localhost:14430");
}

TEST_CASE("On a local host env= names the environment, as the portal adds it to its URL") {
  Scene scene;
  CHECK(scene.view("?env=ms").environment->name == "MPAC");
  CHECK(scene.view("?env=portal").environment->name == "PROD");
  CHECK(scene.view("?env=portal", "https://ms.portal.azure.com.localhost:14430").environment->name == "MPAC");
  CHECK(has(scene.view("?env=nowhere").reasons, reasons::kEnvironmentUnknown));
}

TEST_CASE("A URL of production asked about from elsewhere is answered as its own page would be") {
  Scene scene;
  ViewRequest request;
  request.page_origin = "https://localhost:14430";
  request.url = "https://ms.portal.azure.com/?feature.canmodifystamps=true&microsoft_azure_demo=dev";
  const PortalView view = scene.view(request);
  CHECK(view.environment->name == "MPAC");
  CHECK(view.trusted_authority == "https://ms.portal.azure.com.localhost:14430");
  CHECK(selected(view).load.stamp == "dev");

  request.url = "https://localhost:14430/";
  request.environment = "Fairfax";
  CHECK(scene.view(request).trusted_authority == "https://portal.azure.us.localhost:14430");
  CHECK(has(scene.view(request).reasons, reasons::kCloudNotEmulated));

  request.environment = "portal.example.com";
  CHECK(scene.view(request).environment->name == "PROD");
  CHECK(has(scene.view(request).reasons, reasons::kEnvironmentUnknown));
}

TEST_CASE("A name that is no portal's means the environment in force") {
  Scene scene;
  const PortalView own = scene.view("", "https://devbox:14430");
  CHECK(own.environment->name == "PROD");
  CHECK(own.trusted_authority == "https://devbox:14430");
  CHECK_FALSE(has(own.reasons, reasons::kEnvironmentUnknown));
  CHECK(has(scene.view("", "https://portal.example.com.localhost:14430").reasons,
            reasons::kEnvironmentUnknown));
}

TEST_CASE("A disabled extension is not loaded and nobody is asked about it") {
  Scene scene;
  const PortalView view = scene.view("?Microsoft_Azure_Demo=false");
  CHECK_FALSE(selected(view).load.enabled);
  CHECK(selected(view).frame_url.empty());
  CHECK(scene.hosting.questions.empty());
}

TEST_CASE("A sideload is shown ahead of what is registered") {
  Scene scene;
  const PortalView view = scene.view(
      "?feature.canmodifyextensions=true#?testExtensions={\"My_Side\":\"https://localhost:1339/side\"}");
  CHECK(selected(view).load.name == "My_Side");
  CHECK(selected(view).load.sideloaded);
  CHECK(selected(view).base.origin == Origin::local);
  CHECK(selected(view).frame_url.find("https://localhost:1339/side?l=en&trustedAuthority=") == 0);
  CHECK_FALSE(selected(view).answer);
}

TEST_CASE("A sideload that is refused for want of its flag is shown all the same, with the flag") {
  Scene scene;
  const PortalView view = scene.view("#?testExtensions={\"My_Side\":\"https://localhost:1339/side\"}");
  CHECK(selected(view).load.name == "My_Side");
  CHECK_FALSE(selected(view).load.enabled);
  CHECK(selected(view).missing_flag == "feature.canmodifyextensions");
  CHECK(selected(view).frame_url.empty());
}

TEST_CASE("The fragment chooses among several extensions, else the one that the query names") {
  Scene scene;
  scene.settings.registrations.push_back(hosted_registration("Microsoft_Azure_Other", "other"));
  CHECK(selected(scene.view("")).load.name == "Microsoft_Azure_Demo");
  CHECK(selected(scene.view("#blade/microsoft_azure_other/Overview")).load.name == "Microsoft_Azure_Other");
  CHECK(selected(scene.view("?feature.canmodifystamps=true&Microsoft_Azure_Other=dev")).load.name ==
        "Microsoft_Azure_Other");
  CHECK(selected(scene.view("#blade/Nobody")).load.name == "Microsoft_Azure_Demo");
}

TEST_CASE("Nothing is loaded from another machine") {
  Scene scene;
  scene.settings.registrations[0].hosting_service_name.clear();
  scene.settings.registrations[0].uri = "//main.demo.ext.azure.com";
  const PortalView view = scene.view("");
  CHECK(selected(view).base.origin == Origin::external);
  CHECK(selected(view).frame_url.empty());
  CHECK(selected(view).real_portal_url.empty());
}

TEST_CASE("Extension flags are forwarded, and values from the URL are encoded") {
  Scene scene;
  const PortalView view = scene.view("?Microsoft_Azure_Demo_Color=a%26b%3C&l=pl.pl-pl");
  CHECK(selected(view).frame_url.find("&microsoft_azure_demo_color=a%26b%3C") != std::string::npos);
  CHECK(selected(view).frame_url.find("?l=pl.pl-pl&") != std::string::npos);
}

TEST_CASE("A page of the version can be shown in place of its index page") {
  Scene scene;
  const PortalView view = scene.view("?page=Content/Blades/frame.html");
  CHECK(selected(view).frame_url.find(
            "https://localhost:14431/demo/Content/1.0.0.2/Blades/frame.html?l=en") == 0);
  CHECK(selected(view).settings_url.find("https://localhost:14431/demo?") == 0);

  const PortalView refused = scene.view("?page=../../etc/passwd");
  CHECK(refused.page.empty());
  CHECK(refused.problems.size() == 1);
}

TEST_CASE("The link into the real portal sideloads the same page, over https only") {
  Scene scene;
  CHECK(selected(scene.view("?feature.canmodifystamps=true&Microsoft_Azure_Demo=dev")).real_portal_url ==
        "https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions="
        "%7B%22Microsoft_Azure_Demo%22%3A%22https%3A%2F%2Flocalhost%3A14431%2Fdemo%2Fdev%22%7D");
  scene.settings.hosting_origin = "http://localhost:14431";
  CHECK(selected(scene.view("")).real_portal_url.empty());
}

TEST_CASE("Every region of the cloud says what its users get") {
  Scene scene;
  const PortalView view = scene.view("?feature.canmodifystamps=true&Microsoft_Azure_Demo=dev");
  const auto find = [&](std::string_view name) {
    return std::find_if(view.regions.begin(), view.regions.end(),
                        [name](const RegionView& one) { return one.region->name == name; });
  };
  REQUIRE(find("westcentralus") != view.regions.end());
  CHECK(find("westcentralus")->version == "1.0.0.4");
  CHECK(find("westcentralus")->stage == "stage2");
  CHECK(find("usgovvirginia") == view.regions.end());
}

TEST_CASE("What would change the answer is asked about the extension that is shown") {
  Scene scene;
  ViewRequest request;
  request.page_origin = "https://localhost:14430";
  request.url = "https://localhost:14430/?Microsoft_Azure_Demo=dev";
  request.region = "East US";
  request.environment = "MPAC";
  model::ExplainQuestion asked;
  const PortalView view = make_portal_view(
      request, scene.settings, scene.hosting.callback(), [&](const model::ExplainQuestion& question) {
        asked = question;
        return std::vector<model::Counterfactual>{
            {"would be 1.0.0.9 with a flag", {model::Change::Kind::url, "", "https://x/?y"}, "1.0.0.9", 200}};
      });
  CHECK(asked.url == request.url);
  CHECK(asked.extension == "Microsoft_Azure_Demo");
  CHECK(asked.region == "eastus");
  CHECK(asked.environment == "ms.portal.azure.com");
  CHECK(asked.authority == view.trusted_authority);
  CHECK(to_json(view, scene.settings, "0", 1).find(R"("kind":"url","where":"","value":"https://x/?y")") !=
        std::string::npos);
}

TEST_CASE("A portal without extensions has a view") {
  Scene scene;
  scene.settings.registrations.clear();
  const PortalView view = scene.view("?feature.canmodifystamps=true&Microsoft_Azure_Demo=dev");
  CHECK_FALSE(view.selected);
  CHECK(view.extensions.empty());
  CHECK_FALSE(view.regions.empty());
}

}  // namespace exthost::portal
