#include "emulator/http/conditions.h"

#include "tests/support/catch.h"

namespace exthost::http {
namespace {

using base::WallTime;

Request request_with(std::vector<Header> fields, std::string method = "GET") {
  Request request;
  request.method = std::move(method);
  for (Header& field : fields) request.headers.add(std::move(field.name), std::move(field.value));
  return request;
}

const WallTime kModified = *parse_http_date("Fri, 20 Nov 2026 12:04:11 GMT") + base::Duration(500);

TEST_CASE("the three forms of an HTTP date mean the same moment") {
  const WallTime expected(std::chrono::seconds(784111777));
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == expected);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == expected);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == expected);
}

TEST_CASE("what is no HTTP date is absent") {
  for (const char* text :
       {"", "now", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37", "Sun, -6 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("If-None-Match compares weakly, over lists and several fields") {
  const auto judge = [](std::string value) {
    return evaluate_conditions(request_with({{"If-None-Match", std::move(value)}}), "\"a,b\"", kModified);
  };
  CHECK(judge("\"a,b\"") == Condition::not_modified);
  CHECK(judge("W/\"a,b\"") == Condition::not_modified);
  CHECK(judge("\"x\", \"a,b\"") == Condition::not_modified);
  CHECK(judge("*") == Condition::not_modified);
  CHECK(judge("\"x\"") == Condition::proceed);
  CHECK(evaluate_conditions(request_with({{"If-None-Match", "\"x\""}, {"if-none-match", "\"a\""}}), "\"a\"",
                            {}) == Condition::not_modified);
}

TEST_CASE("a write guarded by If-None-Match fails where a read is not modified") {
  CHECK(evaluate_conditions(request_with({{"If-None-Match", "*"}}, "PUT"), "\"a\"", {}) == Condition::failed);
  CHECK(evaluate_conditions(request_with({{"If-None-Match", "*"}}, "PUT"), "", {}) == Condition::proceed);
}

TEST_CASE("If-Match compares strongly and wants something to be there") {
  const auto judge = [](std::string value, std::string_view etag) {
    return evaluate_conditions(request_with({{"If-Match", std::move(value)}}, "PUT"), etag, {});
  };
  CHECK(judge("\"a\"", "\"a\"") == Condition::proceed);
  CHECK(judge("a", "\"a\"") == Condition::proceed);
  CHECK(judge("W/\"a\"", "\"a\"") == Condition::failed);
  CHECK(judge("\"b\"", "\"a\"") == Condition::failed);
  CHECK(judge("*", "\"a\"") == Condition::proceed);
  CHECK(judge("*", "") == Condition::failed);
}

TEST_CASE("dates are compared to the second, and tags outrank them") {
  CHECK(evaluate_conditions(request_with({{"If-Modified-Since", "Fri, 20 Nov 2026 12:04:11 GMT"}}), "",
                            kModified) == Condition::not_modified);
  CHECK(evaluate_conditions(request_with({{"If-Modified-Since", "Fri, 20 Nov 2026 12:04:10 GMT"}}), "",
                            kModified) == Condition::proceed);
  CHECK(evaluate_conditions(request_with({{"If-Modified-Since", "nonsense"}}), "", kModified) ==
        Condition::proceed);
  CHECK(evaluate_conditions(request_with({{"If-Unmodified-Since", "Fri, 20 Nov 2026 12:04:10 GMT"}}), "",
                            kModified) == Condition::failed);
  CHECK(evaluate_conditions(request_with({{"If-None-Match", "\"x\""},
                                          {"If-Modified-Since", "Fri, 20 Nov 2026 12:04:11 GMT"}}),
                            "\"a\"", kModified) == Condition::proceed);
}

struct RangeCase {
  const char* header;
  std::uint64_t size;
  RangeKind kind;
  std::uint64_t first;
  std::uint64_t length;
};

TEST_CASE("a single range is honoured within the size, anything else gives the whole or 416") {
  const RangeCase cases[] = {
      {"bytes=0-0", 10, RangeKind::partial, 0, 1},
      {"bytes=2-5", 10, RangeKind::partial, 2, 4},
      {"Bytes=2-5", 10, RangeKind::partial, 2, 4},
      {"bytes=2-", 10, RangeKind::partial, 2, 8},
      {"bytes=2-999", 10, RangeKind::partial, 2, 8},
      {"bytes=2-99999999999999999999999", 10, RangeKind::partial, 2, 8},
      {"bytes=-3", 10, RangeKind::partial, 7, 3},
      {"bytes=-99", 10, RangeKind::partial, 0, 10},
      {"bytes=10-", 10, RangeKind::unsatisfiable, 0, 0},
      {"bytes=99999999999999999999999-", 10, RangeKind::unsatisfiable, 0, 0},
      {"bytes=-0", 10, RangeKind::unsatisfiable, 0, 0},
      {"bytes=0-", 0, RangeKind::unsatisfiable, 0, 0},
      {"bytes=-1", 0, RangeKind::unsatisfiable, 0, 0},
      {"bytes=0-1,3-4", 10, RangeKind::whole, 0, 10},
      {"bytes=5-2", 10, RangeKind::whole, 0, 10},
      {"bytes=-", 10, RangeKind::whole, 0, 10},
      {"bytes=", 10, RangeKind::whole, 0, 10},
      {"bytes=a-b", 10, RangeKind::whole, 0, 10},
      {"bytes=+1-2", 10, RangeKind::whole, 0, 10},
      {"items=0-1", 10, RangeKind::whole, 0, 10},
      {"", 10, RangeKind::whole, 0, 10},
  };
  for (const RangeCase& item : cases) {
    CAPTURE(item.header, item.size);
    const RangeDecision decision = decide_range(item.header, item.size);
    CHECK(decision.kind == item.kind);
    CHECK(decision.range.first == item.first);
    CHECK(decision.range.length == item.length);
  }
}

TEST_CASE("a range is for GET, and only while If-Range still names what is there") {
  const auto judge = [](std::vector<Header> fields, std::string method = "GET") {
    return decide_range(request_with(std::move(fields), std::move(method)), 10, "\"a\"", kModified).kind;
  };
  CHECK(judge({{"Range", "bytes=0-1"}}) == RangeKind::partial);
  CHECK(judge({{"Range", "bytes=0-1"}}, "HEAD") == RangeKind::whole);
  CHECK(judge({{"Range", "bytes=0-1"}, {"Range", "bytes=2-3"}}) == RangeKind::whole);
  CHECK(judge({{"Range", "bytes=0-1"}, {"If-Range", "\"a\""}}) == RangeKind::partial);
  CHECK(judge({{"Range", "bytes=0-1"}, {"If-Range", "\"b\""}}) == RangeKind::whole);
  CHECK(judge({{"Range", "bytes=0-1"}, {"If-Range", "W/\"a\""}}) == RangeKind::whole);
  CHECK(judge({{"Range", "bytes=0-1"}, {"If-Range", "Fri, 20 Nov 2026 12:04:11 GMT"}}) == RangeKind::partial);
  CHECK(judge({{"Range", "bytes=0-1"}, {"If-Range", "Fri, 20 Nov 2026 12:04:12 GMT"}}) == RangeKind::whole);
}

TEST_CASE("an encoding is accepted by name or by star, unless its quality is zero") {
  const auto accepts = [](const char* value) {
    return accepts_encoding(request_with({{"Accept-Encoding", value}}), "gzip");
  };
  CHECK(accepts("gzip"));
  CHECK(accepts("br, GZIP;q=0.5"));
  CHECK(accepts("*"));
  CHECK(accepts("gzip;q=0.001"));
  CHECK_FALSE(accepts("gzip;q=0"));
  CHECK_FALSE(accepts("gzip; q=0.000, *"));
  CHECK_FALSE(accepts("br"));
  CHECK_FALSE(accepts(""));
  CHECK_FALSE(accepts("*;q=0"));
  CHECK_FALSE(accepts_encoding(Request(), "gzip"));
}

TEST_CASE("content types are known for what a web build emits, in any letter case") {
  CHECK(content_type_for("a/b.HTML") == "text/html; charset=utf-8");
  CHECK(content_type_for("x.js") == "text/javascript; charset=utf-8");
  CHECK(content_type_for("x.mjs") == "text/javascript; charset=utf-8");
  CHECK(content_type_for("x.css") == "text/css; charset=utf-8");
  CHECK(content_type_for("x.js.map") == "application/json; charset=utf-8");
  CHECK(content_type_for("x.json") == "application/json; charset=utf-8");
  CHECK(content_type_for("x.wasm") == "application/wasm");
  CHECK(content_type_for("x.woff2") == "font/woff2");
  CHECK(content_type_for("x.ttf") == "font/ttf");
  CHECK(content_type_for("x.svg") == "image/svg+xml; charset=utf-8");
  CHECK(content_type_for("x.avif") == "image/avif");
  CHECK(content_type_for("x.webp") == "image/webp");
  CHECK(content_type_for("x.ico") == "image/x-icon");
  CHECK(content_type_for("x.txt") == "text/plain; charset=utf-8");
  CHECK(content_type_for("x.xml") == "application/xml; charset=utf-8");
  CHECK(content_type_for("x.pdf") == "application/pdf");
  CHECK(content_type_for("x.mp4") == "video/mp4");
  CHECK(content_type_for("x.zip") == "application/zip");
  CHECK(content_type_for("folder.js/plain") == "application/octet-stream");
  CHECK(content_type_for("x.unknown") == "application/octet-stream");
  CHECK(content_type_for("") == "application/octet-stream");
}

}  // namespace
}  // namespace exthost::http
