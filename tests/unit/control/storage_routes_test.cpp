#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;

namespace codes = model::codes;

namespace {

constexpr const char* kPath = "/_emu/v1/storage";

Ask put(const std::string& body) {
  Ask ask("PUT", kPath);
  ask.token().body(body);
  return ask;
}

}  // namespace

TEST_CASE("storage tells its accounts, the outage in force, and no key") {
  ControlFixture control;
  const auto storage = control.json(get(kPath));
  CHECK(storage["outage"] == "none");
  CHECK(storage["durability"] == "power");
  CHECK(storage["accounts"] == nlohmann::json::parse(R"([{"name": "devstoreaccount1",
      "url": "http://127.0.0.1:14432/devstoreaccount1",
      "secondaryUrl": "http://127.0.0.1:14432/devstoreaccount1-secondary"}])"));
}

TEST_CASE("an outage begins and ends by PUT, which answers with the number of its event") {
  ControlFixture control;
  const auto begun = control.json(put(R"({"outage":"primary"})"));
  CHECK(begun["outage"] == "primary");
  CHECK(begun["seq"] == control.journal.last_seq());
  CHECK(control.json(get(kPath))["outage"] == "primary");
  CHECK(control.json(put(R"({"outage":"none"})"))["outage"] == "none");
  CHECK(control.outages == std::vector<std::string>{"primary", "none"});
}

TEST_CASE("a change of storage that says anything else changes nothing") {
  ControlFixture control;
  for (const char* body :
       {"", "{}", "[]", R"({"outage":1})", R"({"outage":"primary","durability":"process"})",
        R"({"outage":"primary",})", R"({"outage":"all"})"}) {
    INFO(body);
    CHECK(control.problem(put(body), 400) == codes::kBadRequestBody);
  }
  CHECK(control.storage.outage == "none");
}

TEST_CASE("an outage takes the run's token and JSON, and only GET and PUT are there") {
  ControlFixture control;
  Ask anonymous("PUT", kPath);
  anonymous.body(R"({"outage":"primary"})");
  CHECK(control.problem(anonymous, 401) == codes::kTokenRequired);
  Ask form("PUT", kPath);
  form.token().body("outage=primary", "application/x-www-form-urlencoded");
  CHECK(control.problem(form, 415) == codes::kBadRequestBody);
  CHECK(control.problem(post(kPath).token(), 405) == codes::kMethodRefused);
  CHECK(control.outages.empty());
  CHECK(control.json(get("/_emu/openapi.json"))["paths"][kPath].contains("put"));
}
