#include <future>

#include "emulator/base/guarded.h"
#include "emulator/model/codes.h"
#include "tests/support/raw_http_client.h"
#include "tests/unit/http/running_server.h"

namespace exthost::test {
namespace {

using http::Request;
using http::Response;
using http::StreamSink;

/// Hands out what its service opened, in order.
class Streams {
 public:
  Response open() {
    Response response;
    response.headers.add("Content-Type", "text/event-stream");
    response.body = http::StreamBody{[this](std::shared_ptr<StreamSink> sink) -> std::shared_ptr<void> {
      opened_.set_value(std::move(sink));
      return std::shared_ptr<void>(nullptr, [this](void*) { gone_.set_value(); });
    }};
    return response;
  }
  std::shared_ptr<StreamSink> sink() { return opened_.get_future().get(); }
  bool gone() { return gone_.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready; }

 private:
  std::promise<std::shared_ptr<StreamSink>> opened_;
  std::promise<void> gone_;
};

TEST_CASE("a stream carries what is sent, in order, until it is closed") {
  Streams streams;
  const RunningServer server([&](const Request&) { return streams.open(); });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("GET /events")));
  const std::shared_ptr<StreamSink> sink = streams.sink();
  CHECK_THAT(client.read_until("\r\n\r\n"), ContainsSubstring("Transfer-Encoding: chunked"));
  sink->send("data: 1\n\n");
  CHECK(client.read_until("\n\n\r\n") == "9\r\ndata: 1\n\n\r\n");
  sink->send("data: 2\n\n");
  sink->send("data: 3\n\n");
  sink->close();
  const std::string rest = client.read_until_closed();
  CHECK_THAT(rest, ContainsSubstring("data: 2\n\n"));
  CHECK(rest.find("data: 2") < rest.find("data: 3"));
  CHECK(rest.substr(rest.size() - 5) == "0\r\n\r\n");
  CHECK(streams.gone());
}

TEST_CASE("an HTTP/1.0 client gets a stream as bare bytes") {
  Streams streams;
  const RunningServer server([&](const Request&) { return streams.open(); });
  RawHttpClient client(server.port());
  REQUIRE(client.send("GET / HTTP/1.0\r\n\r\n"));
  const std::shared_ptr<StreamSink> sink = streams.sink();
  sink->send("hello");
  sink->close();
  CHECK(client.read_response()->body == "hello");
}

TEST_CASE("a client that leaves frees what its stream held, and sending on does no harm") {
  Streams streams;
  const RunningServer server([&](const Request&) { return streams.open(); });
  std::shared_ptr<StreamSink> sink;
  {
    RawHttpClient client(server.port());
    REQUIRE(client.send(server.request("GET /")));
    sink = streams.sink();
  }
  CHECK(streams.gone());
  sink->send("nobody");
  sink->close();
}

TEST_CASE("a client that does not read is disconnected when a mebibyte has piled up") {
  Streams streams;
  const RunningServer server([&](const Request&) { return streams.open(); });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("GET /")));
  const std::shared_ptr<StreamSink> sink = streams.sink();
  const std::string piece(64 * 1024, 'x');
  for (int i = 0; i < 1024; ++i) sink->send(piece);  // more than the system buffers
  CHECK(streams.gone());
}

TEST_CASE("past the limit of streams the answer is 503 with Retry-After, and other requests go on") {
  http::ServerLimits limits;
  limits.streams = 1;
  Streams streams;
  Streams never;
  std::atomic<int> count{0};
  const RunningServer server(
      [&](const Request& request) {
        if (request.target.path != "/events") return Response::text(200, "fine");
        return ++count == 1 ? streams.open() : never.open();
      },
      true, limits);
  RawHttpClient first(server.port());
  REQUIRE(first.send(server.request("GET /events")));
  streams.sink();
  RawHttpClient second(server.port());
  REQUIRE(second.send(server.request("GET /events")));
  const auto refused = second.read_response();
  REQUIRE(refused);
  CHECK(refused->status == 503);
  CHECK(refused->header("Retry-After"));
  CHECK_THAT(refused->body, ContainsSubstring(std::string(model::codes::kTooManyStreams)));
  REQUIRE(second.send(server.request("GET /")));
  CHECK(second.read_response()->body == "fine");
}

TEST_CASE("HEAD for a stream opens none") {
  Streams streams;
  const RunningServer server([&](const Request&) { return streams.open(); });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("HEAD /") + server.request("GET /")));
  const auto head = client.read_response(true);
  REQUIRE(head);
  CHECK_FALSE(head->header("Content-Length"));
  streams.sink()->close();
  CHECK(client.read_response()->status == 200);
}

TEST_CASE("stopping ends open streams after what was sent into them") {
  Streams streams;
  RunningServer server([&](const Request&) { return streams.open(); });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("GET /")));
  const std::shared_ptr<StreamSink> sink = streams.sink();
  client.read_until("\r\n\r\n");
  sink->send("event: bye\n\n");
  std::thread stopper([&] { server.stop(); });
  const std::string rest = client.read_until_closed();
  stopper.join();
  CHECK(rest == "c\r\nevent: bye\n\n\r\n0\r\n\r\n");
  CHECK(streams.gone());
  sink->send("too late");
}

TEST_CASE("a hundred open streams need no thread each and all hear the same") {
  base::Guarded<std::vector<std::shared_ptr<StreamSink>>> sinks;
  const RunningServer server([&](const Request&) {
    Response response;
    response.body = http::StreamBody{[&](std::shared_ptr<StreamSink> sink) -> std::shared_ptr<void> {
      sink->send("open\n");
      sinks.with([&](auto& all) { all.push_back(std::move(sink)); });
      return nullptr;
    }};
    return response;
  });
  std::vector<std::unique_ptr<RawHttpClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawHttpClient>(server.port()));
    REQUIRE(clients.back()->send(server.request("GET /")));
  }
  for (const auto& client : clients) CHECK_THAT(client->read_until("open\n"), ContainsSubstring("open\n"));
  const auto all = sinks.with([](const auto& kept) { return kept; });
  for (const auto& sink : all) sink->send("news\n");
  for (const auto& client : clients) CHECK_THAT(client->read_until("news\n"), ContainsSubstring("news\n"));
}

}  // namespace
}  // namespace exthost::test
