#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;

namespace codes = model::codes;

namespace {

constexpr const char* kAck = "/_emu/v1/incidents/3:ack";
constexpr const char* kResolve = "/_emu/v1/incidents/3:resolve";

Ask act(const char* target) {
  Ask ask("POST", target);
  ask.token();
  return ask;
}
Ask act(const char* target, const std::string& body) {
  Ask ask = act(target);
  ask.body(body);
  return ask;
}

}  // namespace

TEST_CASE("an incident is acknowledged with or without a remark, and the answer has its event's number") {
  ControlFixture control;
  const auto answer = control.json(act(kAck, R"({"by":"casey","note":"mine"})"));
  CHECK(answer["id"] == 3);
  CHECK(answer["acknowledgedBy"] == "casey");
  CHECK(answer["acknowledgedNote"] == "mine");
  CHECK(answer["seq"] == control.journal.last_seq());
  CHECK(control.json(act(kResolve))["acknowledgedBy"] == nullptr);
  CHECK(control.json(act(kResolve, "{}"))["acknowledgedNote"] == nullptr);
  REQUIRE(control.remarks.size() == 3);
  CHECK(control.remarks[0].note == "mine");
  CHECK(control.remarks[1].by.empty());
}

TEST_CASE("a remark that says anything else changes nothing") {
  ControlFixture control;
  for (const std::string& body :
       {std::string("[]"), std::string(R"({"note":1})"), std::string(R"({"comment":"x"})"), std::string("{"),
        R"({"by":")" + std::string(201, 'x') + R"("})", R"({"note":")" + std::string(2001, 'x') + R"("})"}) {
    INFO(body);
    CHECK(control.problem(act(kAck, body), 400) == codes::kBadRequestBody);
  }
  CHECK(control.remarks.empty());
}

TEST_CASE("a number that is none, an incident that is resolved and a missing token are refused") {
  ControlFixture control;
  CHECK(control.problem(act("/_emu/v1/incidents/x:ack"), 404) == codes::kUnknownRoute);
  CHECK(control.problem(act("/_emu/v1/incidents/-3:ack"), 404) == codes::kUnknownRoute);
  CHECK(control.problem(act("/_emu/v1/incidents/:ack"), 404) == codes::kUnknownRoute);
  CHECK(control.problem(act("/_emu/v1/incidents/4:resolve"), 409) == codes::kIncidentResolved);
  CHECK(control.problem(post(kAck), 401) == codes::kTokenRequired);
  CHECK(control.remarks.empty());
}

TEST_CASE("an incident's JSON says what it is and what was done with it") {
  ControlFixture control;
  model::Incident incident;
  incident.id = 7;
  incident.cause = model::IncidentCause::replaced_zip;
  incident.container_url = "http://127.0.0.1:14432/devstoreaccount1/demo";
  incident.resolved = control.clock.now();
  incident.resolution = model::IncidentRemark{"robin", "enough"};
  control.incidents = {incident};
  const auto told = control.json(get("/_emu/v1/incidents/7"));
  CHECK(told["severity"] == "note");
  CHECK(told["containerUrl"] == incident.container_url);
  CHECK(told["acknowledged"] == nullptr);
  CHECK(told["resolvedByHand"] == true);
  CHECK(told["resolvedBy"] == "robin");
  CHECK(told["resolvedNote"] == "enough");
  const auto api = control.json(get("/_emu/openapi.json"))["paths"];
  CHECK(api["/_emu/v1/incidents/{id}:ack"]["post"]["requestBody"]["required"] == false);
  CHECK(api["/_emu/v1/incidents/{id}:ack"]["post"]["parameters"][0]["name"] == "id");
}
