#include "emulator/http/gate.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

namespace exthost::http {
namespace {

constexpr std::uint16_t kPort = 14431;

Request request_for(std::vector<Header> fields) {
  Request request;
  request.method = "GET";
  request.port = kPort;
  request.host = "localhost";
  for (Header& field : fields) request.headers.add(std::move(field.name), std::move(field.value));
  return request;
}

/// The status of the refusal, or 200.
int judge(const Request& request, const GateRules& rules = {}) {
  const std::optional<Response> refusal =
      refuse_at_gate(request, parse_host(request.headers.value("Host")), rules);
  return refusal ? refusal->status : 200;
}

int judge_host(const char* host, const GateRules& rules = {}) {
  return judge(request_for({{"Host", host}}), rules);
}

TEST_CASE("a Host header is split into name and port") {
  const auto name = [](std::string_view text) {
    const std::optional<HostAndPort> host = parse_host(text);
    return host ? host->name : "malformed";
  };
  CHECK(name("LocalHost:80") == "localhost");
  CHECK(name("localhost.") == "localhost");
  CHECK(name("[::1]:80") == "::1");
  CHECK(name("a_b-c.localhost") == "a_b-c.localhost");
  CHECK(parse_host("localhost:14431")->port == 14431);
  CHECK_FALSE(parse_host("localhost")->port);
  CHECK_FALSE(parse_host("localhost:")->port);
  for (const char* bad : {"", ":80", "a..b", ".a", "a:b", "a:70000", "a:-1", "a:1x", "user@localhost", "[::1",
                          "[::1]x", "[]", "[localhost]", "a b", "a/b", "%6c", "a,b"}) {
    CAPTURE(bad);
    CHECK(name(bad) == "malformed");
  }
}

TEST_CASE("names of this machine with the listener's port pass") {
  for (const char* host :
       {"localhost:14431", "LOCALHOST:14431", "127.0.0.1:14431", "127.1.2.3:14431", "[::1]:14431",
        "demo.hosting.portal.azure.net.localhost:14431", "localhost.:14431"}) {
    CAPTURE(host);
    CHECK(judge_host(host) == 200);
  }
}

TEST_CASE("names that could be anybody's are misdirected, whatever the port") {
  for (const char* host :
       {"evil.example:14431", "localhost.evil.example:14431", "evillocalhost:14431", ".localhost:14431",
        "10.0.0.1:14431", "0.0.0.0:14431", "127.0.0.1.evil.example:14431", "127.0.0.256:14431",
        "[fe80::1]:14431", "user@localhost:14431", "localhost:14431, localhost", ""}) {
    CAPTURE(host);
    const std::optional<Response> refusal =
        refuse_at_gate(request_for({{"Host", host}}), parse_host(host), {});
    REQUIRE(refusal);
    CHECK(refusal->status == 421);
    CHECK_THAT(*body_text(refusal->body), ContainsSubstring(std::string(model::codes::kHostRefused)));
  }
}

TEST_CASE("the port must be the listener's, and is the scheme's own if none is named") {
  CHECK(judge_host("localhost:14430") == 421);
  CHECK(judge_host("localhost") == 421);
  Request plain = request_for({{"Host", "localhost"}});
  plain.port = 80;
  CHECK(judge(plain) == 200);
  Request tls = request_for({{"Host", "localhost"}});
  tls.secure = true;
  tls.port = 443;
  CHECK(judge(tls) == 200);
  CHECK(judge_host("localhost:5000", {{}, false, false}) == 200);
}

TEST_CASE("further hosts are allowed by name only") {
  const GateRules rules{{"Dev.Example"}, true, false};
  CHECK(judge_host("dev.example:14431", rules) == 200);
  CHECK(judge_host("dev.example:1", rules) == 421);
  CHECK(judge_host("a.dev.example:14431", rules) == 421);
}

TEST_CASE("exactly one Host header is needed, but for HTTP/1.0") {
  CHECK(judge(request_for({{"Host", "localhost:14431"}, {"host", "localhost:14431"}})) == 400);
  CHECK(judge(request_for({})) == 421);
  Request old = request_for({});
  old.http_minor = 0;
  CHECK(judge(old) == 200);
}

struct FetchCase {
  const char* site;
  const char* mode;
  const char* dest;
  const char* method;
  int status;
};

TEST_CASE("another site may navigate here and nothing else, where that is the rule") {
  const FetchCase cases[] = {
      {"cross-site", "navigate", "document", "GET", 200},
      {"cross-site", "navigate", "document", "POST", 403},
      {"cross-site", "navigate", "iframe", "GET", 403},
      {"cross-site", "no-cors", "script", "GET", 403},
      {"cross-site", "no-cors", "image", "GET", 403},
      {"cross-site", "cors", "empty", "GET", 403},
      {"cross-site", "websocket", "websocket", "GET", 403},
      {"same-site", "no-cors", "script", "GET", 403},
      {"same-site", "cors", "empty", "GET", 200},
      {"same-origin", "no-cors", "script", "GET", 200},
      {"same-origin", "cors", "empty", "POST", 200},
      {"none", "navigate", "document", "GET", 200},
  };
  for (const FetchCase& item : cases) {
    CAPTURE(item.site, item.mode, item.dest, item.method);
    Request request = request_for({{"Host", "localhost:14431"},
                                   {"Sec-Fetch-Site", item.site},
                                   {"Sec-Fetch-Mode", item.mode},
                                   {"Sec-Fetch-Dest", item.dest}});
    request.method = item.method;
    CHECK(judge(request, {{}, true, true}) == item.status);
    CHECK(judge(request, {{}, true, false}) == 200);
  }
}

TEST_CASE("without fetch metadata, the Origin header decides if there is one") {
  const GateRules strict{{}, true, true};
  const auto judge_origin = [&](const char* origin) {
    return judge(request_for({{"Host", "localhost:14431"}, {"Origin", origin}}), strict);
  };
  CHECK(judge_origin("http://localhost:14431") == 200);
  CHECK(judge_origin("http://localhost:14430") == 403);
  CHECK(judge_origin("https://localhost:14431") == 403);
  CHECK(judge_origin("https://evil.example") == 403);
  CHECK(judge_origin("null") == 403);
  CHECK(judge_host("localhost:14431", strict) == 200);
}

}  // namespace
}  // namespace exthost::http
