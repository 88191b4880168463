#include "emulator/app/packing.h"

#include "tests/support/catch.h"

using exthost::app::without_outputs;
using Globs = std::vector<std::string>;

TEST_CASE("zips beside the output are left out if that lies in the folder, and nothing else is") {
  CHECK(without_outputs({"*.map"}, "/p/Output", "/p/Output") == Globs{"/*.zip", "*.map"});
  CHECK(without_outputs({}, "/p/Output", "/p/Output/") == Globs{"/*.zip"});
  CHECK(without_outputs({}, "/p/Output", "/p/Output/out/zips") == Globs{"/out/zips/*.zip"});
  CHECK(without_outputs({"*.map"}, "/p/Output", "/p") == Globs{"*.map"});
  CHECK(without_outputs({}, "/p/Output", "/p/Output2").empty());
}
