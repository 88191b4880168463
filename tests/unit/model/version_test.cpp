#include "emulator/model/version.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;

TEST_CASE("versions seen in production are accepted as they are") {
  const auto* version =
      GENERATE("1.0.0.5", "5.0.0.440", "1.0.20251218.0209", "23.4.0.11-230406-2239",
               "23.11.0.02.20231108-1934", "1.286.0.4", "3.0.01692206", "5.0.202.7608987.150717-1541",
               "15.118.0.1016132058.250212-1352", "a", "1_0-Beta.zip", "console.1", "com10", "lpt0");
  INFO(version);
  CHECK(check_version_name(version));
}

TEST_CASE("names that could leave a folder, a URL or a system's rules are refused") {
  const auto name = GENERATE(values<std::string>({"",        " ",    "1.0 ",   "1.0.",
                                                  "1..0",    "..",   ".1",     "-1",
                                                  "_1",      "1/0",  "1\\0",   "1:0",
                                                  "1*",      "1?",   "1\"",    "1<",
                                                  "1>",      "1|",   "1\n",    std::string("1\0", 2),
                                                  "1é",      "1%2e", "con",    "CON",
                                                  "nul.1.0", "COM1", "lpt9.0", std::string(129, '1')}));
  INFO(name);
  const auto checked = check_version_name(name);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == codes::kVersionName);
}

TEST_CASE("a refusal names the place of the character") {
  CHECK_THAT(check_version_name("1.0/2").error().message, ContainsSubstring("place 4"));
  CHECK(check_version_name(std::string(128, '1')));
}

TEST_CASE("a build stamp has d for each dot") {
  CHECK(to_build_stamp("1.0.8.31") == "1d0d8d31");
  CHECK(to_build_stamp("1.0-beta") == "1d0-beta");
}

TEST_CASE("a minted version is new") {
  CHECK(mint_version("1.0.0", "261120-120411", {}) == "1.0.0.261120-120411");
  CHECK(mint_version("1.0.0", "261120-120411", {"1.0.0.261120-120411"}) == "1.0.0.261120-120411-2");
  CHECK(mint_version("1.0.0", "261120-120411", {"1.0.0.261120-120411-2", "1.0.0.261120-120411"}) ==
        "1.0.0.261120-120411-3");
}

TEST_CASE("a hosting service name is letters and digits and comes back in lower case") {
  CHECK(*check_hosting_service_name("MyExtension2") == "myextension2");
  const auto name = GENERATE(values<std::string>({"", "api", "API", "_emu", "my-extension", "my_extension",
                                                  "my.extension", "é", "a/b", std::string(64, 'a')}));
  INFO(name);
  CHECK_FALSE(check_hosting_service_name(name));
}
