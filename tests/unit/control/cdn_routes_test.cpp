#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;

namespace codes = model::codes;

namespace {

constexpr const char* kPath = "/_emu/v1/cdn";
constexpr const char* kPurge = "/_emu/v1/cdn:purge";

Ask put(const std::string& body) {
  Ask ask("PUT", kPath);
  ask.token().body(body);
  return ask;
}

CdnStatus sample() {
  CdnStatus status;
  status.on = true;
  status.origin_http = "1.0";
  status.namespaces = {{"az123456", "demo"}};
  status.entries = 2;
  status.bytes = 4096;
  status.limit_bytes = 1u << 20;
  status.hits = 7;
  status.misses = 3;
  return status;
}

}  // namespace

TEST_CASE("the CDN edge tells what it keeps, and whose content its namespaces have") {
  ControlFixture control;
  control.cdn = sample();
  CHECK(control.json(get(kPath)) == nlohmann::json::parse(R"({"mode": "on", "originHttp": "1.0",
      "namespaces": {"az123456": "demo"}, "outage": "off", "entries": 2, "bytes": 4096,
      "limitBytes": 1048576, "hits": 7, "misses": 3})"));
}

TEST_CASE("an outage of the CDN begins and ends by PUT, which answers with the number of its event") {
  ControlFixture control;
  control.cdn = sample();
  const auto begun = control.json(put(R"({"outage":"on"})"));
  CHECK(begun["outage"] == "on");
  CHECK(begun["seq"] == control.journal.last_seq());
  CHECK(control.json(put(R"({"outage":"off"})"))["outage"] == "off");
  for (const char* body :
       {"", "{}", "[]", R"({"outage":true})", R"({"outage":"primary"})", R"({"outage":"on","x":1})"}) {
    INFO(body);
    CHECK(control.problem(put(body), 400) == codes::kBadRequestBody);
  }
  CHECK_FALSE(control.cdn.outage);
}

TEST_CASE("a purge is of everything, a URL, or an extension by either of its names") {
  ControlFixture control;
  control.cdn = sample();
  const auto all = control.json(post(kPurge).token());
  CHECK(all["purged"] == 3);
  CHECK(all["entries"] == 2);
  CHECK(all["seq"] == control.journal.last_seq());
  control.json(post(kPurge).token().body("{}"));
  control.json(post(kPurge).token().body(R"({"url":"/Content/1.0/*","extension":"microsoft_azure_demo"})"));
  REQUIRE(control.purged.size() == 3);
  CHECK(control.purged[0].url.empty());
  CHECK(control.purged[1].extension.empty());
  CHECK(control.purged[2].url == "/Content/1.0/*");
  CHECK(control.purged[2].extension == "demo");
  for (const char* body : {"[]", R"({"url":1})", R"({"url":""})", R"({"path":"/a"})", R"({"url":"/a",})"}) {
    INFO(body);
    CHECK(control.problem(post(kPurge).token().body(body), 400) == codes::kBadRequestBody);
  }
  CHECK(control.problem(post(kPurge).token().body(R"({"extension":"dmo"})"), 404) ==
        codes::kUnknownExtension);
  CHECK_THAT(control.detail, ContainsSubstring("demo"));
  CHECK(control.purged.size() == 3);
}

TEST_CASE("an edge that is off can't be purged, and changes take the run's token") {
  ControlFixture control;
  CHECK(control.problem(post(kPurge).token(), 409) == codes::kCdnOff);
  CHECK(control.problem(post(kPurge), 401) == codes::kTokenRequired);
  Ask anonymous("PUT", kPath);
  anonymous.body(R"({"outage":"on"})");
  CHECK(control.problem(anonymous, 401) == codes::kTokenRequired);
  CHECK(control.json(get("/_emu/openapi.json"))["paths"][kPurge].contains("post"));
}
