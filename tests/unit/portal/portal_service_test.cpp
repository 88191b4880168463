#include "emulator/portal/portal_service.h"

#include <nlohmann/json.hpp>

#include "emulator/base/virtual_scheduler.h"
#include "tests/support/catch.h"
#include "tests/unit/portal/portal_fixture.h"

namespace exthost::portal {
namespace {

using Json = nlohmann::json;

class Portal {
 public:
  http::Response get(const std::string& target, const std::string& method = "GET") {
    http::Request request;
    request.method = method;
    auto parsed = http::parse_target(target);
    REQUIRE(parsed);
    request.target = *std::move(parsed);
    request.headers.add("Host", "localhost:14430");
    request.secure = true;
    request.host = "localhost";
    request.port = 14430;
    return service_.handle(request);
  }
  Json get_json(const std::string& target) {
    const http::Response response = get(target);
    REQUIRE(response.status == 200);
    const auto text = http::body_text(response.body);
    REQUIRE(text);
    return Json::parse(*text);
  }
  PortalService& service() { return service_; }
  base::Journal& journal() { return journal_; }

 private:
  static std::optional<std::string_view> find_asset(std::string_view name) {
    if (name == "portal/index.html") return "<!doctype html><title>portal</title>";
    if (name == "portal/portal.js") return "export {};";
    return std::nullopt;
  }
  static http::Response follow(const http::Request&) {
    http::Response response = http::Response::text(200, "events");
    response.headers.set("Content-Type", "text/event-stream");
    return response;
  }

  base::VirtualScheduler clock_{base::WallTime{}};
  base::Journal journal_{clock_};
  base::SeededIdSource ids_{7};
  FakeHosting hosting_;
  PortalService service_{{journal_, ids_, hosting_.callback(), find_asset, follow},
                         std::make_shared<const PortalSettings>(sample_settings())};
};

}  // namespace

TEST_CASE("The page answers any query and may only run its own scripts") {
  Portal portal;
  const http::Response response = portal.get("/?feature.canmodifystamps=true&Microsoft_Azure_Demo=dev");
  CHECK(response.status == 200);
  const std::string policy(response.headers.value("Content-Security-Policy"));
  CHECK_THAT(policy, ContainsSubstring("default-src 'none'"));
  CHECK_THAT(policy, ContainsSubstring("script-src 'self';"));
  CHECK_THAT(policy, ContainsSubstring("frame-src https://localhost:14431 https://localhost:*"));
  CHECK_THAT(policy, ContainsSubstring("frame-ancestors 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(response.headers.value("Cross-Origin-Resource-Policy") == "same-origin");
  CHECK_FALSE(response.headers.get("Access-Control-Allow-Origin"));
}

TEST_CASE("The page's files are served with their types, and no others") {
  Portal portal;
  const http::Response script = portal.get("/_emu/portal/portal.js");
  CHECK(script.status == 200);
  CHECK_THAT(std::string(script.headers.value("Content-Type")), ContainsSubstring("javascript"));
  CHECK(portal.get("/_emu/portal/other.js").status == 404);
  CHECK(portal.get("/_emu/portal/").status == 404);
}

TEST_CASE("The view is JSON that a program can use") {
  Portal portal;
  portal.journal().append("sync.succeeded", "demo", "synced");
  const Json view = portal.get_json(
      "/_emu/v1/"
      "portal?url=https%3A%2F%2Flocalhost%3A14430%2F%3Ffeature.canmodifystamps%3Dtrue%26Microsoft_Azure_Demo%"
      "3Ddev");
  CHECK(view["selected"] == "Microsoft_Azure_Demo");
  CHECK(view["region"] == "westus");
  CHECK(view["environment"]["portalHost"] == "portal.azure.com");
  CHECK(view["loadTimeoutSeconds"] == 40);
  CHECK(view["seq"] == 1);
  const Json& demo = view["extensions"][0];
  CHECK(demo["origin"] == "hosting");
  CHECK(demo["answer"]["version"] == "1.0.0.9");
  CHECK(demo["answer"]["reasons"][0]["source"] == "config.json:6:13");
  CHECK(demo["answer"]["knownStamps"].size() == 3);
  const std::string frame = demo["frameUrl"];
  CHECK(frame.substr(frame.size() - 33) == "#" + view["sessionId"].get<std::string>());
  CHECK(view["environments"].size() >= 7);
}

TEST_CASE("Without a URL the view is that of the page itself, and parameters outrank the URL") {
  Portal portal;
  CHECK(portal.get_json("/_emu/v1/portal")["region"] == "westus");
  CHECK(portal.get_json("/_emu/v1/portal?region=southeastasia")["region"] == "southeastasia");
  CHECK(portal.get_json("/_emu/v1/portal?location=1.35,103.8")["region"] == "southeastasia");
  CHECK(portal.get_json("/_emu/v1/portal?environment=ms.portal.azure.com")["environment"]["name"] == "MPAC");
}

TEST_CASE("A failure of the hosting service is told with its code and the stamps that exist") {
  Portal portal;
  const Json view = portal.get_json(
      "/_emu/v1/"
      "portal?url=https%3A%2F%2Flocalhost%2F%3Ffeature.canmodifystamps%3Dtrue%26Microsoft_Azure_Demo%"
      "3Dnosuch");
  const Json& answer = view["extensions"][0]["answer"];
  CHECK(answer["failure"]["code"] == "EHE1301");
  CHECK(answer["knownStamps"][0]["name"] == "stage1");
}

TEST_CASE("Text from the URL that is not UTF-8 makes no invalid JSON") {
  Portal portal;
  const Json view =
      portal.get_json("/_emu/v1/portal?url=https%3A%2F%2Flocalhost%2F%3Fregion%3D%25FF%26l%3D%25C3");
  CHECK(view["region"] == "westus");
}

TEST_CASE("Diagnostics list the registrations with their derived addresses") {
  Portal portal;
  const Json diagnostics = portal.get_json("/api/diagnostics");
  const Json& demo = diagnostics["extensions"][0];
  CHECK(demo["name"] == "Microsoft_Azure_Demo");
  CHECK(demo["uri"] == "//demo.hosting.portal.azure.net/demo");
  CHECK(demo["uriFormat"] == "//demo.hosting.portal.azure.net/demo/{0}");
  CHECK(demo["cacheability"] == 3);
  CHECK(demo["azExtension"] == false);
  CHECK(demo["disabled"] == false);
  CHECK_FALSE(demo.contains("flags"));
}

TEST_CASE("Settings that are published later are the ones in force") {
  Portal portal;
  PortalSettings settings = sample_settings();
  settings.hosting_origin = "https://localhost:20001";
  portal.service().publish(std::make_shared<const PortalSettings>(std::move(settings)));
  const Json view = portal.get_json("/_emu/v1/portal");
  CHECK(view["extensions"][0]["baseUrl"] == "https://localhost:20001/demo");
}

TEST_CASE("The event stream is the one that was given") {
  Portal portal;
  CHECK(portal.get("/_emu/v1/events").headers.value("Content-Type") == "text/event-stream");
}

TEST_CASE("Other methods and paths are refused with a code") {
  Portal portal;
  const http::Response posted = portal.get("/", "POST");
  CHECK(posted.status == 405);
  CHECK(posted.headers.value("Allow") == "GET, HEAD");
  CHECK(portal.get("/nosuch").status == 404);
  CHECK(portal.get("/_emu/v1/portal/x").status == 404);
}

}  // namespace exthost::portal
