#include "emulator/model/codes.h"
#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;

namespace {

Ask restart(const std::string& extension) {
  return post("/_emu/v1/extensions/" + extension + "/source:restart").token();
}

}  // namespace

TEST_CASE("a build is restarted by either name of its extension") {
  ControlFixture control;
  CHECK(control.json(restart("Microsoft_Azure_Demo"), 202)["seq"] == control.journal.last_seq());
  CHECK(control.restarted == std::vector<std::string>{"demo"});
}

TEST_CASE("an extension that is not there, or has no build, says so") {
  ControlFixture control;
  CHECK(control.problem(restart("dmeo"), 404) == model::codes::kUnknownExtension);
  control.restarted.push_back("demo");
  CHECK(control.problem(restart("demo"), 409) == model::codes::kBuildCommandEnded);
  CHECK(control.restarted.size() == 1);
}

TEST_CASE("whoever has no token restarts nothing") {
  ControlFixture control;
  CHECK(control.problem(post("/_emu/v1/extensions/demo/source:restart"), 401) ==
        model::codes::kTokenRequired);
  CHECK(control.restarted.empty());
}
