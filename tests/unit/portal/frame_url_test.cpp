#include "emulator/portal/frame_url.h"

#include "tests/support/catch.h"

namespace exthost::portal {
namespace {
constexpr const char* kHosting = "https://localhost:14431";
}

TEST_CASE("Every production hosting host becomes the local hosting service") {
  for (const char* uri : {"//demo.hosting.portal.azure.net/demo", "https://hosting.portal.azure.net/demo",
                          "//ms.hosting.portal.azure.net/demo", "//hosting.onecloud.azure-test.net/demo",
                          "//demo.hosting.azureportal.usgovcloudapi.net/demo",
                          "//demo.hosting.azureportal.chinacloudapi.cn/demo"}) {
    CAPTURE(uri);
    const FrameBase base = locate_frame(uri, kHosting);
    CHECK(base.origin == Origin::hosting);
    CHECK(base.url == "https://localhost:14431/demo");
    CHECK(base.hosting_service_name == "demo");
    CHECK(base.stamp.empty());
  }
}

TEST_CASE("The stamp is the second segment of the path") {
  const FrameBase base = locate_frame("//Demo.hosting.portal.azure.net/Demo/1d0d0d5", kHosting);
  CHECK(base.hosting_service_name == "demo");
  CHECK(base.stamp == "1d0d0d5");
  CHECK(base.url == "https://localhost:14431/Demo/1d0d0d5");
}

TEST_CASE("A sideload of the hosting service's own address is known to be its own") {
  const FrameBase base = locate_frame("https://localhost:14431/demo/dev", kHosting);
  CHECK(base.origin == Origin::hosting);
  CHECK(base.stamp == "dev");
}

TEST_CASE("Local addresses stay as they are, others are external") {
  CHECK(locate_frame("https://localhost:1339/demo?x=1", kHosting).url == "https://localhost:1339/demo?x=1");
  CHECK(locate_frame("https://localhost:1339/demo", kHosting).origin == Origin::local);
  CHECK(locate_frame("//127.0.0.1:8080/", kHosting).url == "https://127.0.0.1:8080/");
  CHECK(locate_frame("https://[::1]:8080/", kHosting).origin == Origin::local);
  CHECK(locate_frame("//main.demo.ext.azure.com", kHosting).origin == Origin::external);
  CHECK(locate_frame("https://localhost.example.com/", kHosting).origin == Origin::external);
  CHECK(locate_frame("https://localhost@example.com/", kHosting).origin == Origin::external);
  CHECK(locate_frame("https://localhost:80@example.com/", kHosting).origin == Origin::external);
  CHECK(locate_frame("javascript://localhost/%0aalert(1)", kHosting).origin == Origin::external);
  CHECK(locate_frame("", kHosting).origin == Origin::none);
}

TEST_CASE("Production's pages of an extension that is not hosted here are external") {
  const std::optional<std::vector<std::string>> hosted = {{"demo"}};
  CHECK(locate_frame("//demo.hosting.portal.azure.net/Demo", kHosting, hosted).origin == Origin::hosting);
  const FrameBase other = locate_frame("//other.hosting.portal.azure.net/other/dev", kHosting, hosted);
  CHECK(other.origin == Origin::external);
  CHECK(other.url == "https://other.hosting.portal.azure.net/other/dev");
  CHECK(locate_frame("https://localhost:14431/other", kHosting, hosted).origin == Origin::hosting);
}

TEST_CASE("Parameters are encoded and follow a query that is there") {
  CHECK(with_query("https://localhost/x", {{"a b", "c&d=\"<"}}) ==
        "https://localhost/x?a%20b=c%26d%3D%22%3C");
  CHECK(with_query("https://localhost/x?y=1", {{"l", "en"}}) == "https://localhost/x?y=1&l=en");
}

TEST_CASE("A page of the content has the version in its address") {
  const FrameBase hosted = locate_frame("//demo.hosting.portal.azure.net/demo/dev", kHosting);
  CHECK(content_url(hosted, "1.0.0.5", "Content/Blades/a b.html") ==
        "https://localhost:14431/demo/Content/1.0.0.5/Blades/a%20b.html");
  const FrameBase local = locate_frame("https://localhost:1339/demo/?x", kHosting);
  CHECK(content_url(local, "", "Content/frame.html") == "https://localhost:1339/demo/Content/frame.html");
}

TEST_CASE("Only what is below Content may be a page") {
  CHECK(is_content_page("Content/Blades/frame.html"));
  CHECK(is_content_page("content/x"));
  for (const char* page : {"", "Content", "Content/", "index.html", "Content/../secret", "Content/a/../../b",
                           "Content\\x", "Content/a\\..\\b", "/Content/x", "Content/./x", "Content/a\nb"}) {
    CAPTURE(page);
    CHECK_FALSE(is_content_page(page));
  }
}

TEST_CASE("A production host has its own origin on the listener") {
  CHECK(local_origin_of("ms.portal.azure.com", "https://localhost:14430") ==
        "https://ms.portal.azure.com.localhost:14430");
  CHECK(local_origin_of("portal.azure.cn", "http://localhost") == "http://portal.azure.cn.localhost");
}

TEST_CASE("A URL's host has no port and no upper case") {
  CHECK(host_of("https://LocalHost:14430/x") == "localhost");
  CHECK(host_of("https://[::1]:14430") == "[::1]");
}

}  // namespace exthost::portal
