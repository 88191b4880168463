#include "emulator/http/client.h"

#include <future>

#include "tests/support/raw_http_client.h"
#include "tests/unit/http/running_server.h"

namespace exthost::test {
namespace {

using base::ErrorKind;
using http::FetchRequest;
using http::Request;
using http::Response;

FetchRequest get(const RunningServer& server, const std::string& target) {
  FetchRequest request;
  request.url = "http://localhost:" + std::to_string(server.port()) + target;
  return request;
}

TEST_CASE("a request arrives as it was asked for, target and all") {
  const RunningServer server([](const Request& request) {
    return Response::text(201, request.method + " " + request.target.raw + " " +
                                   std::string(request.headers.value("X-A")) + " " +
                                   *http::read_body(request, 1000));
  });
  FetchRequest request = get(server, "/a%20b/%7Ec?x=%26&y=a+b");
  request.method = "PUT";
  request.headers.add("X-A", "1");
  request.body = "content";
  const auto response = http::fetch(request);
  REQUIRE(response);
  CHECK(response->status == 201);
  CHECK(response->body == "PUT /a%20b/%7Ec?x=%26&y=a+b 1 content");
  CHECK(response->headers.get("content-type") == "text/plain; charset=utf-8");
}

TEST_CASE("names under localhost and literal addresses are reached") {
  const RunningServer server([](const Request& request) { return Response::text(200, request.host); });
  const std::string port = std::to_string(server.port());
  FetchRequest request;
  for (const char* host : {"127.0.0.1", "my.blob.localhost"}) {
    request.url = std::string("http://") + host + ":" + port + "/";
    const auto response = http::fetch(request);
    REQUIRE(response);
    CHECK(response->body == host);
  }
  if (RawHttpClient(server.port(), "::1").connected()) {  // this machine may have no IPv6
    request.url = "http://[::1]:" + port + "/";
    const auto response = http::fetch(request);
    REQUIRE(response);
    CHECK(response->body == "::1");
  }
}

TEST_CASE("redirects are answers, and compressed bytes stay compressed") {
  const RunningServer server([](const Request& request) {
    Response response =
        Response::text(request.target.path == "/moved" ? 302 : 200, "\x1f\x8b not really gzip");
    response.headers.add("Location", "/elsewhere");
    response.headers.add("Content-Encoding", "gzip");
    return response;
  });
  auto response = http::fetch(get(server, "/moved"));
  REQUIRE(response);
  CHECK(response->status == 302);
  CHECK(response->headers.get("Location") == "/elsewhere");
  response = http::fetch(get(server, "/"));
  REQUIRE(response);
  CHECK(response->body == "\x1f\x8b not really gzip");
}

TEST_CASE("HEAD and 304 have no body") {
  const RunningServer server([](const Request& request) {
    Response response = Response::text(200, "hello");
    if (request.headers.get("If-None-Match")) response.status = 304;
    return response;
  });
  FetchRequest request = get(server, "/");
  request.method = "HEAD";
  auto response = http::fetch(request);
  REQUIRE(response);
  CHECK(response->body.empty());
  CHECK(response->headers.get("Content-Length") == "5");
  request.method = "GET";
  request.headers.add("If-None-Match", "*");
  response = http::fetch(request);
  REQUIRE(response);
  CHECK(response->status == 304);
}

TEST_CASE("a body up to the limit is taken, a longer one is refused") {
  const RunningServer server([](const Request&) { return Response::text(200, std::string(100'000, 'x')); });
  FetchRequest request = get(server, "/");
  request.limit_bytes = 100'000;
  const auto whole = http::fetch(request);
  REQUIRE(whole);
  CHECK(whole->body.size() == 100'000);
  request.limit_bytes = 99'999;
  const auto refused = http::fetch(request);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::invalid_input);
}

/// Says ten bytes and has four.
class ShortSource final : public http::BodySource {
 public:
  std::uint64_t length() const override { return 10; }
  base::Result<std::size_t> read(std::span<char> buffer) override {
    if (std::exchange(given_, true)) return base::Error{ErrorKind::unavailable, "no more", ""};
    return std::string("half").copy(buffer.data(), buffer.size());
  }

 private:
  bool given_ = false;
};

TEST_CASE("a body shorter than was said is a failure") {
  const RunningServer server([](const Request&) {
    Response response;
    response.body = std::make_shared<ShortSource>();
    return response;
  });
  const auto response = http::fetch(get(server, "/"));
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::unavailable);
}

TEST_CASE("the whole exchange has one deadline, however busily the server dribbles") {
  std::promise<void> gone;
  const RunningServer server([&](const Request&) {
    Response response;
    response.body = http::StreamBody{[&](std::shared_ptr<http::StreamSink> sink) -> std::shared_ptr<void> {
      sink->send("a byte now and then, and no end");
      return std::shared_ptr<void>(nullptr, [&](void*) { gone.set_value(); });
    }};
    return response;
  });
  FetchRequest request = get(server, "/");
  request.timeout = std::chrono::milliseconds(50);
  const auto response = http::fetch(request);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::unavailable);
  gone.get_future().wait();
}

TEST_CASE("nobody there is unavailable, and no URL is invalid") {
  std::uint16_t port = 0;
  {
    const RunningServer server(echo);
    port = server.port();
  }
  FetchRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(port) + "/";
  CHECK(http::fetch(request).error().kind == ErrorKind::unavailable);
  request.url = "file:///etc/passwd";
  CHECK(http::fetch(request).error().kind == ErrorKind::invalid_input);
  request.url = "https://localhost/";
  request.ca_file = "/nonexistent/ca.pem";
  CHECK(http::fetch(request).error().kind == ErrorKind::invalid_input);
}

}  // namespace
}  // namespace exthost::test
