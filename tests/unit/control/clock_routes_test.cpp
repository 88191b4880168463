#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;
using namespace std::chrono_literals;
namespace codes = model::codes;

namespace {

Ask steer(const std::string& action, const std::string& body) {
  return post("/_emu/v1/clock" + action).token().body(body);
}

nlohmann::json data_of(const base::Event& event) {
  return nlohmann::json::parse(event.data);
}

}  // namespace

TEST_CASE("the clock tells its time, how fast it passes, and what follows which event") {
  ControlFixture control;
  control.journal.append("ready", "", "Ready.");
  const auto clock = control.json(get("/_emu/v1/clock"));
  CHECK(clock == nlohmann::json::parse(R"({"mode":"virtual","rate":0,"frozen":true,"seed":7,"seq":1,
                                           "now":"2023-11-14T22:13:20.000Z"})"));
}

TEST_CASE("the clock can be moved, and everything due has happened when the answer comes") {
  ControlFixture control;
  bool polled = false;
  control.clock.run_after(30min, [&] { polled = true; });
  const auto answer = control.json(steer(":advance", R"({"by":"31m"})"));
  CHECK(polled);
  CHECK(answer["now"] == "2023-11-14T22:44:20.000Z");
  CHECK(answer["seq"] == 1);
  const base::Event event = control.journal.since(0).at(0);
  CHECK(event.type == "clock.advanced");
  CHECK(data_of(event) == nlohmann::json::parse(R"({"by":"31m","from":"2023-11-14T22:13:20.000Z",
                                                    "now":"2023-11-14T22:44:20.000Z","rate":0})"));
}

TEST_CASE("a duration that is none moves nothing") {
  ControlFixture control;
  const auto before = control.clock.now();
  for (const char* body : {R"({"by":"31"})", R"({"by":31})", R"({"to":"31m"})", R"([1])", R"({"by":"31m",})",
                           "", "nul", R"({"by":"-1m"})", R"({"by":"1m","by":"2m"})"}) {
    CAPTURE(body);
    CHECK(control.problem(steer(":advance", body), 400) == codes::kBadRequestBody);
  }
  CHECK(control.problem(steer(":advance", "{\"by\":\"" + std::string(100'000, ' ') + "\"}"), 413) ==
        codes::kBodyTooLarge);
  CHECK(control.clock.now() == before);
}

TEST_CASE("time can pass as on the machine, faster, or not at all, and the journal tells each change once") {
  ControlFixture control;
  CHECK(control.json(steer("", R"({"mode":"real"})"))["mode"] == "real");
  CHECK(control.clock.rate() == 1);
  const auto scaled = control.json(steer("", R"({"scale":60})"));
  CHECK(scaled["mode"] == "scaled");
  CHECK(scaled["rate"] == 60);
  CHECK(scaled["frozen"] == false);
  CHECK(control.json(steer("", R"({"mode":"scaled:0.5"})"))["rate"] == 0.5);
  CHECK(control.json(steer("", R"({"frozen":true})"))["mode"] == "virtual");
  const auto again = control.json(steer("", R"({"mode":"virtual"})"));
  CHECK(again["seq"] == 4);
  CHECK(control.json(steer("", R"({"frozen":false})"))["rate"] == 1);
  std::vector<std::pair<std::string, nlohmann::json>> told;
  for (const base::Event& event : control.journal.since(0))
    told.emplace_back(event.type, data_of(event)["rate"]);
  CHECK(told == std::vector<std::pair<std::string, nlohmann::json>>{{"clock.resumed", 1},
                                                                    {"clock.scaled", 60},
                                                                    {"clock.scaled", 0.5},
                                                                    {"clock.frozen", 0},
                                                                    {"clock.resumed", 1}});
}

TEST_CASE("a change of the clock that is none is refused") {
  ControlFixture control;
  for (const char* body : {R"({})", R"([])", R"({"mode":"fast"})", R"({"mode":1})", R"({"frozen":"true"})",
                           R"({"scale":"60"})", R"({"scale":0})", R"({"scale":1e9})", R"({"scale":-1})",
                           R"({"frozen":true,"scale":2})", R"({"now":1})"}) {
    CAPTURE(body);
    CHECK(control.problem(steer("", body), 400) == codes::kBadRequestBody);
  }
  CHECK(control.clock.rate() == 0);
  CHECK(control.journal.last_seq() == 0);
}

TEST_CASE("the clock runs until an expression holds") {
  ControlFixture control;
  control.clock.run_after(90s, [&] { control.regions[0].served_version = "1.0.0.2"; });
  control.clock.run_after(2min, [&] { control.regions[0].served_version = "1.0.0.3"; });
  const auto answer = control.json(steer(":runUntil", R"({"expr":"Microsoft_Azure_Demo/westus=1.0.0.2"})"));
  CHECK(answer["reached"] == true);
  CHECK(answer["by"] == "1m30s");
  CHECK(answer["now"] == "2023-11-14T22:14:50.000Z");
  CHECK(answer["seq"] == 1);
  const auto data = data_of(control.journal.since(0).at(0));
  CHECK(data["until"] == "Microsoft_Azure_Demo/westus=1.0.0.2");
  CHECK(data["reached"] == true);

  CHECK(control.json(steer(":runUntil", R"({"expr":"demo/westus=1.0.0.2"})"))["by"] == "0s");
}

TEST_CASE("what does not come true within the limit is told with what there is instead") {
  ControlFixture control;
  const auto before = control.clock.now();
  CHECK(control.problem(steer(":runUntil", R"({"expr":"demo/westus=9.9","max":"30m"})"), 409) ==
        codes::kNotReached);
  CHECK(
      control.detail ==
      "demo/westus=9.9 did not come true within 30m: at 2023-11-14T22:43:20.000Z demo/westus serves 1.0.0.1");
  CHECK(control.clock.now() == before + 30min);
  CHECK(data_of(control.journal.since(0).at(0))["reached"] == false);
  CHECK(control.problem(steer(":runUntil", R"({"expr":"incidents=1"})"), 409) == codes::kNotReached);
  CHECK(control.clock.now() == before + 150min);
}

TEST_CASE("an expression that can't hold moves nothing") {
  ControlFixture control;
  const auto before = control.clock.now();
  CHECK(control.problem(steer(":runUntil", R"({"expr":"westus 1.0"})"), 400) == codes::kExpressionInvalid);
  CHECK_THAT(control.detail, ContainsSubstring("expression:1:11"));
  CHECK(control.problem(steer(":runUntil", R"({"expr":"westsu=1.0"})"), 400) == codes::kExpressionInvalid);
  CHECK_THAT(control.detail, ContainsSubstring("did you mean westus?"));
  CHECK(control.problem(steer(":runUntil", R"({"expr":"dmo/westus=1.0"})"), 404) == codes::kUnknownExtension);
  CHECK(control.problem(steer(":runUntil", R"({"expr":"westus=1.0","max":"long"})"), 400) ==
        codes::kBadRequestBody);
  CHECK(control.clock.now() == before);
  CHECK(control.journal.last_seq() == 0);
}

TEST_CASE("the clock is steered with the token only") {
  ControlFixture control;
  for (const char* action : {"", ":advance", ":runUntil"}) {
    CHECK(control.problem(post(std::string("/_emu/v1/clock") + action).body("{}"), 401) ==
          codes::kTokenRequired);
  }
}

TEST_CASE("a move that the end of the program cuts short says so") {
  ControlFixture control;
  control.clock.run_after(1min, [&] { control.clock.end_steering(); });
  CHECK(control.problem(steer(":advance", R"({"by":"1h"})"), 503) == codes::kServerBusy);
}
