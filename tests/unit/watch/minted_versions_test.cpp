#include "emulator/watch/minted_versions.h"

#include "tests/support/catch.h"

using namespace exthost::watch;
using Names = std::vector<std::string>;

TEST_CASE("minted versions are told from others and ordered by time and count") {
  const Names versions = {"1.0.261120-120411",
                          "1.0.261120-120411-10",
                          "1.0.261120-120411-2",
                          "1.0.261121-000000",
                          "1.0",
                          "1.0.261120-1204",
                          "2.0.261120-120411",
                          "1.0.0.5",
                          "1.0.261120-120411-1",
                          "1.0.261120-120411-02",
                          "1.0.26112x-120411",
                          "1.0.261120-120411x"};
  CHECK(minted_newest_first(versions, "1.0") ==
        Names{"1.0.261121-000000", "1.0.261120-120411-10", "1.0.261120-120411-2", "1.0.261120-120411"});
}

TEST_CASE("the next version is later than all of its second, also those between that are gone") {
  CHECK(next_minted({}, "1.0", "261120-120411") == "1.0.261120-120411");
  CHECK(next_minted({"1.0.261120-120410-7"}, "1.0", "261120-120411") == "1.0.261120-120411");
  CHECK(next_minted({"1.0.261120-120411"}, "1.0", "261120-120411") == "1.0.261120-120411-2");
  CHECK(next_minted({"1.0.261120-120411-9"}, "1.0", "261120-120411") == "1.0.261120-120411-10");
  CHECK(next_minted({"2.0.261120-120411"}, "1.0", "261120-120411") == "1.0.261120-120411");
}

TEST_CASE("versions beyond the retention count are dropped unless something refers to them") {
  const Names versions = {"1.0.261120-120401", "1.0.261120-120402", "1.0.261120-120403", "1.0.261120-120404",
                          "1.0.0.1"};
  CHECK(versions_to_drop(versions, "1.0", {}, 2) == Names{"1.0.261120-120401", "1.0.261120-120402"});
  CHECK(versions_to_drop(versions, "1.0", {"1.0.261120-120401"}, 2) == Names{"1.0.261120-120402"});
  CHECK(versions_to_drop(versions, "1.0", {}, 4).empty());
  CHECK(versions_to_drop(versions, "1.0.0", {}, 0).empty());
}
