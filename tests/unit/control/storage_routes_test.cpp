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
      "secondaryUrl": "http://127.0.0.1:14432/devstoreaccount1-secondary", "location": "primary",
      "redundancy": "RA-GRS", "failedOver": null, "available": true}])"));
}

TEST_CASE("an account that failed over is in its secondary location and has no secondary endpoint") {
  ControlFixture control;
  StorageStatus::Account& account = control.storage.accounts[0];
  account.secondary_url.clear();
  account.failed_over_at = control.clock.now();
  account.available = false;
  const auto told = control.json(get(kPath))["accounts"][0];
  CHECK(told["location"] == "secondary");
  CHECK(told["redundancy"] == "LRS");
  CHECK(told["failedOver"] == base::to_iso8601(control.clock.now()));
  CHECK(told["secondaryUrl"] == nullptr);
  CHECK(told["available"] == false);
}

TEST_CASE("one account fails over, or back, or all do") {
  ControlFixture control;
  const auto move = [](const char* verb) { return Ask("POST", std::string(kPath) + verb).token(); };
  const auto answer = control.json(move(":failover").body(R"({"account":"mybiza"})"));
  CHECK(answer["seq"] == control.journal.last_seq());
  CHECK(answer["accounts"].size() == 1);
  control.json(move(":failover"));
  control.json(move(":failback").body("{}"));
  CHECK(control.moves == std::vector<std::string>{"over mybiza", "over ", "back "});
  CHECK(control.problem(move(":failover").body(R"({"account":"moved"})"), 409) == codes::kFailoverRefused);
  CHECK(control.problem(move(":failover").body(R"({"account":""})"), 400) == codes::kBadRequestBody);
  CHECK(control.problem(move(":failover").body(R"({"which":"mybiza"})"), 400) == codes::kBadRequestBody);
  CHECK(control.problem(post(std::string(kPath) + ":failback"), 401) == codes::kTokenRequired);
  CHECK(control.moves.size() == 3);
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
