#include "emulator/model/portal_url.h"

#include <algorithm>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

using Codes = std::vector<std::string>;

// R1 and R2 of domain.md, Appendix A.
std::vector<Registration> registrations() {
  Registration lab;
  lab.name = "Microsoft_Azure_DevTestLab";
  lab.uri = "//main.devtest.ext.azure.com";
  lab.uri_format = "//{0}.devtest.ext.azure.com";
  Registration mine;
  mine.name = "Microsoft_Azure_MyExtension";
  mine.hosting_service_name = "myextension";
  return {lab, mine};
}

const PortalEnvironment& environment_of(const PortalUrl& url) {
  const auto* found = find_portal_environment(url.host);
  return found != nullptr ? *found : default_portal_environment(Cloud::public_cloud);
}

ExtensionLoad load_of(const std::string& text, std::string_view name,
                      std::vector<Registration> known = registrations(), FlightTicket ticket = {}) {
  const PortalUrl url = parse_portal_url(text);
  const auto loads = resolve_portal(url, known, environment_of(url), ticket);
  const auto found = std::find_if(loads.begin(), loads.end(),
                                  [name](const ExtensionLoad& load) { return load.name == name; });
  REQUIRE(found != loads.end());
  return *found;
}

bool has_reason(const ExtensionLoad& load, std::string_view code) {
  return std::any_of(load.reasons.begin(), load.reasons.end(),
                     [code](const Reason& reason) { return reason.code == code; });
}

constexpr std::string_view kLab = "Microsoft_Azure_DevTestLab";
constexpr std::string_view kMine = "Microsoft_Azure_MyExtension";

}  // namespace

TEST_CASE("a portal URL loads an extension from where the documents say") {
  struct Row {
    const char* url;
    std::string_view name;
    const char* uri;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"https://portal.azure.com", kLab, "//main.devtest.ext.azure.com", "URI_OF_REGISTRATION"},
      {"https://portal.azure.com?feature.canmodifystamps=true&Microsoft_Azure_DevTestLab=perf", kLab,
       "//perf.devtest.ext.azure.com", "STAMP_OVERRIDE"},
      {"https://portal.azure.com?Microsoft_Azure_DevTestLab=perf", kLab, "//main.devtest.ext.azure.com",
       "OVERRIDE_IGNORED_NO_FLAG"},
      {"https://portal.azure.com?feature.canmodifystamps=false&Microsoft_Azure_DevTestLab=perf", kLab,
       "//main.devtest.ext.azure.com", "OVERRIDE_IGNORED_NO_FLAG"},
      {"https://portal.azure.com?feature.canmodifystamps&Microsoft_Azure_DevTestLab=perf", kLab,
       "//perf.devtest.ext.azure.com", "STAMP_OVERRIDE"},
      {"https://portal.azure.com", kMine, "//myextension.hosting.portal.azure.net/myextension",
       "URI_DERIVED"},
      {"https://portal.azure.com?feature.canmodifystamps=true&Microsoft_Azure_MyExtension=friendlyname",
       kMine, "//myextension.hosting.portal.azure.net/myextension/friendlyname", "STAMP_OVERRIDE"},
      {"https://portal.azure.com/?FEATURE.CanModifyStamps=TRUE&microsoft_azure_myextension=1d0d8d31", kMine,
       "//myextension.hosting.portal.azure.net/myextension/1d0d8d31", "STAMP_OVERRIDE"},
      {"https://canary.portal.azure.com?feature.canmodifystamps=true&Microsoft_Azure_MyExtension=stage1",
       kMine, "//myextension.hosting.portal.azure.net/myextension/stage1", "STAMP_OVERRIDE"},
      {"https://df.onecloud.azure-test.net", kMine, "//hosting.onecloud.azure-test.net/myextension",
       "URI_DERIVED"},
      {"https://portal.azure.us/", kMine, "//myextension.hosting.azureportal.usgovcloudapi.net/myextension",
       "URI_DERIVED"},
      {"https://mpac.portal.azure.com/", kMine, "//ms.hosting.portal.azure.net/myextension", "URI_DERIVED"},
  }));
  INFO(row.url);
  const auto load = load_of(row.url, row.name);
  CHECK(load.enabled);
  CHECK(load.uri == row.uri);
  CHECK(has_reason(load, row.code));
}

TEST_CASE("several extensions are overridden in one URL") {
  const std::string url =
      "https://portal.azure.com/?feature.canmodifystamps=true&microsoft_azure_devtestlab=travis&"
      "Microsoft_Azure_MyExtension=beta";
  CHECK(load_of(url, kLab).stamp == "travis");
  CHECK(load_of(url, kMine).stamp == "beta");
}

TEST_CASE("the URL of an extension carries language, authority and its flags") {
  const std::string url =
      "https://portal.azure.com/?feature.canmodifystamps=true&Microsoft_Azure_MyExtension=friendlyname&"
      "Microsoft_Azure_MyExtension_ShowNew=True%26more";
  CHECK(extension_url(load_of(url, kMine), "en", "portal.azure.com") ==
        "https://myextension.hosting.portal.azure.net/myextension/"
        "friendlyname?l=en&trustedAuthority=portal.azure.com"
        "&microsoft_azure_myextension_shownew=True%26more");
}

TEST_CASE("true and false enable and disable without a flag") {
  auto known = registrations();
  known[0].disabled = true;
  struct Row {
    const char* query;
    bool enabled;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"", false, "DISABLED_BY_REGISTRATION"},
      {"?Microsoft_Azure_DevTestLab=true", true, "ENABLED_BY_URL"},
      {"?microsoft_azure_devtestlab=TRUE", true, "ENABLED_BY_URL"},
      {"?Microsoft_Azure_DevTestLab=true&Microsoft_Azure_DevTestLab=false", false, "DISABLED_BY_URL"},
      {"?feature.canmodifyextensions=true&Microsoft_Azure_DevTestLab=true", true, "ENABLED_BY_URL"},
      {"?feature.canmodifystamps=true&Microsoft_Azure_DevTestLab=perf", true, "STAMP_OVERRIDE"},  // q22
      {"?Microsoft_Azure_DevTestLab=perf", false, "OVERRIDE_IGNORED_NO_FLAG"},
      {"?Microsoft_Azure_DevTestLab=", false, "OVERRIDE_IGNORED_EMPTY"},
      {"?Microsoft_Azure_DevTestLab", false, "OVERRIDE_IGNORED_EMPTY"},
  }));
  INFO(row.query);
  const auto load = load_of("https://portal.azure.com/" + std::string(row.query), kLab, known);
  CHECK(load.enabled == row.enabled);
  CHECK(load.uri.empty() == !row.enabled);
  CHECK(has_reason(load, row.code));
}

TEST_CASE("enabling in production is said to be doubtful") {
  CHECK(has_reason(load_of("https://portal.azure.com/?Microsoft_Azure_DevTestLab=true", kLab),
                   "PRODUCTION_DOUBT"));
  CHECK_FALSE(has_reason(load_of("https://rc.portal.azure.com/?Microsoft_Azure_DevTestLab=true", kLab),
                         "PRODUCTION_DOUBT"));
}

TEST_CASE("feature.disableextensions leaves only what the URL names") {
  const std::string url =
      "https://portal.azure.com/?feature.disableextensions=true&Microsoft_Azure_MyExtension=true";
  CHECK(load_of(url, kMine).enabled);
  const auto lab = load_of(url, kLab);
  CHECK_FALSE(lab.enabled);
  CHECK(has_reason(lab, "DISABLED_BY_FLAG"));
}

TEST_CASE("a stamp that could lead elsewhere is ignored") {
  const auto* stamp = GENERATE("evil.com%2f", "evil.com/", "a%23", "a%3f", "%40evil.com", "..", ".a", "a.",
                               "a..b", "a%20b", "%00", "%0d%0a", "a%5cb", "%7b0%7d");
  INFO(stamp);
  const auto load =
      load_of("https://portal.azure.com/?feature.canmodifystamps=true&Microsoft_Azure_DevTestLab=" +
                  std::string(stamp),
              kLab);
  CHECK(load.uri == "//main.devtest.ext.azure.com");
  CHECK(has_reason(load, "OVERRIDE_IGNORED_BAD_STAMP"));
}

TEST_CASE("without uriFormat there is nothing to put a stamp in") {
  auto known = registrations();
  known[0].uri_format.clear();
  const auto load = load_of(
      "https://portal.azure.com/?feature.canmodifystamps=true&Microsoft_Azure_DevTestLab=perf", kLab, known);
  CHECK(load.uri == "//main.devtest.ext.azure.com");
  CHECK(has_reason(load, "OVERRIDE_IGNORED_NO_URI_FORMAT"));
}

TEST_CASE("an extension on its way to hosting is self-hosted unless a stamp is asked for") {
  auto known = registrations();
  known[0].uri = "//selfhost.net/lab";
  known[0].uri_format = "//lab.hosting.portal.azure.net/lab/{0}";
  const auto usual = load_of("https://portal.azure.com/", kLab, known);
  CHECK(usual.uri == "//selfhost.net/lab");
  CHECK(has_reason(usual, "MIGRATION"));
  CHECK(load_of("https://portal.azure.com/?feature.canmodifystamps=true&Microsoft_Azure_DevTestLab=stage1",
                kLab, known)
            .uri == "//lab.hosting.portal.azure.net/lab/stage1");
}

TEST_CASE("redirectTo loads another registration's URI under the old name") {
  auto known = registrations();
  Registration old;
  old.name = "Old";
  old.redirect_to = "microsoft_azure_myextension";
  known.push_back(old);
  const auto load = load_of("https://portal.azure.com/", "Old", known);
  CHECK(load.uri == "//myextension.hosting.portal.azure.net/myextension");
  CHECK(load.hosting_service_name == "myextension");
  CHECK(has_reason(load, "REDIRECTED"));
}

TEST_CASE("a redirect to nowhere or in a circle is not loaded") {
  auto known = registrations();
  Registration first;
  first.name = "First";
  first.redirect_to = "Second";
  Registration second;
  second.name = "Second";
  second.redirect_to = GENERATE("First", "Missing", "Second");
  known.push_back(first);
  known.push_back(second);
  const auto load = load_of("https://portal.azure.com/", "First", known);
  CHECK_FALSE(load.enabled);
  CHECK(has_reason(load, "REDIRECT_BROKEN"));
}

TEST_CASE("half of MPAC's browsers get a flight, shared equally") {
  auto known = registrations();
  known[1].flight_uris = {"//one.net", "//two.net"};
  const std::string mpac = "https://ms.portal.azure.com/";
  CHECK(load_of(mpac, kMine, known, {0.0}).uri == "//one.net");
  CHECK(load_of(mpac, kMine, known, {0.24}).uri == "//one.net");
  CHECK(load_of(mpac, kMine, known, {0.25}).uri == "//two.net");
  CHECK(load_of(mpac, kMine, known, {0.49}).uri == "//two.net");
  const auto none = load_of(mpac, kMine, known, {0.5});
  CHECK(none.uri == "//ms.hosting.portal.azure.net/myextension");
  CHECK(has_reason(none, "NO_FLIGHT"));
  CHECK_FALSE(load_of(mpac, kMine, known).flight);
  CHECK_FALSE(load_of("https://portal.azure.com/", kMine, known, {0.1}).flight);
  const auto flight = load_of(mpac, kMine, known, {0.1});
  CHECK(has_reason(flight, "FLIGHT"));
  CHECK(extension_url(flight, "en", "ms.portal.azure.com") ==
        "https://one.net?l=en&trustedAuthority=ms.portal.azure.com&flight=1");
  CHECK_FALSE(
      load_of(mpac + "?feature.canmodifystamps=true&Microsoft_Azure_MyExtension=stage1", kMine, known, {0.1})
          .flight);
}

TEST_CASE("testExtensions is found in each of its places and shapes") {
  const auto* url = GENERATE(
      R"(https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions={"N":"https://localhost:1339/demo"})",
      R"(https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions={ "N" : "https://localhost:1339/demo" })",
      R"(https://portal.azure.com/?feature.canmodifyextensions=true&testExtensions={"N":"https://localhost:1339/demo"})",
      R"(https://portal.azure.com/?testExtensions={"N":"https://localhost:1339/demo"}&feature.canmodifyextensions=true)",
      R"(https://portal.azure.com/?feature.canmodifyextensions=true#blade/Ext/Blade?testExtensions={"N":"https://localhost:1339/demo"})",
      R"(https://portal.azure.com/?feature.canmodifyextensions=true#blade/Ext/Blade?testExtensions={%22N%22:%22https://localhost:1339/demo%22})",
      R"(https://portal.azure.com/?feature.canmodifyextensions=true#blade/Ext/Blade?TESTEXTENSIONS=%7B%22N%22%3A%22https%3A%2F%2Flocalhost%3A1339%2Fdemo%22%7D)",
      R"(https://portal.azure.com/?feature.canmodifyextensions=true#blade/Ext/Blade&testExtensions={"N":{"uri":"https://localhost:1339/demo","azExtension":true}})");
  INFO(url);
  const PortalUrl parsed = parse_portal_url(url);
  CHECK(parsed.problems.empty());
  REQUIRE(parsed.test_extensions.size() == 1);
  CHECK(parsed.test_extensions[0].name == "N");
  CHECK(parsed.test_extensions[0].uri == "https://localhost:1339/demo");

  const auto load = load_of(url, "N");
  CHECK(load.enabled);
  CHECK(load.sideloaded);
  CHECK(load.uri == "https://localhost:1339/demo");
  CHECK(has_reason(load, "SIDELOADED"));
}

TEST_CASE("several extensions can be sideloaded, with separators inside their URLs") {
  const PortalUrl url = parse_portal_url(
      R"(/?testExtensions={"A":"https://localhost:1/?x=1&y={2}","B":"https://localhost:2/\""}&feature.canmodifyextensions=true)");
  REQUIRE(url.test_extensions.size() == 2);
  CHECK(url.test_extensions[0].uri == "https://localhost:1/?x=1&y={2}");
  CHECK(url.can_modify_extensions);
}

TEST_CASE("a malformed testExtensions is told apart and not taken") {
  struct Row {
    const char* value;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"N":"https://localhost:44300/",true})", "not valid JSON"},
      {R"({"N":"https://DemoServer:59344/})", "not valid JSON: string without a closing quote"},
      {R"({'N':'https://localhost:1/'})", "not valid JSON: single quotes"},
      {R"({"N":"https://localhost:1/",})", "not valid JSON: trailing comma"},
      {"", "not valid JSON"},
      {R"(["N"])", "is an object, not an array"},
      {R"({"N":1})", "gives N no URL but a number"},
      {R"({"N":{"url":"https://localhost:1/"}})", "gives N no URL but an object without a string uri"},
      {R"({"a b":"https://localhost:1/"})", "extension name 'a b'"},
  }));
  INFO(row.value);
  const PortalUrl url = parse_portal_url(
      "https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions=" + std::string(row.value));
  CHECK(url.test_extensions.empty());
  REQUIRE_FALSE(url.problems.empty());
  CHECK(url.problems[0].code == codes::kSideloadRefused);
  CHECK_THAT(url.problems[0].message, ContainsSubstring(row.message));
  CHECK_FALSE(url.problems[0].hint.empty());
}

TEST_CASE("sideloading is refused without the flag, https or localhost") {
  struct Row {
    const char* flag;
    const char* uri;
    const char* why;
  };
  const auto row = GENERATE(values<Row>({
      {"", "https://localhost:1339/demo", "feature.canmodifyextensions=true is missing"},
      {"feature.canmodifyextensions=false", "https://localhost:1339/demo",
       "feature.canmodifyextensions=true is missing"},
      {"feature.canmodifyextensions=true", "http://localhost:1339/demo", "https://"},
      {"feature.canmodifyextensions=true", "//localhost:1339/demo", "https://"},
      {"feature.canmodifyextensions=true", "https://example.com/", "is not localhost"},
      {"feature.canmodifyextensions=true", "https://localhost.example.com/", "is not localhost"},
      {"feature.canmodifyextensions=true", "https://localhost@example.com/", "is not localhost"},
      {"feature.canmodifyextensions=true", "https://localhost:1@example.com/", "is not localhost"},
      {"feature.canmodifyextensions=true", "https://127.0.0.1:1339/", "is not localhost"},
      {"feature.canmodifyextensions=true", "https://localhost:1\\\\@example.com/", "no URL has"},
      {"feature.canmodifyextensions=true", "javascript:alert(1)", "https://"},
      {"feature.canmodifyextensions=true", "", "https://"},
  }));
  INFO(row.uri);
  const auto load = load_of("https://portal.azure.com/?" + std::string(row.flag) +
                                "#?testExtensions={\"N\":\"" + std::string(row.uri) + "\"}",
                            "N");
  CHECK_FALSE(load.enabled);
  CHECK_FALSE(load.sideloaded);
  CHECK(load.uri.empty());
  REQUIRE(has_reason(load, "SIDELOAD_REFUSED"));
  CHECK_THAT(load.reasons[0].text, ContainsSubstring(row.why));
}

TEST_CASE("a shell without TLS may sideload without TLS") {
  CHECK(load_of("http://localhost:14430/?feature.canmodifyextensions=true#?testExtensions={\"N\":\"http://"
                "localhost:1/\"}",
                "N")
            .sideloaded);
}

TEST_CASE("sideloading a registered name replaces its URI and enables it") {
  auto known = registrations();
  known[1].disabled = true;
  const std::string url =
      "https://portal.azure.com/?feature.canmodifyextensions=true{more}#?testExtensions="
      "{\"microsoft_azure_myextension\":\"https://localhost:1339/myextension\"}";
  const auto with = [&url](const std::string& more) {
    std::string text = url;
    return text.replace(text.find("{more}"), 6, more);
  };
  const auto load = load_of(with(""), kMine, known);
  CHECK(load.enabled);
  CHECK(load.sideloaded);
  CHECK(load.uri == "https://localhost:1339/myextension");
  CHECK(resolve_portal(parse_portal_url(with("")), known, default_portal_environment(Cloud::public_cloud))
            .size() == 2);
  CHECK_FALSE(load_of(with("&Microsoft_Azure_MyExtension=false"), kMine, known).enabled);
}

TEST_CASE("a refused sideload leaves the registered extension as it was") {
  const auto load = load_of(
      "https://portal.azure.com/#?testExtensions={\"Microsoft_Azure_MyExtension\":\"https://localhost:1339/"
      "\"}",
      kMine);
  CHECK(load.enabled);
  CHECK(load.uri == "//myextension.hosting.portal.azure.net/myextension");
  CHECK(has_reason(load, "SIDELOAD_REFUSED"));
}

TEST_CASE("extension flags are passed on in lower case, each to its own extension") {
  auto known = registrations();
  Registration longer;
  longer.name = "Microsoft_Azure_MyExtension_Extra";
  longer.hosting_service_name = "extra";
  known.push_back(longer);
  const std::string url =
      "https://portal.azure.com/"
      "?Microsoft_Azure_MyExtension_DisableX=True&microsoft_azure_myextension_extra=true&"
      "microsoft_azure_myextension_extra_flag=1&Microsoft_Azure_MyExtension_authstamp=dev&other_flag=1&"
      "Microsoft_Azure_MyExtension_=1";
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  CHECK(load_of(url, kMine, known).forwarded == Parameters{{"microsoft_azure_myextension_disablex", "True"}});
  CHECK(load_of(url, "Microsoft_Azure_MyExtension_Extra", known).forwarded ==
        Parameters{{"microsoft_azure_myextension_extra_flag", "1"}});
}

TEST_CASE("another cacheability can be tested in both spellings, with the flag") {
  struct Row {
    const char* query;
    const char* cacheability;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"feature.canmodifyextensions=true&Microsoft_Azure_MyExtension-cacheability=none", "none",
       "CACHEABILITY_OVERRIDE"},
      {"feature.canmodifyextensions=true&Microsoft_Azure_MyExtension=cacheability-server", "server",
       "CACHEABILITY_OVERRIDE"},
      {"Microsoft_Azure_MyExtension-cacheability=none", "manifest", "OVERRIDE_IGNORED_NO_FLAG"},
  }));
  const auto load = load_of("https://portal.azure.com/?" + std::string(row.query), kMine);
  CHECK(load.cacheability == row.cacheability);
  CHECK(has_reason(load, row.code));
  CHECK(load.stamp.empty());
}

TEST_CASE("an old text's second argument inside testExtensions is named in the hint") {
  const PortalUrl url = parse_portal_url(R"(/#?testExtensions={"N":"https://localhost:44300/",true})");
  REQUIRE_FALSE(url.problems.empty());
  CHECK_THAT(url.problems[0].hint, ContainsSubstring("leave out ,true"));
}

TEST_CASE("an Az extension is sideloaded like any other, and that is said") {
  const auto load = load_of(
      R"(https://portal.azure.com/?feature.canmodifyextensions=true#blade/A/B&testExtensions={"N":{"uri":"https://localhost:1/","azExtension":true}})",
      "N");
  CHECK(load.sideloaded);
  CHECK(has_reason(load, "AZ_EXTENSION"));
}

TEST_CASE("client optimizations are passed on, an extension's own word first") {
  struct Row {
    const char* query;
    const char* mine;
    const char* lab;
  };
  const auto row = GENERATE(values<Row>({
      {"", "", ""},
      {"clientOptimizations=false", "false", "false"},
      {"clientoptimizations=Bundle&Microsoft_Azure_MyExtension_clientOptimizations=minify", "minify",
       "bundle"},
      {"microsoft_azure_myextension_clientoptimizations=false", "false", ""},
      {"clientOptimizations=always", "", ""},
      {"Microsoft_Azure_MyExtension_clientOptimizations=always", "", ""},
  }));
  INFO(row.query);
  const std::string url = "https://portal.azure.com/?" + std::string(row.query);
  const auto mine = load_of(url, kMine);
  CHECK(mine.client_optimizations == row.mine);
  CHECK(load_of(url, kLab).client_optimizations == row.lab);
  CHECK(mine.forwarded.empty());
  const std::string passed_on = extension_url(mine, "en", "portal.azure.com");
  const std::string parameter =
      mine.client_optimizations.empty() ? "" : "&clientOptimizations=" + mine.client_optimizations;
  CHECK(passed_on ==
        "https://myextension.hosting.portal.azure.net/myextension?l=en&trustedAuthority=portal.azure.com" +
            parameter);
}

TEST_CASE("what is read but not emulated is said of the extension that it names") {
  auto known = registrations();
  known[0].flags = {"supportsPrewarming"};
  struct Row {
    const char* query;
    const char* code;
    bool of_mine;
    bool of_lab;
  };
  const auto row = GENERATE(values<Row>({
      {"feature.prewarming=true,Microsoft_Azure_MyExtension", "PREWARMING", true, true},
      {"feature.prewarming=microsoft_azure_myextension", "PREWARMING", true, false},
      {"feature.prewarming", "PREWARMING", false, true},
      {"feature.prewarming=false", "PREWARMING", false, false},
      {"feature.webworker=true", "PREWARMING", false, true},
      {"Microsoft_Azure_MyExtension_authstamp=stage1", "AUTH_STAMP", true, false},
  }));
  INFO(row.query);
  const std::string url = "https://portal.azure.com/?" + std::string(row.query);
  CHECK(has_reason(load_of(url, kMine, known), row.code) == row.of_mine);
  CHECK(has_reason(load_of(url, kLab, known), row.code) == row.of_lab);
}

TEST_CASE("the parameter of a sideloaded extension is no misspelt override") {
  const PortalUrl url = parse_portal_url(
      R"(/?Microsoft_Azure_MyExtensionX=true#?testExtensions={"Microsoft_Azure_MyExtensionX":"https://localhost:1/"})");
  CHECK(misspelt_overrides(url, registrations()).empty());
}

TEST_CASE("a portal URL is taken apart") {
  const PortalUrl url = parse_portal_url(
      "HTTPS://User@MS.Portal.Azure.com:14430/some/path?l=de.de-de&a&b=c%20d=e&nocdn=force&"
      "Microsoft_Azure_Marketplace_ItemHideKey=K1,%20K2,&microsoft_azure_marketplace_itemhidekey=K3#home");
  CHECK(url.scheme == "https");
  CHECK(url.host == "ms.portal.azure.com");
  CHECK(url.fragment == "home");
  CHECK(url.language == "de.de-de");
  CHECK(url.parameter("A") == "");
  CHECK(url.parameter("b") == "c d=e");
  CHECK_FALSE(url.parameter("z"));
  CHECK(url.no_cdn == PortalUrl::NoCdn::portal_and_extensions);
  CHECK(url.hide_keys == Codes{"K3"});
  CHECK(parse_portal_url("/?Microsoft_azure_marketplace_ItemHideKey=K1,%20K2,").hide_keys ==
        Codes{"K1", "K2"});
  CHECK(parse_portal_url("/?nocdn=true").no_cdn == PortalUrl::NoCdn::portal);
}

TEST_CASE("any text is a portal URL of a kind") {
  struct Row {
    const char* text;
    const char* host;
    std::size_t parameters;
  };
  const auto row = GENERATE(values<Row>({{"", "", 0},
                                         {"portal.azure.com", "portal.azure.com", 0},
                                         {"portal.azure.com/?a=https://x.net/", "portal.azure.com", 1},
                                         {"?a=1&&b", "", 2},
                                         {"/?=x", "", 0},
                                         {"#?a=1", "", 0},
                                         {"//portal.azure.us/?a", "portal.azure.us", 1},
                                         {"http://[::1]:1/?a", "[::1]", 1},
                                         {"https://[::1", "", 0}}));
  INFO(row.text);
  const PortalUrl url = parse_portal_url(row.text);
  CHECK(url.host == row.host);
  CHECK(url.query.size() == row.parameters);
  CHECK(url.language == "en");
}

TEST_CASE("bad percent-encoding and odd switches are reported") {
  CHECK(parse_portal_url("/?a=%zz").problems.size() == 1);
  CHECK(parse_portal_url("/?a=%zz").parameter("a") == "%zz");
  CHECK(parse_portal_url("/?feature.canmodifystamps").problems.size() == 1);
  const PortalUrl odd = parse_portal_url("/?feature.canmodifystamps=yes");
  CHECK_FALSE(odd.can_modify_stamps);
  CHECK(odd.problems.size() == 1);
  CHECK(parse_portal_url("/?feature.canmodifystamps=False").problems.empty());
}

TEST_CASE("an override that misspells an extension is pointed out") {
  const auto problems = misspelt_overrides(
      parse_portal_url("/?feature.canmodifystamps=true&Microsoft_Azure_MyExtention=dev&l=en&env=ms&"
                       "Microsoft_Azure_MyExtension_flag=1&Microsoft_Azure_MyExtension=dev"),
      registrations());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].severity == Severity::warning);
  CHECK_THAT(problems[0].hint, ContainsSubstring("Microsoft_Azure_MyExtension?"));
}

TEST_CASE("the sideload link is in the canonical form and reads back") {
  const std::string link = sideload_url("portal.azure.com", "N", "https://localhost:14431/n/dev?a=1&b=2");
  CHECK(link.starts_with(
      "https://portal.azure.com/?feature.canmodifyextensions=true#?testExtensions=%7B%22N%22%3A%22https"));
  const PortalUrl url = parse_portal_url(link);
  CHECK(url.problems.empty());
  REQUIRE(url.test_extensions.size() == 1);
  CHECK(url.test_extensions[0].uri == "https://localhost:14431/n/dev?a=1&b=2");
}

TEST_CASE("every reason is a sentence") {
  const auto* url = GENERATE(
      "https://portal.azure.com/"
      "?feature.canmodifystamps=true&Microsoft_Azure_MyExtension=dev&Microsoft_Azure_DevTestLab=false",
      "https://portal.azure.com/?Microsoft_Azure_MyExtension=dev#?testExtensions={\"N\":\"https://x.net\"}");
  const PortalUrl parsed = parse_portal_url(url);
  for (const auto& load : resolve_portal(parsed, registrations(), environment_of(parsed))) {
    CHECK_FALSE(load.reasons.empty());
    for (const auto& reason : load.reasons) {
      CHECK(reason.text.ends_with('.'));
      CHECK_FALSE(reason.code.empty());
    }
  }
}

TEST_CASE("a URL of more than 64 KiB is not read") {
  const PortalUrl url = parse_portal_url("https://portal.azure.com/?a=" + std::string(64 * 1024, 'x'));
  CHECK(url.host.empty());
  CHECK(url.problems.size() == 1);
}
