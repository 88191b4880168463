#include "emulator/http/fetch_stream.h"

#include <array>
#include <future>

#include "tests/unit/http/running_server.h"

namespace exthost::test {
namespace {

using base::ErrorKind;
using http::FetchRequest;
using http::FetchStream;
using http::Request;
using http::Response;

FetchRequest get(const RunningServer& server, std::uint64_t limit_bytes = 64 << 20) {
  FetchRequest request;
  request.url = "http://localhost:" + std::to_string(server.port()) + "/?sig=secret";
  request.limit_bytes = limit_bytes;
  return request;
}

base::Result<std::string> read_all(http::BodyReader& body) {
  std::string bytes;
  std::array<char, 4096> buffer;
  for (;;) {
    auto count = body.read(buffer);
    if (!count) return std::move(count).error();
    if (*count == 0) return bytes;
    bytes.append(buffer.data(), *count);
  }
}

// A stream that the client has to end: says so when it is gone.
RunningServer endless(std::promise<void>& gone) {
  return RunningServer([&gone](const Request&) {
    Response response;
    response.body = http::StreamBody{[&](std::shared_ptr<http::StreamSink> sink) -> std::shared_ptr<void> {
      sink->send("the beginning");
      return std::shared_ptr<void>(nullptr, [&](void*) { gone.set_value(); });
    }};
    return response;
  });
}

TEST_CASE("a large answer is pulled, head first, and is what was sent") {
  std::string sent;
  for (int i = 0; sent.size() < 3 * FetchStream::kHighWater; ++i) sent += std::to_string(i) + ' ';
  const RunningServer server([&](const Request&) { return Response::text(206, sent); });
  auto stream = FetchStream::open(get(server));
  REQUIRE(stream);
  CHECK((*stream)->status() == 206);
  CHECK((*stream)->headers().get("Content-Length") == std::to_string(sent.size()));
  auto received = read_all(**stream);
  REQUIRE(received);
  CHECK(*received == sent);
}

TEST_CASE("an answer without a body ends at once") {
  const RunningServer server([](const Request&) {
    Response response;
    response.status = 204;
    return response;
  });
  auto stream = FetchStream::open(get(server));
  REQUIRE(stream);
  CHECK((*stream)->status() == 204);
  CHECK(read_all(**stream).value().empty());
}

TEST_CASE("an answer over the limit fails where it passes it") {
  const RunningServer server([](const Request&) { return Response::text(200, std::string(1000, 'x')); });
  auto stream = FetchStream::open(get(server, 999));
  REQUIRE(stream);
  const auto received = read_all(**stream);
  REQUIRE_FALSE(received);
  CHECK(received.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a reader that leaves ends the exchange") {
  std::promise<void> gone;
  const RunningServer server = endless(gone);
  {
    auto stream = FetchStream::open(get(server));
    REQUIRE(stream);
  }
  gone.get_future().wait();
}

TEST_CASE("an answer that does not end in time fails, and the failure does not name the URL") {
  std::promise<void> gone;
  const RunningServer server = endless(gone);
  FetchRequest request = get(server);
  request.timeout = std::chrono::milliseconds(50);
  auto stream = FetchStream::open(std::move(request));
  REQUIRE(stream);
  const auto received = read_all(**stream);
  REQUIRE_FALSE(received);
  CHECK(received.error().kind == ErrorKind::unavailable);
  CHECK_THAT(received.error().message, !ContainsSubstring("secret"));
  gone.get_future().wait();
}

TEST_CASE("nobody there fails before there is a stream") {
  FetchRequest request;
  {
    const RunningServer server([](const Request&) { return Response::text(200, ""); });
    request = get(server);
  }
  const auto stream = FetchStream::open(std::move(request));
  REQUIRE_FALSE(stream);
  CHECK(stream.error().kind == ErrorKind::unavailable);
  CHECK_THAT(stream.error().message, !ContainsSubstring("secret"));
}

}  // namespace
}  // namespace exthost::test
