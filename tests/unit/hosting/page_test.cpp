#include "emulator/base/json_document.h"
#include "emulator/hosting/environment_page.h"
#include "emulator/hosting/frame_ancestors.h"
#include "emulator/hosting/request_route.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

PageFacts facts_with(const std::string& settings) {
  return PageFacts{"Contoso_Demo",     "demo",   "1.0", "westus", "stage4", "",
                   "portal.azure.com", settings, false};
}

std::string around_injection(std::string_view html) {
  const std::size_t offset = head_offset(html);
  return std::string(html.substr(0, offset)) + "|" + std::string(html.substr(offset));
}

}  // namespace

TEST_CASE("what a page needs goes ahead of its first script, wherever that is") {
  CHECK(around_injection("<html><head><script>") == "<html><head>|<script>");
  CHECK(around_injection("<!DOCTYPE html>\n<HTML lang='a>b'>\n<HEAD data-x=\">\">x") ==
        "<!DOCTYPE html>\n<HTML lang='a>b'>\n<HEAD data-x=\">\">|x");
  CHECK(around_injection("<!-- <head> --><html><head>") == "<!-- <head> --><html><head>|");
  CHECK(around_injection("\xef\xbb\xbf<!doctype html><script>") == "\xef\xbb\xbf<!doctype html>|<script>");
  CHECK(around_injection("<html><header>x</header>") == "<html>|<header>x</header>");
  CHECK(around_injection("<html><body><script>") == "<html>|<body><script>");
  CHECK(around_injection("<?xml version=\"1.0\"?><html><title>") == "<?xml version=\"1.0\"?><html>|<title>");
  CHECK(around_injection("plain text") == "|plain text");
  CHECK(around_injection("") == "|");
  for (const std::string broken : {"<!--", "<html", "<head", "<head a=\"", "<!doctype", "<", "<!"}) {
    CHECK(head_offset(broken) <= broken.size());
  }
}

TEST_CASE("a page with a base URL of its own keeps it") {
  CHECK(has_base("<head><base href='/x/'></head>"));
  CHECK(has_base("<head><BASE\nhref='/x/'>"));
  CHECK_FALSE(has_base("<head><basefont><!-- <base href='x'> --></head>"));
  const std::string page = fill_in_page("<head><base href=\"/mine/\"></head>", facts_with("{}"));
  CHECK(page.find("/demo/Content/") == std::string::npos);
}

TEST_CASE("settings can't break out of the script they stand in") {
  const std::string page =
      fill_in_page("<head></head>",
                   facts_with("{\"a\":\"</script><script>alert(1)</script>\",\"<!--\":\"\xe2\x80\xa8\"}"));
  CHECK(page.find("alert(1)</script>") == std::string::npos);
  CHECK(page.find("<!--") == std::string::npos);
  CHECK(page.find("\xe2\x80\xa8") == std::string::npos);
  CHECK_THAT(page, ContainsSubstring("\\u003c/script>"));
}

TEST_CASE("names can't break out of attributes and text") {
  PageFacts facts = facts_with("{}");
  facts.extension_name = "\"><img src=x>";
  facts.stamp = "\"><img src=x>";
  facts.live_reload = true;
  CHECK(fill_in_page("<head></head>", facts).find("<img") == std::string::npos);
  CHECK(generated_page(facts).find("<img") == std::string::npos);
}

TEST_CASE("the environment is the settings, and the version where they do not set it") {
  CHECK(environment_object(facts_with(R"({"list":[1,{"a":1.50}]})")) ==
        R"({"list":[1,{"a":1.50}],"version":"1.0"})");
  CHECK(environment_object(facts_with("{}")) == R"({"version":"1.0"})");
  CHECK(environment_object(facts_with(R"({"version":"mine"})")) == R"({"version":"mine"})");
}

TEST_CASE("the environment as JSON is the settings alone") {
  const auto json = base::parse_json(environment_json(facts_with(R"({"a":1})")), base::JsonDialect::strict);
  REQUIRE(json.ok());
  CHECK(json.value->find("pageVersion")->text == "1.0");
  REQUIRE(json.value->find("environment")->members.size() == 1);
  CHECK(json.value->find("emulator") == nullptr);
}

TEST_CASE("what production does not tell stands apart, and only when asked for") {
  PageFacts facts = facts_with("{}");
  CHECK(fill_in_page("<head></head>", facts).find("fx.emulator") == std::string::npos);
  facts.tell_emulator_facts = true;
  facts.stage = "</script>";
  const std::string page = fill_in_page("<head></head>", facts);
  CHECK_THAT(page, ContainsSubstring("window.fx.emulator = {"));
  CHECK_THAT(page, ContainsSubstring("\"region\":\"westus\""));
  CHECK(page.find("</script>\"") == std::string::npos);
  const auto json = base::parse_json(environment_json(facts), base::JsonDialect::strict);
  REQUIRE(json.ok());
  CHECK(json.value->find("emulator")->find("region")->text == "westus");
}

TEST_CASE("the reload script is there when asked for, with what it must know") {
  PageFacts facts = facts_with("{}");
  facts.live_reload = true;
  facts.stamp = "dev";
  CHECK_THAT(fill_in_page("<head></head>", facts),
             ContainsSubstring("src=\"/_emu/live-reload.js\" data-extension=\"demo\" data-version=\"1.0\" "
                               "data-region=\"westus\" data-stamp=\"dev\""));
}

TEST_CASE(
    "what a page shows outside a portal is in every page, and knows the emulated portal if it is told") {
  PageFacts facts = facts_with("{}");
  for (const std::string& page : {fill_in_page("<head></head>", facts), generated_page(facts)}) {
    CHECK_THAT(page, ContainsSubstring("Extensions run in the portal"));
    CHECK(page.find("data-portal") == std::string::npos);
  }
  facts.portal_origin = "https://localhost:14430";
  CHECK_THAT(fill_in_page("<head></head>", facts),
             ContainsSubstring("data-portal=\"https://localhost:14430\""));
}

TEST_CASE("who may frame a page follows from who asks for it") {
  const auto policy = [](std::string_view authority) {
    return frame_ancestors(authority, {}, {{"shell.test:1", "x"}});
  };
  CHECK(policy("portal.azure.com") == "frame-ancestors 'self' https://portal.azure.com");
  CHECK(policy("https%3A%2F%2Fportal.azure.com") == "frame-ancestors 'self' https://portal.azure.com");
  CHECK(policy("portal.azure.com:") == "frame-ancestors 'self' https://portal.azure.com");
  CHECK(policy("Contoso.Portal.Azure.com") == "frame-ancestors 'self' https://contoso.portal.azure.com");
  CHECK(policy("intune.microsoft.com") == "frame-ancestors 'self' https://intune.microsoft.com");
  CHECK(policy("https://localhost:14430") == "frame-ancestors 'self' https://localhost:14430");
  CHECK(policy("http://localhost:14430/") == "frame-ancestors 'self' http://localhost:14430");
  CHECK(policy("localhost:14430") == "frame-ancestors 'self' https://localhost:14430 http://localhost:14430");
  CHECK(policy("https://[::1]:14430") == "frame-ancestors 'self' https://[::1]:14430");
  CHECK(policy("ms.portal.azure.com.localhost:14430") ==
        "frame-ancestors 'self' https://ms.portal.azure.com.localhost:14430 "
        "http://ms.portal.azure.com.localhost:14430");
  CHECK(policy("https://shell.test:1") == "frame-ancestors 'self' https://shell.test:1");
  for (const std::string_view stranger :
       {"", "evil.example", "evilportal.azure.com", "portal.azure.com.evil.example", "*",
        "portal.azure.com; script-src *", "portal.azure.com\r\nSet-Cookie: a=b",
        "https://user@portal.azure.com", "portal.azure.com:x", "[::1", "%"}) {
    CAPTURE(stranger);
    CHECK(policy(stranger) == "frame-ancestors 'self'");
  }
}

TEST_CASE("a path names a page, content, diagnostics or nothing") {
  using Kind = Route::Kind;
  const auto check = [](std::string_view path, Kind kind, std::string_view extension = {},
                        std::string_view stamp = {}, std::string_view rest = {}) {
    CAPTURE(path);
    const Route route = route_of(path);
    CHECK(route.kind == kind);
    CHECK(route.extension == extension);
    CHECK(route.stamp == stamp);
    CHECK(route.path == rest);
  };
  check("/", Kind::root);
  check("//", Kind::root);
  check("/api/diagnostics", Kind::all_diagnostics);
  check("/API/Diagnostics/", Kind::all_diagnostics);
  check("/api", Kind::unknown);
  check("/Demo", Kind::page, "demo");
  check("/demo/", Kind::page, "demo");
  check("/demo/Stage1", Kind::page, "demo", "Stage1");
  check("/demo/api/diagnostics", Kind::extension_diagnostics, "demo");
  check("/demo/api/other", Kind::unknown, "demo");
  check("/demo/content/a//B.js", Kind::content, "demo", "", "a/B.js");
  check("/demo/Content", Kind::content, "demo");
  check("/demo/stage1/Content/a.js", Kind::content, "demo", "stage1", "a.js");
  check("/demo/stage1/other", Kind::unknown, "demo", "stage1");
  check("/CDN/demo/Content/a.js", Kind::content, "demo", "", "a.js");
  check("/demo/CDN/Content/a.js", Kind::content, "demo", "", "a.js");
  check("/_emu/v1/reload", Kind::emulator, "", "", "v1/reload");
  check("/_EMU/x", Kind::emulator, "", "", "x");
}
