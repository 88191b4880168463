#include "emulator/http/url.h"

#include "tests/support/catch.h"

namespace exthost::http {
namespace {

TEST_CASE("a URL is taken apart, with the scheme's port if none is named") {
  base::Result<Url> url = parse_url("http://LocalHost:14432/a/b%20c?x=%2F#f");
  REQUIRE(url);
  CHECK_FALSE(url->secure);
  CHECK(url->host == "localhost");
  CHECK(url->port == 14432);
  CHECK(url->target == "/a/b%20c?x=%2F");

  url = parse_url("HTTPS://[::1]");
  REQUIRE(url);
  CHECK(url->secure);
  CHECK(url->host == "::1");
  CHECK(url->port == 443);
  CHECK(url->target == "/");

  url = parse_url("http://[::1]:8080?q");
  REQUIRE(url);
  CHECK(url->port == 8080);
  CHECK(url->target == "/?q");
}

TEST_CASE("what is no http URL is refused") {
  for (const char* text :
       {"", "localhost", "/a", "ftp://a/", "http://", "http:///x", "http://user@host/", "http://a:b/",
        "http://a:99999/", "http://a:0/", "http://[::1/", "http://a b/", "http://a/\r\nHost: b"}) {
    CAPTURE(text);
    const base::Result<Url> url = parse_url(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().kind == base::ErrorKind::invalid_input);
  }
}

}  // namespace
}  // namespace exthost::http
