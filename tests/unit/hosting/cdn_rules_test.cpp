#include "emulator/hosting/cdn_rules.h"

#include "emulator/hosting/bundle_paths.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

std::string asked_of_origin(const std::string& target) {
  const auto parsed = http::parse_target(target);
  REQUIRE(parsed);
  return origin_target(*parsed, "demo");
}

std::optional<base::Duration> kept(int status, const std::vector<std::string>& cache_control) {
  http::Response response;
  response.status = status;
  for (const std::string& value : cache_control) response.headers.add("Cache-Control", value);
  return time_to_keep(response);
}

bool purges(const std::string& url, const std::string& extension = {}) {
  CdnPurge purge;
  if (!url.empty()) {
    auto parsed = parse_purge(url);
    REQUIRE(parsed);
    purge = *parsed;
  }
  purge.extension = extension;
  return is_purged({"az1.vo.msecnd.net", "/Content/1.0/a b.js", "/demo/Content/1.0/a b.js", "demo"}, purge);
}

}  // namespace

TEST_CASE("a CDN's hosts are told by their form, and the first label is the namespace") {
  CHECK(cdn_namespace("demo.vo.msecnd.net") == "demo");
  CHECK(cdn_namespace("az123456.azureedge.net") == "az123456");
  CHECK(cdn_namespace("demo.eu.azureedge.net") == "demo");
  for (const char* host : {"", "vo.msecnd.net", ".vo.msecnd.net", "msecnd.net", "demo.msecnd.net",
                           "demo.hosting.portal.azure.net", "demo.vo.msecnd.net.evil.example", "localhost"}) {
    CAPTURE(host);
    CHECK_FALSE(cdn_namespace(host));
  }
}

TEST_CASE("a namespace has the content of the extension that it is mapped to, else of its own name") {
  const CdnSettings settings{true, true, {{"az1", "demo"}, {"az2", "other"}, {"az3", "demo"}}};
  CHECK(extension_of_namespace(settings, "az1") == "demo");
  CHECK(extension_of_namespace(settings, "third") == "third");
  CHECK(cdn_host_for(settings, "demo") == "az1.vo.msecnd.net");
  CHECK(cdn_host_for(settings, "third") == "third.vo.msecnd.net");
}

TEST_CASE(
    "a miss asks the origin for the same path behind /CDN/, with the extension where the URL has none") {
  CHECK(asked_of_origin("/Content/1.0/a.js") == "/CDN/demo/Content/1.0/a.js");
  CHECK(asked_of_origin("/content/a%20b.js?x=1&y=%2F") == "/CDN/demo/content/a%20b.js?x=1&y=%2F");
  CHECK(asked_of_origin("/CDN/Content/a.js") == "/CDN/demo/Content/a.js");
  CHECK(asked_of_origin("/other/Content/a.js") == "/CDN/other/Content/a.js");
  CHECK(asked_of_origin("/cdn/other/Content/a.js") == "/CDN/other/Content/a.js");
  CHECK(asked_of_origin("//Content//1.0/a.js") == "/CDN/demo/Content//1.0/a.js");
  CHECK(asked_of_origin("/_emu/x") == "/CDN/_emu/x");
  CHECK(asked_of_origin("/") == "/CDN/");
}

TEST_CASE("an answer is kept for as long as Cache-Control allows a shared cache to") {
  using std::chrono::seconds;
  CHECK(kept(200, {"public, max-age=60, immutable"}) == seconds(60));
  CHECK(kept(200, {"max-age=60, s-maxage=5"}) == seconds(5));
  CHECK(kept(200, {"MAX-AGE = \"60\""}) == seconds(60));
  CHECK(kept(200, {"public", "max-age=60"}) == seconds(60));
  CHECK(kept(200, {"max-age=99999999999999999999"}) == seconds(10LL * 366 * 24 * 3600));
  CHECK_FALSE(kept(200, {}));
  for (const std::string refusal : {"no-cache", "no-store", "private", "max-age=0", "max-age=x", "max-age=-1",
                                    "max-age=60, no-cache", "No-Store, max-age=60", "private, s-maxage=60"}) {
    CAPTURE(refusal);
    CHECK_FALSE(kept(200, {refusal}));
  }
  CHECK_FALSE(kept(200, {"max-age=60", "no-store"}));
  for (const int status : {206, 304, 404, 503}) CHECK_FALSE(kept(status, {"max-age=60"}));
}

TEST_CASE("a purge takes everything, an extension's, a path with all its queries, or all below a path") {
  CHECK(purges(""));
  CHECK(purges("", "demo"));
  CHECK_FALSE(purges("", "other"));
  CHECK(purges("/Content/1.0/a%20b.js"));
  CHECK(purges("/content/1.0/A%20B.js?x=1"));
  CHECK(purges("/demo/Content/1.0/a%20b.js"));
  CHECK(purges("/Content/1.0/*"));
  CHECK(purges("/*", "demo"));
  CHECK_FALSE(purges("/Content/1.0/*", "other"));
  CHECK_FALSE(purges("/Content/1.0/"));
  CHECK_FALSE(purges("/Content/2.0/*"));
  CHECK(purges("https://az1.vo.msecnd.net/Content/1.0/*"));
  CHECK(purges("https://AZ1.vo.msecnd.net.localhost:14431/Content/1.0/a%20b.js"));
  CHECK_FALSE(purges("https://az2.vo.msecnd.net/Content/1.0/*"));
  for (const std::string text : {"", "Content/a.js", "https://localhost:14431/Content/a.js",
                                 "ftp://az1.vo.msecnd.net/", "/%zz", "/../a"}) {
    CAPTURE(text);
    const auto refused = parse_purge(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == model::codes::kBadRequestBody);
  }
}

TEST_CASE("bundles are looked for at the edge and then at the origin, unless the edge is to be passed by") {
  http::Request request;
  request.host = "demo.hosting.portal.azure.net.localhost";
  request.port = 14431;
  request.secure = true;
  const auto origins = [&](const std::string& query, bool on) {
    request.target = *http::parse_target("/demo?environmentjson=true" + query);
    return bundle_origins(request, CdnSettings{on, true, {}}, "demo");
  };
  const std::string origin = "//demo.hosting.portal.azure.net.localhost:14431";
  const std::vector<std::string> without{origin, "https:" + origin};
  const std::vector<std::string> with{"//demo.vo.msecnd.net.localhost:14431", "https:" + origin};
  CHECK(origins("", false) == without);
  CHECK(origins("", true) == with);
  CHECK(origins("&nocdn=true", true) == with);  // means the portal's own files
  CHECK(origins("&nocdn=FORCE", true) == without);
}
