#include "emulator/hosting/cdn_edge.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "emulator/model/codes.h"
#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

/// An origin that remembers what it was asked and answers what it is told to.
class FakeOrigin final : public http::Service {
 public:
  bool may_block(const http::Request&) const override { return false; }
  http::Response handle(const http::Request& request) override {
    std::function<void()> wait;
    http::Response response;
    {
      std::lock_guard lock(mutex);
      asked.push_back(request);
      wait = meanwhile;
      response = answer;
    }
    if (wait) wait();
    return response;
  }
  std::size_t count() {
    std::lock_guard lock(mutex);
    return asked.size();
  }

  std::mutex mutex;
  std::vector<http::Request> asked;
  http::Response answer;
  std::function<void()> meanwhile;  ///< Runs while it is being asked.
};

class EdgeFixture {
 public:
  explicit EdgeFixture(CdnSettings settings = {true, true, {}}, CdnLimits limits = {})
      : edge(std::move(settings), origin, clock, journal, limits) {
    origin.answer = answer("0123456789", "public, max-age=60");
  }

  static http::Response answer(const std::string& body, const std::string& cache_control) {
    http::Response response;
    response.headers.add("Content-Type", "text/javascript; charset=utf-8");
    response.headers.add("Cache-Control", cache_control);
    response.headers.add("ETag", "\"tag\"");
    response.body = body;
    return response;
  }

  static http::Request request(const std::string& target, const http::Headers& headers = {},
                               const std::string& method = "GET",
                               const std::string& host = "demo.vo.msecnd.net") {
    http::Request request;
    request.method = method;
    request.target = *http::parse_target(target);
    request.headers = headers;
    request.secure = true;
    request.production_host = host;
    request.host = host + ".localhost";
    request.port = 14431;
    return request;
  }
  http::Response get(const std::string& target, const http::Headers& headers = {},
                     const std::string& method = "GET") {
    return edge.handle(request(target, headers, method));
  }
  std::string cache(const std::string& target) { return std::string(get(target).headers.value("X-Cache")); }
  std::vector<std::string> events() const {
    std::vector<std::string> types;
    for (const base::Event& event : journal.since(0)) types.push_back(event.type);
    return types;
  }

  FakeOrigin origin;
  base::VirtualScheduler clock{base::WallTime(std::chrono::hours(24 * 365 * 56))};
  base::Journal journal{clock};
  CdnEdge edge;
};

const std::string kFile = "/Content/1.0/a.js";

}  // namespace

TEST_CASE("a miss asks the origin, a hit does not, and each says so") {
  EdgeFixture fixture;
  const auto miss = fixture.get(kFile);
  CHECK(miss.status == 200);
  CHECK(miss.headers.value("X-Cache") == "TCP_MISS");
  CHECK_FALSE(miss.headers.get("Age"));
  CHECK(body_of(miss) == "0123456789");
  fixture.clock.advance(std::chrono::milliseconds(7500));
  const auto hit = fixture.get(kFile);
  CHECK(hit.headers.value("X-Cache") == "TCP_HIT");
  CHECK(hit.headers.value("Age") == "7");
  CHECK(hit.headers.value("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(hit.headers.value("Cache-Control") == "public, max-age=60");
  CHECK(body_of(hit) == "0123456789");
  CHECK(fixture.origin.count() == 1);
  const auto status = fixture.edge.status();
  CHECK(status.hits == 1);
  CHECK(status.misses == 1);
  CHECK(status.entries == 1);
}

TEST_CASE("what is kept is asked for again when its time on the emulator's clock is over") {
  EdgeFixture fixture;
  fixture.get(kFile);
  fixture.clock.advance(std::chrono::milliseconds(59'999));
  CHECK(fixture.cache(kFile) == "TCP_HIT");
  fixture.origin.answer = EdgeFixture::answer("new", "max-age=60");
  fixture.clock.advance(std::chrono::milliseconds(1));
  CHECK_FALSE(fixture.edge.may_block(EdgeFixture::request(kFile, {}, "GET", "")));
  CHECK(fixture.edge.may_block(EdgeFixture::request(kFile)));
  const auto again = fixture.get(kFile);
  CHECK(again.headers.value("X-Cache") == "TCP_MISS");
  CHECK(body_of(again) == "new");
  CHECK_FALSE(fixture.edge.may_block(EdgeFixture::request(kFile)));
}

TEST_CASE("the origin is asked by HTTP/1.0 behind /CDN/, with nothing of the client's but the URL") {
  EdgeFixture fixture;
  fixture.get(kFile + "?v=1", headers_of({{"Accept-Encoding", "gzip, br"},
                                          {"If-None-Match", "\"x\""},
                                          {"Range", "bytes=0-1"},
                                          {"x-exthost-region", "westus"},
                                          {"Cookie", "a=b"}}));
  const http::Request& asked = fixture.origin.asked.front();
  CHECK(asked.method == "GET");
  CHECK(asked.target.raw == "/CDN/demo/Content/1.0/a.js?v=1");
  CHECK(asked.http_minor == 0);
  CHECK(asked.headers.all().empty());
  CHECK(asked.production_host.empty());
}

TEST_CASE("an edge that speaks HTTP/1.1 to its origin takes what the client takes, and keeps each apart") {
  EdgeFixture fixture({true, false, {}});
  const auto ask = [&](const std::string& encodings) {
    return std::string(
        fixture.get(kFile, headers_of({{"Accept-Encoding", encodings}})).headers.value("X-Cache"));
  };
  CHECK(ask("br;q=0.5, gzip, deflate") == "TCP_MISS");
  CHECK(ask("gzip, br") == "TCP_HIT");
  CHECK(ask("gzip") == "TCP_MISS");
  CHECK(fixture.cache(kFile) == "TCP_MISS");
  CHECK(fixture.cache(kFile) == "TCP_HIT");
  CHECK(fixture.origin.asked[0].headers.value("Accept-Encoding") == "gzip, br");
  CHECK(fixture.origin.asked[0].http_minor == 1);
  CHECK(fixture.origin.asked[2].headers.all().empty());
  CHECK(fixture.get(kFile, headers_of({{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-1"}})).status == 206);
  CHECK(fixture.origin.count() == 3);
}

TEST_CASE("every URL is kept apart: host, letter case and query count") {
  EdgeFixture fixture;
  for (const std::string target : {"/Content/1.0/a.js", "/content/1.0/a.js", "/Content/1.0/a.js?x=1",
                                   "/Content/1.0/a.js?x=2", "/demo/Content/1.0/a.js"}) {
    CAPTURE(target);
    CHECK(fixture.cache(target) == "TCP_MISS");
    CHECK(fixture.cache(target) == "TCP_HIT");
  }
  const auto elsewhere = fixture.edge.handle(EdgeFixture::request(kFile, {}, "GET", "demo.azureedge.net"));
  CHECK(elsewhere.headers.value("X-Cache") == "TCP_MISS");
}

TEST_CASE("a hit is answered in a range, by conditions and to HEAD") {
  EdgeFixture fixture;
  for (int round = 0; round < 2; ++round) {  // a miss, then hits
    const auto part = fixture.get(kFile, headers_of({{"Range", "bytes=2-4"}}));
    CHECK(part.status == 206);
    CHECK(part.headers.value("Content-Range") == "bytes 2-4/10");
    CHECK(body_of(part) == "234");
    const auto beyond = fixture.get(kFile, headers_of({{"Range", "bytes=10-"}}));
    CHECK(beyond.status == 416);
    CHECK(beyond.headers.value("Content-Range") == "bytes */10");
    const auto same = fixture.get(kFile, headers_of({{"If-None-Match", "\"tag\""}}));
    CHECK(same.status == 304);
    CHECK(http::body_length(same.body) == 0);
    CHECK(same.headers.value("ETag") == "\"tag\"");
    CHECK(fixture.get(kFile, headers_of({{"If-Match", "\"other\""}})).status == 412);
    CHECK(http::body_length(fixture.get(kFile, {}, "HEAD").body) == 10);
  }
  CHECK(fixture.origin.count() == 1);
}

TEST_CASE("what may not be kept, and every failure, is passed on each time") {
  EdgeFixture fixture;
  fixture.origin.answer = EdgeFixture::answer("x", "no-cache");
  CHECK(fixture.cache(kFile) == "TCP_MISS");
  CHECK(fixture.cache(kFile) == "TCP_MISS");
  fixture.origin.answer = EdgeFixture::answer("x", "no-store");
  CHECK(fixture.cache(kFile) == "PRIVATE_NOSTORE");
  fixture.origin.answer = EdgeFixture::answer("gone", "max-age=60");
  fixture.origin.answer.status = 404;
  const auto missing = fixture.get(kFile);
  CHECK(missing.status == 404);
  CHECK(body_of(missing) == "gone");
  CHECK(fixture.edge.status().entries == 0);
  CHECK(fixture.origin.count() == 4);
}

TEST_CASE(
    "the cache is bounded: what was asked for least recently goes first, and what is too large is not kept") {
  EdgeFixture fixture({true, true, {}}, CdnLimits{5000, 2000});
  fixture.origin.answer =
      EdgeFixture::answer(std::string(1000, 'x'), "max-age=60");  // two fit, with what they cost
  for (const std::string name : {"a", "b", "a", "c"}) fixture.get("/Content/" + name);
  CHECK(fixture.edge.status().entries == 2);
  CHECK(fixture.edge.status().bytes <= 5000);
  CHECK(fixture.cache("/Content/a") == "TCP_HIT");
  CHECK(fixture.cache("/Content/c") == "TCP_HIT");
  CHECK(fixture.cache("/Content/b") == "TCP_MISS");
  fixture.origin.answer = EdgeFixture::answer(std::string(2001, 'x'), "max-age=60");
  CHECK(http::body_length(fixture.get("/Content/large").body) == 2001);
  CHECK(fixture.cache("/Content/large") == "TCP_MISS");
}

TEST_CASE("a purge is told to the journal, and what it took is asked for again") {
  EdgeFixture fixture;
  fixture.get("/Content/1.0/a.js?x=1");
  fixture.get("/Content/1.0/a.js?x=2");
  fixture.get("/Content/2.0/a.js");
  fixture.get("/other/Content/2.0/a.js");
  CHECK(fixture.edge.purge(*parse_purge("/Content/1.0/*")) == 2);
  CHECK(fixture.cache("/Content/1.0/a.js?x=1") == "TCP_MISS");
  CHECK(fixture.cache("/Content/2.0/a.js") == "TCP_HIT");
  CdnPurge others;
  others.extension = "other";
  CHECK(fixture.edge.purge(others) == 1);
  CHECK(fixture.edge.purge({}) == 2);
  CHECK(fixture.edge.status().bytes == 0);
  CHECK(fixture.events() == std::vector<std::string>(3, "cdn.purged"));
}

TEST_CASE("what was asked for before a purge is not kept after it") {
  EdgeFixture fixture;
  fixture.origin.meanwhile = [&] { fixture.edge.purge({}); };
  CHECK(body_of(fixture.get(kFile)) == "0123456789");
  CHECK(fixture.edge.status().entries == 0);
}

TEST_CASE("in an outage every URL of the edge answers 503, and what was kept is there afterwards") {
  EdgeFixture fixture;
  fixture.get(kFile);
  fixture.edge.set_outage(true);
  fixture.edge.set_outage(true);
  for (const char* target : {kFile.c_str(), "/", "/demo/stage1"}) {
    const auto down = fixture.get(target);
    CHECK(down.status == 503);
    CHECK_THAT(body_of(down), ContainsSubstring(std::string(model::codes::kCdnOutage)));
    CHECK(down.headers.value("Access-Control-Allow-Origin") == "*");
    CHECK(down.headers.value("Cache-Control") == "no-store");
  }
  CHECK_THAT(body_of(fixture.get(kFile)), ContainsSubstring("the origin still has /demo/Content/1.0/a.js"));
  CHECK(fixture.get(kFile, {}, "OPTIONS").status == 503);
  CHECK(fixture.edge.handle(EdgeFixture::request(kFile, {}, "GET", "")).status == 200);  // the origin itself
  fixture.edge.set_outage(false);
  CHECK(fixture.cache(kFile) == "TCP_HIT");
  CHECK(fixture.events() == std::vector<std::string>{"cdn.outage", "cdn.restored"});
}

TEST_CASE("an edge that is off says how to turn it on, and leaves other hosts alone") {
  EdgeFixture fixture(CdnSettings{});
  const auto off = fixture.get(kFile);
  CHECK(off.status == 404);
  CHECK_THAT(body_of(off),
             ContainsSubstring(std::string(model::codes::kCdnOff)) && ContainsSubstring("--cdn on"));
  CHECK(fixture.origin.count() == 0);
  CHECK(
      fixture.edge.handle(EdgeFixture::request("/demo", {}, "GET", "demo.hosting.portal.azure.net")).status ==
      200);
  CHECK(fixture.origin.asked.front().target.raw == "/demo");
}

TEST_CASE("the edge has content, and neither pages nor what is the emulator's own") {
  EdgeFixture fixture;
  for (const std::string target : {"/", "/demo", "/demo/stage1", "/_emu/v1/reload", "/CDN/_emu/v1/reload",
                                   "/api/diagnostics", "/demo/api/diagnostics"}) {
    CAPTURE(target);
    const auto refused = fixture.get(target);
    CHECK(refused.status == 404);
    CHECK_THAT(body_of(refused), ContainsSubstring(std::string(model::codes::kUnknownRoute)));
  }
  CHECK(fixture.origin.count() == 0);
}

TEST_CASE("requests for one URL at a time wait for one fetch, and all get its answer") {
  EdgeFixture fixture;
  constexpr int kReaders = 4;
  std::mutex mutex;
  std::condition_variable changed;
  bool may_go_on = false;
  fixture.origin.meanwhile = [&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return may_go_on; });
  };
  std::atomic<int> answered{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      if (body_of(fixture.get(kFile)) == "0123456789") ++answered;
    });
  }
  while (fixture.origin.count() == 0) std::this_thread::yield();
  {
    std::lock_guard lock(mutex);
    may_go_on = true;
  }
  changed.notify_all();
  for (std::thread& reader : readers) reader.join();
  CHECK(answered == kReaders);
  CHECK(fixture.origin.count() == 1);
  CHECK(fixture.edge.status().hits == kReaders - 1);
}

TEST_CASE(
    "in front of the hosting service an edge keeps versioned files and bundles, of every version held") {
  HostingFixture hosting;
  hosting.sync();
  CdnEdge edge({true, true, {{"az1", "demo"}}}, *hosting.service, hosting.scheduler, hosting.journal);
  const auto get = [&](const std::string& target) {
    return edge.handle(
        EdgeFixture::request(target, headers_of({{"Accept-Encoding", "gzip"}}), "GET", "az1.vo.msecnd.net"));
  };
  for (const char* cache : {"TCP_MISS", "TCP_HIT"}) {
    const auto file = get("/Content/1.0.0.4/Scripts/app.js");
    CHECK(file.headers.value("X-Cache") == cache);
    CHECK(file.headers.value("x-ms-version") == "1.0.0.4");
    CHECK_FALSE(file.headers.get("Content-Encoding"));
    CHECK_THAT(body_of(file), ContainsSubstring("// 1.0.0.4"));
    CHECK(body_of(get("/Content/Dynamic/1.0.0.2hash.js?root=*x")) == "define('1.0.0.2')");
  }
  CHECK(get("/Content/Scripts/app.js").headers.value("X-Cache") == "TCP_MISS");
  CHECK(get("/Content/Scripts/app.js").headers.value("X-Cache") == "TCP_MISS");
  CHECK(get("/Content/none.js").status == 404);
  const auto unknown = edge.handle(EdgeFixture::request("/Content/a.js", {}, "GET", "az9.vo.msecnd.net"));
  CHECK(unknown.status == 404);
  CHECK_THAT(body_of(unknown), ContainsSubstring("az9") && ContainsSubstring("there is demo"));
}

TEST_CASE("environment JSON names every bundle of the version with its addresses") {
  HostingOptions options;
  options.cdn = {true, true, {}};
  HostingFixture fixture(options);
  fixture.sync();
  const std::string url = "/demo/stage3?environmentjson=true&trustedAuthority=portal.azure.com";
  CHECK_THAT(body_of(fixture.get(url)),
             ContainsSubstring("\"requireConfig\":{\"paths\":{\"Content/Dynamic/1.0.0.3hash\":["
                               "\"//demo.vo.msecnd.net.localhost:14431/demo/Content/Dynamic/1.0.0.3hash\","
                               "\"https://localhost:14431/demo/Content/Dynamic/1.0.0.3hash\"]}}"));
  CHECK(body_of(fixture.get(url + "&nocdn=force")).find("msecnd") == std::string::npos);
  HostingFixture without;
  without.sync();
  CHECK_THAT(body_of(without.get(url)),
             ContainsSubstring("[\"//localhost:14431/demo/Content/Dynamic/1.0.0.3hash\","
                               "\"https://localhost:14431/demo/Content/Dynamic/1.0.0.3hash\"]"));
}
