#include <atomic>
#include <thread>

#include "emulator/base/steered_scheduler.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

const std::string kPortal = "trustedAuthority=portal.azure.com";

}  // namespace

TEST_CASE("a stage's URL answers the page with the merged settings ahead of its scripts") {
  HostingFixture fixture;
  fixture.sync();
  const auto response = fixture.get("/demo/stage1?l=en&" + kPortal);
  REQUIRE(response.status == 200);
  CHECK(response.headers.value("x-ms-version") == "1.0.0.5");
  CHECK(response.headers.value("Content-Type") == "text/html; charset=utf-8");
  const std::string page = body_of(response);
  CHECK_THAT(page, ContainsSubstring("\"endpoint\":\"https://prod.example\""));
  CHECK_THAT(page, ContainsSubstring("\"title\":\"Demo\""));
  CHECK_THAT(page, ContainsSubstring("\"version\":\"1.0.0.5\""));
  CHECK(page.find("window.fx.environment") < page.find("Content/Scripts/app.js"));
}

TEST_CASE("a page has none of the headers of old, and no validators") {
  HostingFixture fixture(options_for(Fidelity::prod));
  fixture.sync();
  const auto response = fixture.get("/demo/stage1?" + kPortal, headers_of({{"Accept-Encoding", "gzip, br"}}));
  REQUIRE(response.status == 200);
  for (const char* name : {"Content-Encoding", "X-XSS-Protection", "X-UA-Compatible", "Set-Cookie",
                           "Strict-Transport-Security", "ETag", "Last-Modified"}) {
    CAPTURE(name);
    CHECK_FALSE(response.headers.get(name));
  }
}

TEST_CASE("the bare extension answers by region") {
  HostingFixture fixture;
  fixture.sync();
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"centraluseuap", "1.0.0.5"}, {"westcentralus", "1.0.0.4"}, {"southcentralus", "1.0.0.3"},
      {"westus", "1.0.0.2"},        {"southeastasia", "1.0.0.1"}, {"centralus", "1.0.0.1"},
      {"West%20US", "1.0.0.2"},
  };
  for (const auto& [region, version] : expected) {
    CHECK(fixture.version_at("/demo?region=" + region + "&" + kPortal) == version);
    const auto named = fixture.get(
        "/demo?" + kPortal, headers_of({{"x-exthost-region", region == "West%20US" ? "West US" : region}}));
    CHECK(named.headers.value("x-ms-version") == version);
  }
  CHECK(fixture.version_at("/demo?" + kPortal) == "1.0.0.2");  // the default region is westus
}

TEST_CASE("a region that is no region's name is refused, an unknown one is answered by the last stage") {
  HostingFixture fixture;
  fixture.sync();
  CHECK(fixture.get("/demo?region=%3Cb%3E&" + kPortal).status == 400);
  CHECK(fixture.get("/demo?region=" + std::string(65, 'a') + "&" + kPortal).status == 400);
  CHECK(fixture.version_at("/demo?region=atlantis&" + kPortal) == "1.0.0.1");
}

TEST_CASE("friendly names, build numbers and plain versions are stamps") {
  HostingFixture fixture;
  fixture.sync();
  CHECK(fixture.version_at("/demo/friendlyName?" + kPortal) == "1.0.0.5");
  CHECK(fixture.version_at("/demo/friendlyname?" + kPortal) == "1.0.0.5");
  CHECK(fixture.version_at("/demo/1d0d0d3?" + kPortal) == "1.0.0.3");
  CHECK(fixture.version_at("/demo/1.0.0.3?" + kPortal) == "1.0.0.3");
  CHECK(fixture.version_at("/DEMO/STAGE2/?" + kPortal) == "1.0.0.4");
  CHECK(fixture.version_at("//demo//stage2?" + kPortal) == "1.0.0.4");
}

TEST_CASE(
    "an unknown stamp gets 404 with the stamps that exist, an unknown extension those that are hosted") {
  HostingFixture fixture;
  fixture.sync();
  const auto stamp = fixture.get("/demo/nightly?" + kPortal);
  CHECK(stamp.status == 404);
  CHECK_THAT(body_of(stamp), ContainsSubstring("EHE1301") && ContainsSubstring("stage1") &&
                                 ContainsSubstring("friendlyName"));
  const auto extension = fixture.get("/other?" + kPortal);
  CHECK(extension.status == 404);
  CHECK_THAT(body_of(extension), ContainsSubstring("EHE1302") && ContainsSubstring("demo"));
}

TEST_CASE("an extension that never synced gets 503 and says why") {
  HostingFixture fixture;
  fixture.source->set_reachable(false);
  fixture.sync();
  const auto response = fixture.get("/demo?" + kPortal);
  CHECK(response.status == 503);
  CHECK(response.headers.get("Retry-After"));
  CHECK_THAT(body_of(response), ContainsSubstring("EHE1303") && ContainsSubstring("connection refused"));
  CHECK(fixture.get("/demo/Content/Scripts/app.js").status == 503);
}

TEST_CASE("the environment follows the trusted authority") {
  HostingFixture fixture;
  fixture.sync();
  for (const std::string authority :
       {"portal.azure.com", "portal.azure.com%3A", "https%3A%2F%2Fportal.azure.com", "ms.portal.azure.com",
        "localhost:14430", "https://localhost:14430", "portal.azure.com.localhost:14430"}) {
    const auto response = fixture.get("/demo/stage1?trustedAuthority=" + authority);
    CHECK(response.status == 200);
    CHECK(response.headers.value("x-exthost-config") == "Content/Config/portal.azure.com.json");
  }
  const auto china = fixture.get("/demo/stage1?trustedAuthority=portal.azure.cn");
  CHECK(china.status == 400);
  CHECK(china.headers.value("x-ms-version") == "1.0.0.5");
  CHECK_THAT(body_of(china), ContainsSubstring("EHE1201") && ContainsSubstring("portal.azure.com"));
}

TEST_CASE("a missing authority means the portal in force, and a header says so") {
  HostingFixture fixture;
  fixture.sync();
  const auto response = fixture.get("/demo/stage1");
  CHECK(response.status == 200);
  CHECK_THAT(std::string(response.headers.value("x-exthost-warning")), ContainsSubstring("EHE1306"));
  CHECK_FALSE(fixture.get("/demo/stage1?" + kPortal).headers.get("x-exthost-warning"));
}

TEST_CASE("an object of default.json that is replaced as a whole is warned about in a header, outside prod") {
  for (const Fidelity fidelity : {Fidelity::dev, Fidelity::prod}) {
    HostingFixture fixture(options_for(fidelity));
    fixture.source->put("2.0.zip",
                        zip_of({{"Content/Config/default.json", R"({"links": {"help": "/a", "news": "/b"}})"},
                                {"Content/Config/portal.azure.com.json", R"({"links": {"help": "/c"}})"}}));
    fixture.source->put("config.json", config_with_all_stages("2.0"));
    fixture.sync();
    const auto response = fixture.get("/demo/stage1?" + kPortal);
    REQUIRE(response.status == 200);
    const std::string warning(response.headers.value("x-exthost-warning"));
    if (fidelity == Fidelity::prod) {
      CHECK(warning.empty());
    } else {
      CHECK_THAT(warning, ContainsSubstring("links") && ContainsSubstring("EHE1204"));
    }
  }
}

TEST_CASE("environmentjson answers the merged settings for any page URL") {
  HostingFixture fixture;
  fixture.sync();
  for (const std::string url :
       {"/demo?region=centraluseuap&", "/demo/stage1?", "/demo/?region=centraluseuap&"}) {
    const auto response = fixture.get(url + "environmentjson=true&" + kPortal);
    REQUIRE(response.status == 200);
    CHECK(response.headers.value("Content-Type") == "application/json; charset=utf-8");
    CHECK(response.headers.value("Access-Control-Allow-Origin") == "*");
    const std::string body = body_of(response);
    CHECK_THAT(body, ContainsSubstring("\"pageVersion\":\"1.0.0.5\"") &&
                         ContainsSubstring("\"extensionName\":\"Contoso_Demo\"") &&
                         ContainsSubstring("\"endpoint\":\"https://prod.example\""));
  }
}

TEST_CASE("a page may be framed by the portal that asks, and by nobody else") {
  HostingFixture fixture;
  fixture.sync();
  fixture.service->allow_frames_from({"https://localhost:14430"});
  const auto policy = [&](const std::string& authority) {
    return std::string(
        fixture.get("/demo/stage1?trustedAuthority=" + authority).headers.value("Content-Security-Policy"));
  };
  CHECK(policy("ms.portal.azure.com") ==
        "frame-ancestors 'self' https://localhost:14430 https://ms.portal.azure.com");
  CHECK(policy("https://evil.example") == "frame-ancestors 'self' https://localhost:14430");
}

TEST_CASE("pages are never stored in dev, and elsewhere only under their own version") {
  HostingFixture dev;
  dev.sync();
  CHECK(dev.get("/demo/stage1?pageVersion=1.0.0.5&" + kPortal).headers.value("Cache-Control") ==
        "no-cache, no-store, must-revalidate");

  HostingFixture ci(options_for(Fidelity::ci));
  ci.sync();
  const auto caching = [&](const std::string& query) {
    return std::string(ci.get("/demo/stage1?" + query + "&" + kPortal).headers.value("Cache-Control"));
  };
  CHECK(caching("pageVersion=1.0.0.5") == "public, max-age=31536000, immutable");
  CHECK(caching("pageVersion=1.0.0.4") == "no-cache, no-store, must-revalidate");
  CHECK(caching("l=en") == "no-cache, no-store, must-revalidate");
  CHECK(caching("pageVersion=1.0.0.5&sessionId=1") == "no-cache, no-store, must-revalidate");
}

TEST_CASE("headers that explain appear in dev and ci only") {
  for (const Fidelity fidelity : {Fidelity::dev, Fidelity::ci, Fidelity::prod}) {
    HostingFixture fixture(options_for(fidelity));
    fixture.sync();
    const auto response = fixture.get("/demo?region=westcentralus&" + kPortal);
    const bool explains = fidelity != Fidelity::prod;
    CHECK(response.headers.value("x-exthost-stage") == (explains ? "stage2" : ""));
    CHECK(response.headers.value("x-exthost-region") == (explains ? "westcentralus" : ""));
    CHECK(response.headers.get("x-exthost-reason").has_value() == explains);
    CHECK(response.headers.get("x-exthost-config").has_value() == explains);
    const bool reloads = body_of(response).find("live-reload.js") != std::string::npos;
    CHECK(reloads == (fidelity == Fidelity::dev));
  }
}

TEST_CASE("the page's own relative URLs lead to the files of its own version") {
  HostingFixture fixture;
  fixture.sync();
  const std::string page = body_of(fixture.get("/demo?region=southeastasia&" + kPortal));
  CHECK_THAT(page, ContainsSubstring("<base href=\"/demo/Content/1.0.0.1/\">"));
  const auto script = fixture.get("/demo/Content/1.0.0.1/Content/Scripts/app.js");
  REQUIRE(script.status == 200);
  CHECK_THAT(body_of(script), ContainsSubstring("// 1.0.0.1"));
}

TEST_CASE("versioned content is immutable, unversioned content is the region's and must be asked for again") {
  HostingFixture fixture;
  fixture.sync();
  const auto versioned = fixture.get("/demo/Content/1.0.0.4/Scripts/app.js");
  CHECK(versioned.headers.value("Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(versioned.headers.value("x-ms-version") == "1.0.0.4");
  const auto unversioned = fixture.get("/demo/Content/Scripts/app.js?region=westcentralus");
  CHECK(unversioned.headers.value("Cache-Control") == "no-cache");
  CHECK(body_of(unversioned) == body_of(versioned));
  CHECK(unversioned.headers.get("ETag"));
  CHECK(fixture.get("/demo/stage5/Content/Scripts/app.js").headers.value("x-ms-version") == "1.0.0.1");
}

TEST_CASE("content is found in any letter case, with doubled slashes and through the CDN's alias") {
  HostingFixture fixture;
  fixture.sync();
  for (const std::string url :
       {"/demo/content/1.0.0.4/scripts/APP.js", "/demo/Content/1.0.0.4//Scripts///app.js",
        "/CDN/demo/Content/1.0.0.4/Scripts/app.js", "/demo/cdn/Content/1.0.0.4/Scripts/app.js",
        "/Demo/CONTENT/1.0.0.4/Scripts/app.js", "/demo/Content/1.0.0.4/Scripts%2Ejs/../app.js"}) {
    CAPTURE(url);
    const int expected = url.find("..") == std::string::npos ? 200 : 404;
    CHECK(fixture.get(url).status == expected);
  }
}

TEST_CASE("a bundle is found by its hash in whichever version has it") {
  HostingFixture fixture;
  fixture.sync();
  const auto bundle = fixture.get("/demo/Content/Dynamic/1.0.0.3hash.js?root=*_generated/Blades/X");
  REQUIRE(bundle.status == 200);
  CHECK(body_of(bundle) == "define('1.0.0.3')");
  CHECK(bundle.headers.value("x-ms-version") == "1.0.0.3");
  CHECK(bundle.headers.value("Cache-Control") == "public, max-age=31536000, immutable");
}

TEST_CASE("what is not there is told with what is") {
  HostingFixture fixture;
  fixture.sync();
  const auto missing = [&](const std::string& path, const std::string& version) {
    const auto response = fixture.get("/demo/Content/" + path + "?region=westcentralus");
    REQUIRE(response.status == 404);
    CHECK(response.headers.value("x-ms-version") == version);
    return body_of(response);
  };
  CHECK_THAT(missing("none.js", "1.0.0.4"), ContainsSubstring("version 1.0.0.4 has no file none.js\""));
  CHECK_THAT(missing("1.0.0.2/app.js", "1.0.0.2"),
             ContainsSubstring("version 1.0.0.2 has no file app.js, but it has Content/Scripts/app.js"));
  CHECK_THAT(missing("2.0/app.js", "1.0.0.4"),
             ContainsSubstring("version 2.0 is not held; there is 1.0.0") && ContainsSubstring("1.0.0.5"));
  CHECK_THAT(missing("Dynamic/none.js", "1.0.0.4"),
             ContainsSubstring("no version that is held has the bundle"));
  CHECK(missing("default.json", "1.0.0.4").find("Config") == std::string::npos);
}

TEST_CASE("cacheability Server gets 304 for a page that is the same, outside dev and without a session") {
  HostingFixture ci(options_for(Fidelity::ci));
  ci.sync();
  const std::string url = "/demo/stage1?cacheability=2&" + kPortal;
  const auto page = ci.get(url);
  CHECK(page.headers.value("Cache-Control") == "no-cache");
  const std::string etag(page.headers.value("ETag"));
  const auto again = ci.get(url, headers_of({{"If-None-Match", etag}}));
  CHECK(again.status == 304);
  CHECK(body_of(again).empty());
  CHECK(again.headers.value("x-ms-version") == "1.0.0.5");
  CHECK(ci.get("/demo/stage2?cacheability=2&" + kPortal, headers_of({{"If-None-Match", etag}})).status ==
        200);
  CHECK_FALSE(ci.get(url + "&sessionId=1").headers.get("ETag"));
  CHECK_FALSE(ci.get(url + "&pageVersion=1.0.0.9").headers.get("ETag"));
  HostingFixture dev;
  dev.sync();
  CHECK_FALSE(dev.get(url).headers.get("ETag"));
}

TEST_CASE("settings can't be downloaded") {
  HostingFixture fixture;
  fixture.sync();
  for (const std::string url :
       {"/demo/Content/Config/default.json", "/demo/Content/1.0.0.5/Config/default.json",
        "/demo/Content/1.0.0.5/Content/Config/default.json",
        "/demo/content/1.0.0.5/content//CONFIG/Default.JSON"}) {
    CAPTURE(url);
    const auto response = fixture.get(url);
    CHECK(response.status == 404);
    CHECK_THAT(body_of(response), ContainsSubstring("EHE1304"));
  }
}

TEST_CASE("content may be read from any origin, and so may diagnostics; nothing else is said to") {
  HostingFixture fixture;
  fixture.sync();
  for (const std::string url : {"/demo/Content/Scripts/app.js", "/demo/Content/none", "/api/diagnostics"}) {
    const auto response =
        fixture.get(url, headers_of({{"Origin", "https://sandbox-1.reactblade.portal.azure.net"}}));
    CHECK(response.headers.value("Access-Control-Allow-Origin") == "*");
    CHECK(response.headers.value("Timing-Allow-Origin") == "*");
    CHECK(response.headers.value("X-Content-Type-Options") == "nosniff");
  }
  CHECK_FALSE(fixture.get("/demo/stage1?" + kPortal).headers.get("Access-Control-Allow-Origin"));
  CHECK(fixture.get("/demo/Content/Scripts/app.js", {}, "OPTIONS").status == 204);
}

TEST_CASE("only reading methods are answered") {
  HostingFixture fixture;
  fixture.sync();
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "TRACE"}) {
    const auto response = fixture.get("/demo/stage1?" + kPortal, {}, method);
    CHECK(response.status == 405);
    CHECK(response.headers.value("Allow") == "GET, HEAD, OPTIONS");
  }
  CHECK(fixture.get("/demo/stage1?" + kPortal, {}, "HEAD").status == 200);
}

TEST_CASE("paths that are nothing of ours get 404, and a browser gets it as a page") {
  HostingFixture fixture;
  fixture.sync();
  for (const std::string url :
       {"/", "/api", "/api/other", "/demo/stage1/other", "/_emu/x", "/_emu/v1/events"}) {
    CAPTURE(url);
    CHECK(fixture.get(url).status == 404);
  }
  const auto page = fixture.get("/demo/%3Cscript%3E?" + kPortal, headers_of({{"Accept", "text/html,*/*"}}));
  CHECK(page.status == 404);
  CHECK(page.headers.value("Content-Type") == "text/html; charset=utf-8");
  CHECK(body_of(page).find("<script>") == std::string::npos);
}

TEST_CASE("a hosting host of another environment changes the portal that localhost stands for") {
  HostingFixture fixture;
  auto files = extension_files("2.0");
  files.push_back({"Content/Config/ms.portal.azure.com.json", R"({"endpoint": "https://mpac.example"})"});
  fixture.source->put("2.0.zip", zip_of(files));
  fixture.source->put("config.json", config_with_all_stages("2.0"));
  fixture.sync();
  http::Request request;
  request.method = "GET";
  request.target = *http::parse_target("/demo?trustedAuthority=localhost:14430");
  request.production_host = "ms.hosting.portal.azure.net";
  CHECK(fixture.service->handle(request).headers.value("x-exthost-config") ==
        "Content/Config/ms.portal.azure.com.json");
}

TEST_CASE("a package whose content lies in a folder named after the version is served just so") {
  HostingFixture fixture;
  fixture.source->put("3.0.zip", zip_of({{"3.0/Content/Config/default.json", "{}"},
                                         {"3.0/Content/Config/portal.azure.com.json", "{}"},
                                         {"3.0/Content/a.txt", "inside"}}));
  fixture.source->put("config.json", config_with_all_stages("3.0"));
  REQUIRE(fixture.sync().succeeded);
  CHECK(body_of(fixture.get("/demo/Content/3.0/a.txt")) == "inside");
  CHECK(fixture.get("/demo/Content/3.0/Config/default.json").status == 404);
  CHECK_THAT(body_of(fixture.get("/demo?" + kPortal)), ContainsSubstring("brings no page of its own"));
}

TEST_CASE("explain says what a request would get") {
  HostingFixture fixture;
  fixture.sync();
  const auto found = fixture.service->explain("demo", "westcentralus", "", "ms.portal.azure.com");
  REQUIRE(found);
  CHECK(found->resolution.version == "1.0.0.4");
  CHECK(found->environment->file == "Content/Config/portal.azure.com.json");
  CHECK(found->environment->fallback);
  CHECK(found->stamps.size() == 6);
  const auto refused = fixture.service->explain("DEMO", "", "stage1", "portal.azure.cn");
  REQUIRE(refused);
  CHECK(refused->resolution.version == "1.0.0.5");
  CHECK(refused->environment_failure);
  CHECK_FALSE(fixture.service->explain("other", "", "", ""));
}

TEST_CASE("every answer during activations is of exactly one version") {
  HostingFixture fixture;
  base::SteeredScheduler scheduler({});
  base::Journal journal(scheduler);
  HostingService service(fixture.options, {{"Contoso_Demo", "demo", "", fixture.source}}, scheduler, journal,
                         silent_log());
  REQUIRE(service.sync_now("demo")->succeeded);
  service.start();

  std::atomic<bool> done{false};
  std::atomic<int> mixed{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      http::Request request;
      request.method = "GET";
      request.target = *http::parse_target("/demo/stage5?trustedAuthority=portal.azure.com");
      while (!done) {
        const http::Response page = service.handle(request);
        const std::string version(page.headers.value("x-ms-version"));
        const std::string body = *http::body_text(page.body);
        const bool whole = page.status == 200 &&
                           body.find("<body>" + version + "</body>") != std::string::npos &&
                           body.find("/demo/Content/" + version + "/") != std::string::npos;
        if (!whole) ++mixed;
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    const std::string version = "2.0." + std::to_string(i);
    auto zip = *package::write_zip(extension_files(version));
    CHECK(service.adopt("demo", version, *package::Package::open(zip, *zip)));
    fixture.source->put("config.json", config_with_all_stages(version));
    service.nudge("demo");
    CHECK(service.sync_now("demo")->succeeded);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(mixed == 0);
  service.stop();
}

TEST_CASE("only what takes long to make is kept off the I/O threads") {
  HostingOptions options;
  options.limits.inline_inflate_bytes = 100;
  HostingFixture fixture(options);
  fixture.sync();
  const auto is_made_later = [&](const std::string& url, const http::Headers& headers) {
    const http::Response response = fixture.get(url, headers);
    return std::holds_alternative<std::shared_ptr<http::BodySource>>(response.body);
  };
  const std::string script = "/demo/Content/1.0.0.5/Scripts/app.js";
  CHECK(is_made_later(script, {}));
  CHECK(is_made_later(script, headers_of({{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-"}})));
  CHECK_FALSE(is_made_later(script, headers_of({{"Accept-Encoding", "gzip"}})));
  CHECK_FALSE(is_made_later("/demo/Content/1.0.0.5/Images/logo.png", {}));
  const std::string whole = body_of(fixture.get(script));
  CHECK(whole.size() > 2000);
  CHECK(body_of(fixture.get(script, headers_of({{"Range", "bytes=3-1502"}}))) == whole.substr(3, 1500));
}
