#include "emulator/http/server.h"

#include <atomic>
#include <future>

#include "emulator/model/codes.h"
#include "tests/support/raw_http_client.h"
#include "tests/unit/http/running_server.h"

namespace exthost::test {
namespace {

using http::Request;
using http::Response;

TEST_CASE("both loopback addresses answer on one port") {
  const RunningServer server([](const Request& request) { return Response::text(200, request.remote); },
                             false);
  CHECK(fetch_raw(server.port(), server.request("GET /"))->body == "127.0.0.1");
  RawHttpClient v6(server.port(), "::1");
  if (v6.connected()) {  // this machine may have no IPv6
    REQUIRE(v6.send("GET / HTTP/1.1\r\nHost: [::1]:" + std::to_string(server.port()) + "\r\n\r\n"));
    CHECK(v6.read_response()->body == "::1");
  }
}

TEST_CASE("a port that is taken is refused, and its holder is named") {
  const RunningServer first(echo);
  FunctionService service(echo);
  http::Server second({1, 1, {}, nullptr});
  http::ListenerOptions options;
  options.name = "hosting";
  options.port = first.port();
  options.service = &service;
  const base::Result<std::uint16_t> port = second.listen(options);
  REQUIRE_FALSE(port);
  CHECK(port.error().kind == base::ErrorKind::conflict);
  CHECK(port.error().code == model::codes::kPortInUse);
  CHECK_THAT(port.error().message, ContainsSubstring(std::to_string(first.port())));
  CHECK_THAT(port.error().message, ContainsSubstring("hosting"));
#ifdef __linux__
  CHECK_THAT(port.error().message, ContainsSubstring("process "));
#endif
}

TEST_CASE("a port taken on one address only is refused too") {
  FunctionService service(echo);
  http::Server first({1, 1, {}, nullptr});
  http::ListenerOptions options;
  options.service = &service;
  options.addresses = {"127.0.0.1"};
  const base::Result<std::uint16_t> port = first.listen(options);
  REQUIRE(port);
  http::Server second({1, 1, {}, nullptr});
  options.port = *port;
  options.addresses = {"::1", "127.0.0.1"};
  CHECK_FALSE(second.listen(options));
}

TEST_CASE("a port is free again when its server has stopped") {
  std::uint16_t port = 0;
  {
    RunningServer server(echo);
    port = server.port();
    CHECK(fetch_raw(port, server.request("GET /"))->status == 200);
  }
  FunctionService service(echo);
  http::Server next({1, 1, {}, nullptr});
  http::ListenerOptions options;
  options.port = port;
  options.service = &service;
  CHECK(next.listen(options));
}

TEST_CASE("a request carries what the listener knows") {
  const RunningServer server([](const Request& request) {
    return Response::text(200, request.host + " " + request.production_host + " " + request.origin() + " " +
                                   (request.secure ? "tls" : "plain") + " " +
                                   std::string(*request.target.parameter("q")) + " " +
                                   std::string(request.headers.value("x-any")));
  });
  const std::string port = std::to_string(server.port());
  const auto response = fetch_raw(
      server.port(), "GET /a?q=%20 HTTP/1.1\r\nHost: My.blob.localhost:" + port + "\r\nX-Any: %41\r\n\r\n");
  CHECK(response->body == "my.blob.localhost my.blob http://my.blob.localhost:" + port + " plain   %41");
}

TEST_CASE("answers without a body have none, and the connection goes on") {
  const RunningServer server([](const Request& request) {
    Response response = Response::text(200, "hello");
    if (request.target.path == "/204") response.status = 204;
    if (request.target.path == "/304") response.status = 304;
    return response;
  });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("HEAD /") + server.request("GET /204") + server.request("GET /304") +
                      server.request("GET /")));
  const auto head = client.read_response(true);
  REQUIRE(head);
  CHECK(head->header("Content-Length") == "5");
  CHECK(client.read_response()->status == 204);
  CHECK(client.read_response()->status == 304);
  CHECK(client.read_response()->body == "hello");
}

TEST_CASE("slices are sent together and kept alive until they are out") {
  const RunningServer server([](const Request&) {
    const auto owner = std::make_shared<std::string>(3'000'000, 'x');
    Response response;
    std::vector<http::Slice> slices;
    for (std::size_t at = 0; at < owner->size(); at += 10'000) {
      slices.push_back({owner, std::string_view(*owner).substr(at, 10'000)});
    }
    slices.push_back({nullptr, "end"});
    response.body = slices;
    return response;
  });
  const auto response = fetch_raw(server.port(), server.request("GET /"));
  REQUIRE(response);
  CHECK(response->complete);
  CHECK(response->body == std::string(3'000'000, 'x') + "end");
}

/// A source of `length` letters that breaks off after `available`.
class LetterSource final : public http::BodySource {
 public:
  LetterSource(std::uint64_t length, std::uint64_t available) : length_(length), left_(available) {}
  std::uint64_t length() const override { return length_; }
  base::Result<std::size_t> read(std::span<char> buffer) override {
    if (left_ == 0) return base::Error{base::ErrorKind::unavailable, "disk gone", ""};
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_));
    std::fill_n(buffer.begin(), count, 'x');
    left_ -= count;
    return count;
  }

 private:
  std::uint64_t length_;
  std::uint64_t left_;
};

TEST_CASE("a source is read in pieces, and told of honestly when it breaks off") {
  for (const bool may_block : {true, false}) {
    const RunningServer server(
        [](const Request& request) {
          Response response;
          const std::uint64_t available = request.target.path == "/whole"  ? 2'000'000
                                          : request.target.path == "/part" ? 1'000'000
                                                                           : 0;
          response.body = std::make_shared<LetterSource>(2'000'000, available);
          return response;
        },
        may_block);
    RawHttpClient client(server.port());
    REQUIRE(client.send(server.request("HEAD /whole") + server.request("GET /whole") +
                        server.request("GET /none") + server.request("GET /part")));
    CHECK(client.read_response(true)->header("Content-Length") == "2000000");
    CHECK(client.read_response()->body == std::string(2'000'000, 'x'));
    const auto none = client.read_response();
    CHECK(none->status == 500);
    CHECK(none->body.find("disk") == std::string::npos);
    const auto part = client.read_response();
    REQUIRE(part);
    CHECK(part->status == 200);
    CHECK_FALSE(part->complete);
  }
}

TEST_CASE("an exception becomes a 500 without its text, and the connection goes on") {
  for (const bool may_block : {true, false}) {
    const RunningServer server(
        [](const Request& request) -> Response {
          if (request.target.path == "/bad") throw std::runtime_error("secret detail");
          if (request.target.path == "/worse") throw 42;
          if (request.target.path == "/odd") return Response::text(99, "");
          return Response::text(200, "fine");
        },
        may_block);
    RawHttpClient client(server.port());
    REQUIRE(client.send(server.request("GET /bad") + server.request("GET /worse") +
                        server.request("GET /odd") + server.request("GET /")));
    for (int i = 0; i < 3; ++i) {
      const auto response = client.read_response();
      REQUIRE(response);
      CHECK(response->status == 500);
      CHECK(response->body.find("secret") == std::string::npos);
      CHECK_THAT(response->body, ContainsSubstring(std::string(model::codes::kServiceFailed)));
    }
    CHECK(client.read_response()->body == "fine");
  }
}

TEST_CASE("past the queue of waiting requests the answer is 503 with Retry-After") {
  http::ServerLimits limits;
  limits.queued_requests = 0;
  const RunningServer server(echo, true, limits);
  const auto busy = fetch_raw(server.port(), server.request("GET /"));
  REQUIRE(busy);
  CHECK(busy->status == 503);
  CHECK(busy->header("Retry-After") == "1");
  CHECK_THAT(busy->body, ContainsSubstring(std::string(model::codes::kServerBusy)));
}

TEST_CASE("a client that asks is told to go on when its body is wanted, and only then") {
  const RunningServer server([](const Request& request) {
    return request.target.path == "/refused" ? Response::text(403, "no") : echo(request);
  });
  RawHttpClient wanted(server.port());
  REQUIRE(wanted.send(server.request("PUT /x", "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")));
  CHECK(wanted.read_response()->status == 100);
  REQUIRE(wanted.send("hi"));
  CHECK(wanted.read_response()->body == "PUT /x hi");

  RawHttpClient refused(server.port());
  REQUIRE(refused.send(server.request("PUT /refused", "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")));
  const auto response = refused.read_response();
  CHECK(response->status == 403);
  CHECK(response->header("Connection") == "close");
}

TEST_CASE("a body that nobody read is skipped if it is small, else the connection ends") {
  const RunningServer server([](const Request&) { return Response::text(200, "done"); });
  RawHttpClient small(server.port());
  REQUIRE(small.send(server.request("POST /", "Content-Length: 100000\r\n\r\n") + std::string(100'000, 'x') +
                     server.request("GET /")));
  CHECK(small.read_response()->body == "done");
  CHECK(small.read_response()->body == "done");

  RawHttpClient large(server.port());
  REQUIRE(large.send(server.request("POST /", "Content-Length: 100000000\r\n\r\n")));
  const auto response = large.read_response();
  REQUIRE(response);
  CHECK(response->body == "done");
  CHECK(response->header("Connection") == "close");
}

TEST_CASE("64 MiB stream through a handler that only counts") {
  constexpr std::size_t kTotal = 64 * 1024 * 1024;
  const RunningServer server([](const Request& request) {
    std::vector<char> buffer(100'000);
    std::uint64_t total = 0;
    for (;;) {
      const base::Result<std::size_t> count = request.body->read(buffer);
      if (!count) return Response::text(400, count.error().message);
      if (*count == 0) return Response::text(200, std::to_string(total));
      total += *count;
    }
  });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("PUT /", "Content-Length: " + std::to_string(kTotal) + "\r\n\r\n")));
  const std::string piece(1024 * 1024, 'x');
  for (std::size_t sent = 0; sent < kTotal; sent += piece.size()) REQUIRE(client.send(piece));
  CHECK(client.read_response()->body == std::to_string(kTotal));
}

TEST_CASE("a handler that is told of a body cut short is never mistaken for one that has it all") {
  std::promise<base::Result<std::string>> seen;
  const RunningServer server([&](const Request& request) {
    seen.set_value(http::read_body(request, 1000));
    return Response::text(200, "");
  });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("PUT /", "Content-Length: 10\r\n\r\nhalf")));
  client.end_sending();
  CHECK_FALSE(seen.get_future().get());
  CHECK_FALSE(client.read_response());
}

TEST_CASE("uploads that wait for their clients do not keep others from being answered") {
  std::atomic<int> reading{0};
  const RunningServer server([&](const Request& request) {
    ++reading;
    return echo(request);
  });
  std::vector<std::unique_ptr<RawHttpClient>> slow;
  for (int i = 0; i < 8; ++i) {  // the server has two workers
    slow.push_back(std::make_unique<RawHttpClient>(server.port()));
    REQUIRE(slow.back()->send(server.request("PUT /slow", "Content-Length: 2\r\n\r\n")));
  }
  CHECK(fetch_raw(server.port(), server.request("PUT /quick", "Content-Length: 2\r\n\r\nhi"))->body ==
        "PUT /quick hi");
  for (const auto& client : slow) {
    REQUIRE(client->send("hi"));
    CHECK(client->read_response()->body == "PUT /slow hi");
  }
}

TEST_CASE("headers that take too long are answered with 408, idle connections are closed without a word") {
  http::ServerLimits limits;
  limits.header_time = std::chrono::milliseconds(50);
  limits.idle_time = std::chrono::milliseconds(50);
  const RunningServer server(echo, true, limits);
  RawHttpClient slow(server.port());
  REQUIRE(slow.send("GET / HT"));
  CHECK(slow.read_response()->status == 408);
  RawHttpClient idle(server.port());
  CHECK(idle.read_until_closed().empty());
}

TEST_CASE("a body that comes too slowly is answered with 408") {
  http::ServerLimits limits;
  limits.body_grace = std::chrono::milliseconds(50);
  const RunningServer server(echo, true, limits);
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("PUT /", "Content-Length: 10\r\n\r\nab")));
  const auto response = client.read_response();
  REQUIRE(response);
  CHECK(response->status == 408);
  CHECK(client.read_until_closed().empty());
}

TEST_CASE("a client that takes nothing of its answer is let go") {
  http::ServerLimits limits;
  limits.idle_time = std::chrono::milliseconds(50);
  std::weak_ptr<std::string> body;
  std::promise<void> answered;
  std::promise<void> freed;
  RunningServer server(
      [&](const Request&) {
        const std::shared_ptr<std::string> owner(new std::string(64 * 1024 * 1024, 'x'),
                                                 [&](std::string* text) {
                                                   delete text;
                                                   freed.set_value();
                                                 });
        Response response;
        response.body = std::vector<http::Slice>{{owner, *owner}};
        return response;
      },
      true, limits);
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("GET /")));
  CHECK(freed.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}

TEST_CASE("over the connection limit an idle connection makes room, a busy one stays") {
  http::ServerLimits limits;
  limits.connections = 2;
  const RunningServer server(echo, true, limits);
  RawHttpClient busy(server.port());
  REQUIRE(busy.send(server.request("GET /first") + "GET /half"));
  CHECK(busy.read_response()->body == "GET /first ");
  RawHttpClient idle(server.port());
  REQUIRE(idle.send(server.request("GET /")));
  CHECK(idle.read_response()->status == 200);
  RawHttpClient third(server.port());
  REQUIRE(third.send(server.request("GET /third")));
  CHECK(third.read_response()->body == "GET /third ");
  CHECK(idle.read_until_closed().empty());
  REQUIRE(busy.send(" HTTP/1.1\r\nHost: localhost:" + std::to_string(server.port()) + "\r\n\r\n"));
  CHECK(busy.read_response()->body == "GET /half ");
}

TEST_CASE("stopping closes idle connections and half-sent requests at once") {
  RunningServer server(echo);
  RawHttpClient idle(server.port());
  RawHttpClient half(server.port());
  REQUIRE(idle.send(server.request("GET /")));
  CHECK(idle.read_response()->status == 200);
  REQUIRE(half.send("GET / HT"));
  server.stop();
  CHECK(idle.read_until_closed().empty());
  CHECK(half.read_until_closed().empty());
  CHECK_FALSE(fetch_raw(server.port(), server.request("GET /")));
}

TEST_CASE("stopping lets an answer under way finish, as the connection's last") {
  std::promise<void> began;
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  RunningServer server([&](const Request&) {
    began.set_value();
    released.wait();
    return Response::text(200, "finished");
  });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("GET /")));
  began.get_future().wait();
  std::thread stopper([&] { server.stop(std::chrono::seconds(60)); });
  release.set_value();
  const auto response = client.read_response();
  CHECK(client.read_until_closed().empty());
  stopper.join();
  REQUIRE(response);
  CHECK(response->body == "finished");
}

TEST_CASE("stopping does not wait longer than the drain for an upload that never ends") {
  std::promise<bool> got_body;
  std::promise<void> began;
  RunningServer server([&](const Request& request) {
    began.set_value();
    got_body.set_value(http::read_body(request, 1000).has_value());
    return Response::text(200, "");
  });
  RawHttpClient client(server.port());
  REQUIRE(client.send(server.request("PUT /", "Content-Length: 10\r\n\r\nab")));
  began.get_future().wait();
  server.stop(std::chrono::milliseconds(0));
  CHECK_FALSE(got_body.get_future().get());
  CHECK(client.read_until_closed().empty());
}

}  // namespace
}  // namespace exthost::test
