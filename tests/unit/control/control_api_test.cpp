#include "emulator/control/control_api.h"

#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;
using namespace std::chrono_literals;

namespace codes = model::codes;

TEST_CASE("the process is live at once and ready when nothing is waited for") {
  ControlFixture control;
  CHECK(control.json(get("/_emu/live"))["live"] == true);
  control.waiting_for = {"first sync of demo"};
  const auto waiting = control.json(get("/_emu/ready"), 503);
  CHECK(waiting["ready"] == false);
  CHECK(waiting["waitingFor"] == nlohmann::json{"first sync of demo"});
  CHECK(control.json(get("/_emu/info"))["ready"] == false);
  control.waiting_for.clear();
  CHECK(control.json(get("/_emu/ready"))["ready"] == true);
}

TEST_CASE("info tells what this run is") {
  ControlFixture control;
  const auto info = control.json(get("/_emu/info"));
  CHECK(info["version"] == "0.1.0");
  CHECK(info["pid"] == 41234);
  CHECK(info["startedAt"] == "2023-11-14T22:13:20.000Z");
  CHECK(info["urls"]["portal"] == "https://localhost:14430");
  CHECK(info["urls"]["storage"] == nullptr);
  CHECK(info["limits"]["requestLineBytes"] == 8192);
  CHECK_FALSE(info.dump().find(kToken) != std::string::npos);
}

TEST_CASE("health counts what is open") {
  ControlFixture control;
  CHECK(control.json(get("/_emu/health"))["status"] == "ok");
  control.incidents.resize(2);
  control.incidents[0].resolved = control.clock.now();
  const auto degraded = control.json(get("/_emu/health"));
  CHECK(degraded["status"] == "degraded");
  CHECK(degraded["openIncidents"] == 1);
  control.waiting_for = {"storage"};
  CHECK(control.json(get("/_emu/health"))["status"] == "starting");
}

TEST_CASE("extensions are listed with stages, friendly names and versions") {
  ControlFixture control;
  const auto row = control.json(get("/_emu/v1/extensions"))["extensions"][0];
  CHECK(row["name"] == "Microsoft_Azure_Demo");
  CHECK(row["stages"][0] == nlohmann::json{{"name", "stage1"}, {"version", "1.0.0.2"}});
  CHECK(row["stages"][2]["version"] == nullptr);
  CHECK(row["friendlyNames"][0]["name"] == "dev");
  CHECK(row["versions"][0]["usedBy"] == nlohmann::json{"stage1", "dev"});
  CHECK(row["lastError"] == nullptr);
  CHECK(control.json(get("/_emu/v1/extensions/DEMO")) == row);
  CHECK(control.json(get("/_emu/v1/extensions/microsoft_azure_demo")) == row);
}

TEST_CASE("an extension that does not exist is a 404 with the one that was meant") {
  ControlFixture control;
  for (const Ask& ask :
       {get("/_emu/v1/extensions/demos"), get("/_emu/v1/regions?extension=demos"),
        get("/_emu/v1/explain?extension=demos"), post("/_emu/v1/sync?extension=demos").token()}) {
    CHECK(control.problem(ask, 404) == codes::kUnknownExtension);
    CHECK_THAT(control.detail, ContainsSubstring("did you mean demo?"));
  }
  CHECK(control.synced.empty());
}

TEST_CASE("regions say what they serve and what is on its way") {
  ControlFixture control;
  CHECK(control.json(get("/_emu/v1/regions"))["regions"].size() == 2);
  const auto rows = control.json(get("/_emu/v1/regions?extension=Microsoft_Azure_Demo"))["regions"];
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["region"] == "westus");
  CHECK(rows[0]["displayName"] == "West US");
  CHECK(rows[0]["servedVersion"] == "1.0.0.1");
  CHECK(rows[0]["pendingVersion"] == "1.0.0.2");
  CHECK(rows[0]["lagSeconds"] == 90.5);
  CHECK(rows[0]["nextPoll"] == nullptr);
}

TEST_CASE("incidents tell their evidence and can be asked for by state and number") {
  ControlFixture control;
  model::Incident open;
  open.id = 3;
  open.extension = "demo";
  open.cause = model::IncidentCause::missing_version;
  open.code = codes::kVersionMissing;
  open.message = "1.0.0.6.zip does not exist \xFF";
  model::Problem& evidence = open.evidence.emplace_back();
  evidence.code = "EHE1007";
  evidence.message = "no such zip";
  evidence.hint = "upload it";
  evidence.where = {"config.json", 7, 24};
  evidence.frame = "frame";
  model::Incident resolved = open;
  resolved.id = 2;
  resolved.resolved = control.clock.now();
  control.incidents = {open, resolved};

  CHECK(control.json(get("/_emu/v1/incidents"))["incidents"].size() == 2);
  CHECK(control.json(get("/_emu/v1/incidents?state=open"))["incidents"][0]["id"] == 3);
  CHECK(control.json(get("/_emu/v1/incidents?state=resolved"))["incidents"][0]["id"] == 2);
  const auto one = control.json(get("/_emu/v1/incidents/3"));
  CHECK(one["state"] == "open");
  CHECK(one["code"] == "EHE1007");
  CHECK(one["evidence"][0]["where"] == nlohmann::json{{"file", "config.json"}, {"line", 7}, {"column", 24}});
  CHECK(one["evidence"][0]["frame"] == "frame");
  CHECK(control.problem(get("/_emu/v1/incidents/9"), 404) == codes::kUnknownRoute);
  CHECK(control.problem(get("/_emu/v1/incidents?state=closed"), 400) == codes::kBadTarget);
}

TEST_CASE("explain passes the question on and gives the reasons") {
  ControlFixture control;
  const auto answer = control.json(
      get("/_emu/v1/"
          "explain?extension=Microsoft_Azure_Demo&region=westus&stamp=dev&authority=ms.portal.azure.com"));
  REQUIRE(control.explained.size() == 1);
  CHECK(control.explained[0].extension == "demo");
  CHECK(control.explained[0].stamp == "dev");
  CHECK(control.explained[0].authority == "ms.portal.azure.com");
  CHECK(answer["version"] == "1.0.0.2");
  CHECK(answer["reasons"][0]["code"] == "STAGE_MATCH");
  CHECK(answer["reasons"][0]["source"]["line"] == 3);
}

TEST_CASE("explain has a field for everything that was decided") {
  ControlFixture control;
  const auto answer = control.json(get("/_emu/v1/explain?extension=demo"));
  CHECK(answer["extension"] == "demo");
  CHECK(answer["name"] == "Microsoft_Azure_Demo");
  CHECK(answer["enabled"] == true);
  CHECK(answer["cloud"] == "public");
  CHECK(answer["environment"] == "PROD");
  CHECK(answer["region"] == "westus");
  CHECK(answer["stage"] == "stage1");
  CHECK(answer["stamp"] == nullptr);
  CHECK(answer["status"] == 200);
  CHECK(answer["environmentFile"] == nullptr);
  const auto change = nlohmann::json{{"kind", "region"}, {"where", nullptr}, {"value", "centralus"}};
  CHECK(answer["counterfactuals"][0]["change"] == change);
  CHECK(answer["counterfactuals"][0]["version"] == "1.0.0.1");
}

TEST_CASE("explain answers one extension with an object and several with a list") {
  ControlFixture control;
  const auto list =
      control.json(get("/_emu/v1/explain?url=https%3A%2F%2Fportal.azure.com%2F%3Fa%3Db&cloud=fairfax"));
  CHECK(list["explanations"].size() == 2);
  CHECK(control.explained.back().url == "https://portal.azure.com/?a=b");
  CHECK(control.explained.back().environment == "fairfax");
  CHECK(control.json(get("/_emu/v1/explain"))["extension"] == "demo");
  CHECK(control.json(get("/_emu/v1/explain?url=portal.azure.com&extension=demo"))["extension"] == "demo");
}

TEST_CASE("explain refuses what makes no sense") {
  ControlFixture control;
  for (const char* query :
       {"url=portal.azure.com&stamp=stage1", "extension=demo&region=%2F", "cloud=narnia"}) {
    INFO(query);
    CHECK(control.problem(get("/_emu/v1/explain?" + std::string(query)), 400) == codes::kBadTarget);
  }
  CHECK(control.explained.empty());
}

TEST_CASE("a sync answers with each extension's outcome and the number of its last event") {
  ControlFixture control;
  SyncOutcome good;
  good.extension = "demo";
  good.succeeded = true;
  good.changed = true;
  good.fetched = {"1.0.0.2"};
  good.regions = {{"westus", "stage1", "1.0.0.1", "1.0.0.2"}, {"eastus", "stage2", "", "1.0.0.1"}};
  SyncOutcome bad;
  bad.extension = "another";
  bad.code = codes::kConfigNotJson;
  bad.message = "trailing comma";
  bad.incident = 4;
  control.sync_result = std::vector<SyncOutcome>{good, bad};

  const auto all = control.json(post("/_emu/v1/sync").token());
  CHECK(all["seq"] == 1);
  CHECK(all["succeeded"] == false);
  CHECK(all["extensions"][0]["regions"][0]["after"] == "1.0.0.2");
  CHECK(all["extensions"][0]["regions"][1]["before"] == nullptr);
  CHECK(all["extensions"][0]["incident"] == nullptr);
  CHECK(all["extensions"][1]["incident"] == 4);
  control.json(post("/_emu/v1/sync?extension=Microsoft_Azure_Demo").token());
  CHECK(control.synced == std::vector<std::string>{"", "demo"});

  control.sync_result =
      base::Error{base::ErrorKind::unavailable, "storage is down", std::string(codes::kStorageUnavailable)};
  CHECK(control.problem(post("/_emu/v1/sync").token(), 503) == codes::kStorageUnavailable);
}

TEST_CASE("shutting down is answered before it happens and is an event") {
  ControlFixture control;
  CHECK(control.json(post("/_emu/v1/shutdown").token(), 202)["seq"] == 1);
  CHECK(control.shutdowns == 1);
  CHECK(control.journal.since(0).at(0).type == "shutdown.requested");
}

TEST_CASE("an unknown path is a problem that says what was meant") {
  ControlFixture control;
  CHECK(control.problem(get("/_emu/v1/region"), 404) == codes::kUnknownRoute);
  CHECK_THAT(control.detail, ContainsSubstring("did you mean /_emu/v1/regions?"));
  CHECK(control.problem(get("/favicon.ico"), 404) == codes::kUnknownRoute);
  CHECK_THAT(control.detail, ContainsSubstring("/_emu/openapi.json"));
  CHECK(control.problem(get("/_emu/v1/incidents/"), 404) == codes::kUnknownRoute);
  CHECK(control.problem(get("/_emu/dashboard/secret.txt"), 404) == codes::kUnknownRoute);
}

TEST_CASE("a method that a path does not take is refused with those it takes") {
  ControlFixture control;
  CHECK(control.problem(get("/_emu/v1/sync"), 405) == codes::kMethodRefused);
  CHECK(control.answer(get("/_emu/v1/sync")).headers.value("Allow") == "POST");
  CHECK(control.answer(Ask("DELETE", "/_emu/v1/regions").token()).headers.value("Allow") == "GET, HEAD");
  CHECK(control.answer(Ask("OPTIONS", "/_emu/v1/sync")).status == 405);
  CHECK(control.answer(Ask("HEAD", "/_emu/v1/regions")).status == 200);
  CHECK(control.synced.empty());
}

TEST_CASE("a mutation's body must be declared as JSON") {
  ControlFixture control;
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"}) {
    CAPTURE(type);
    CHECK(control.problem(post("/_emu/v1/clock:advance").token().body(R"({"by":"1m"})", type), 415) ==
          codes::kBadRequestBody);
  }
  for (const char* type :
       {"application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"}) {
    CAPTURE(type);
    control.answer(post("/_emu/v1/clock:advance").token().body(R"({"by":"1m"})", type), 200);
  }
}

TEST_CASE("only what may take its time leaves the I/O thread") {
  ControlFixture control;
  CHECK(control.service().may_block(post("/_emu/v1/sync").request()));
  CHECK(control.service().may_block(post("/_emu/session").request()));
  CHECK(control.service().may_block(get("/_emu/v1/explain?extension=demo").request()));
  CHECK_FALSE(control.service().may_block(get("/_emu/v1/regions").request()));
  CHECK_FALSE(control.service().may_block(get("/_emu/v1/events").request()));
  CHECK_FALSE(control.service().may_block(get("/nothing").request()));
}

TEST_CASE("the API's description names exactly the routes that answer") {
  ControlFixture control;
  const auto api = control.json(get("/_emu/openapi.json"));
  CHECK(api["openapi"] == "3.1.0");
  CHECK(api["servers"][0]["url"] == "http://localhost:14433");
  CHECK(api["paths"].size() >= 17);
  for (const auto& [path, operations] : api["paths"].items()) {
    CAPTURE(path);
    for (const char* method : {"GET", "POST"}) {
      const bool described = operations.contains(method == std::string("GET") ? "get" : "post");
      CHECK((control.answer(Ask(method, path)).status != 405) == described);
    }
  }
  CHECK(api["paths"]["/_emu/v1/clock:advance"]["post"]["requestBody"]["content"]["application/json"]["schema"]
           ["required"][0] == "by");
  CHECK(api["paths"]["/_emu/v1/incidents/{id}"]["get"]["parameters"][0]["in"] == "path");
}

TEST_CASE("the dashboard and its files are served with a strict policy") {
  ControlFixture control;
  const auto page = control.answer(get("/"), 200);
  CHECK(page.headers.value("Content-Type") == "text/html; charset=utf-8");
  const std::string html = ControlFixture::text_of(page);
  CHECK_THAT(html, ContainsSubstring("/_emu/dashboard/dashboard.js"));
  CHECK(html.find("<script>") == std::string::npos);
  CHECK(html.find("style=") == std::string::npos);
  for (const char* file :
       {"/_emu/dashboard/dashboard.js", "/_emu/dashboard/dashboard.css", "/_emu/dashboard/icon.svg"}) {
    CAPTURE(file);
    CHECK_THAT(html, ContainsSubstring(file));
    control.answer(get(file), 200);
  }
  const std::string policy(page.headers.value("Content-Security-Policy"));
  CHECK_THAT(policy, ContainsSubstring("default-src 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK_THAT(policy, ContainsSubstring("frame-ancestors 'none'"));
}

TEST_CASE("every answer keeps other pages and caches out") {
  ControlFixture control;
  for (const Ask& ask :
       {get("/"), get("/_emu/v1/regions"), get("/nothing"), post("/_emu/v1/sync"), get("/_emu/v1/events")}) {
    const auto response = control.answer(ask);
    CHECK(response.headers.value("Cross-Origin-Resource-Policy") == "same-origin");
    CHECK(response.headers.value("X-Content-Type-Options") == "nosniff");
    CHECK(response.headers.value("Cache-Control") == "no-store");
    CHECK_FALSE(response.headers.get("Access-Control-Allow-Origin"));
  }
}

namespace {

/// A POST with a JSON body, as a client with the token sends it.
Ask ask_plan(const std::string& target, const std::string& body) {
  return post(target).token().body(body);
}

}  // namespace

TEST_CASE("a plan asks for an extension and the text of a config, and tells what would change") {
  ControlFixture control;
  control.plan_result.cloud = "public";
  control.plan_result.plan.emplace();
  control.plan_result.plan->regions_changed = 1;
  control.plan_result.plan->regions_total = 60;
  control.plan_result.plan->stages.push_back({"stage2",
                                              "1.0.0.4",
                                              "1.0.0.5",
                                              model::Direction::upgrade,
                                              false,
                                              {"westcentralus"},
                                              {},
                                              {},
                                              {"config.json", 4, 13}});
  const auto answer =
      control.json(ask_plan("/_emu/v1/plan?extension=demo", R"({"config":"{}","definition":"x"})"));
  REQUIRE(control.planned.size() == 1);
  CHECK(control.planned[0].extension == "demo");
  CHECK(control.planned[0].config_text == "{}");
  CHECK(control.planned[0].definition_text == "x");
  CHECK(answer["accepted"] == true);
  CHECK(answer["plan"]["stages"][0]["direction"] == "upgrade");
  CHECK(answer["plan"]["percentChanged"] == 2);

  control.plan_result.plan.reset();
  control.plan_result.refusal =
      base::Error{base::ErrorKind::invalid_input, "no stage5", std::string(codes::kStageMissing)};
  const auto refused = control.json(ask_plan("/_emu/v1/plan?extension=demo", R"({"config":"{}"})"));
  CHECK(refused["accepted"] == false);
  CHECK(refused["plan"] == nullptr);
  CHECK(refused["refusal"]["code"] == codes::kStageMissing);
  CHECK_FALSE(control.planned[1].definition_text);
}

TEST_CASE("a plan without an extension or a config is refused") {
  ControlFixture control;
  control.problem(ask_plan("/_emu/v1/plan", R"({"config":"{}"})"), 400);
  control.problem(ask_plan("/_emu/v1/plan?extension=nobody", R"({"config":"{}"})"), 404);
  control.problem(ask_plan("/_emu/v1/plan?extension=demo", R"({"config":{}})"), 400);
  control.problem(ask_plan("/_emu/v1/plan?extension=demo", R"({"config":"{}","definition":7})"), 400);
  CHECK(control.planned.empty());
}
