#include <string>

#include "emulator/model/portal_url.h"
#include "tests/support/catch.h"

using namespace exthost::model;

TEST_CASE("a portal URL is printed as it was written, but for its encoding") {
  struct Row {
    const char* written;
    const char* printed;
  };
  const auto row = GENERATE(values<Row>({
      {"", ""},
      {"https://portal.azure.com", "https://portal.azure.com"},
      {"portal.azure.com/", "https://portal.azure.com/"},
      {"HTTPS://Portal.Azure.com/?X=Stage1", "https://portal.azure.com/?X=Stage1"},
      {"https://portal.azure.com/contoso.onmicrosoft.com/?a=b#home",
       "https://portal.azure.com/contoso.onmicrosoft.com/?a=b#home"},
      {"http://localhost:14430/?l=en", "http://localhost:14430/?l=en"},
      {"https://[::1]:14430/?l=en", "https://[::1]:14430/?l=en"},
      {"https://user@portal.azure.com:443", "https://portal.azure.com:443"},
      {"?feature.canmodifystamps&A=b", "?feature.canmodifystamps&A=b"},
      {"/?a=", "/?a"},
      {"https://portal.azure.com?a=x%20y%26z&a=+", "https://portal.azure.com?a=x%20y%26z&a=%2B"},
      {R"(https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions={"N":"https://localhost:1/"})",
       R"(https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions={"N":"https://localhost:1/"})"},
      {R"(/?testExtensions={"N":"https://localhost:1/?a&b"}&c=d)",
       "/?testExtensions=%7B%22N%22:%22https://localhost:1/%3Fa%26b%22%7D&c=d"},
      {"https:////x", "https:////x"},
      {"#blade/A/B", "#blade/A/B"},
      {"https:// [::1]x:1/", "https://[::1]/"},
  }));
  INFO(row.written);
  const PortalUrl url = parse_portal_url(row.written);
  CHECK(print_portal_url(url) == row.printed);
  const PortalUrl again = parse_portal_url(row.printed);
  CHECK(again.query == url.query);
  CHECK(again.host == url.host);
  CHECK(again.port == url.port);
  CHECK(again.path == url.path);
  CHECK(again.fragment == url.fragment);
  CHECK(again.test_extensions.size() == url.test_extensions.size());
}

TEST_CASE("a parameter is set where it stood, once, or behind the others") {
  const PortalUrl url = parse_portal_url("https://portal.azure.com/?my_ext=stage1&l=en&MY_EXT=stage2#home");
  CHECK(print_portal_url(with_parameter(url, "My_Ext", "stage3")) ==
        "https://portal.azure.com/?My_Ext=stage3&l=en#home");
  CHECK(print_portal_url(with_parameter(url, "nocdn", "force")) ==
        "https://portal.azure.com/?my_ext=stage1&l=en&MY_EXT=stage2&nocdn=force#home");
}

TEST_CASE("what follows from a parameter is known once it is set") {
  const PortalUrl url = parse_portal_url("https://portal.azure.com");
  REQUIRE_FALSE(url.can_modify_stamps);
  const PortalUrl changed = with_parameter(url, "feature.canmodifystamps", "true");
  CHECK(changed.can_modify_stamps);
  CHECK(print_portal_url(changed) == "https://portal.azure.com?feature.canmodifystamps=true");
}
