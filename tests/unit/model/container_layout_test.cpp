#include "emulator/model/container_layout.h"

#include "tests/support/catch.h"

using namespace exthost::model;

TEST_CASE("a zip's name without its ending is its version") {
  CHECK(zip_of("1.0.0.5") == "1.0.0.5.zip");
  CHECK(version_of_zip("1.0.0.5.zip") == "1.0.0.5");
  CHECK(version_of_zip("config.json") == std::nullopt);
  CHECK(version_of_zip(".zip") == std::nullopt);
  CHECK(version_of_zip("1.0.ZIP") == std::nullopt);
}
