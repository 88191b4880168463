#include "emulator/app/page_wiring.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;

TEST_CASE("a page shows what failed, what its code says is to be done, and what a program printed last") {
  const base::Error error{base::ErrorKind::unavailable, "the build command ended by itself",
                          std::string(model::codes::kBuildCommandEnded)};
  const model::Problem plain = app::problem_for_page(error);
  CHECK(plain.message == "the build command ended by itself");
  CHECK(plain.code == "EHE6005");
  CHECK_THAT(plain.hint, ContainsSubstring("the key r"));
  CHECK(plain.frame.empty());
  CHECK(app::problem_for_page(error, {"src/app.ts(3,5): error", "1 error"}).frame ==
        "src/app.ts(3,5): error\n1 error\n");
}

TEST_CASE("the end of a publish's line says what its pages did") {
  CHECK(app::describe_pages({}).empty());
  CHECK(app::describe_pages({1, 2}) == " · reloaded 1 tab · restyled 2 tabs");
}
