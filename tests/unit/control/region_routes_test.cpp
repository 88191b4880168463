#include "tests/unit/control/control_fixture.h"

using namespace exthost;
using namespace exthost::control;
namespace codes = exthost::model::codes;

namespace {

Ask put(const std::string& region, const std::string& body) {
  Ask ask("PUT", "/_emu/v1/regions/" + region);
  ask.body(body);
  return ask;
}

}  // namespace

TEST_CASE("a region is taken down and brought back") {
  ControlFixture control;
  const auto down = control.json(put("westus", R"({"down": true})").token());
  CHECK(down["seq"] == 1);
  control.json(put("westus", R"({"down": false})").token());
  CHECK(control.regions_down == std::map<std::string, bool>{{"westus", false}});
  CHECK(control.problem(put("westeros", R"({"down": true})").token(), 404) == codes::kUnknownRegion);
  for (const char* body : {"", "[]", "{}", R"({"down": 1})", R"({"down": true, "down2": 1})"})
    CHECK(control.problem(put("westus", body).token(), 400) == codes::kBadRequestBody);
  CHECK(control.problem(put("westus", R"({"down": true})"), 401) == codes::kTokenRequired);
}

TEST_CASE("a sync may be of one region") {
  ControlFixture control;
  control.json(post("/_emu/v1/sync?extension=demo&region=eastus").token());
  CHECK(control.synced == std::vector<std::string>{"demo in eastus"});
}
