#include "emulator/http/request_head.h"

#include "emulator/http/request_parser.h"
#include "tests/support/catch.h"

namespace exthost::http {
namespace {

using State = HeadScanner::State;

State scan(std::string_view bytes, ServerLimits limits = {}) {
  return HeadScanner(limits).scan(bytes);
}

TEST_CASE("a head is found wherever its bytes are split") {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET";
  HeadScanner scanner{ServerLimits()};
  for (std::size_t size = 1; size < bytes.size() - 3; ++size) {
    CAPTURE(size);
    REQUIRE(scanner.scan(std::string_view(bytes).substr(0, size)) == State::incomplete);
  }
  REQUIRE(scanner.scan(bytes) == State::complete);
  CHECK(scanner.size() == bytes.size() - 3);
}

TEST_CASE("folded lines, bare line ends and control characters are malformed at once") {
  CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n c") == State::malformed);
  CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n\tc") == State::malformed);
  CHECK(scan("GET / HTTP/1.1\n") == State::malformed);
  CHECK(scan("GET / HTTP/1.1\rX") == State::malformed);
  CHECK(scan("GET / HTTP/1.1\r\nA: \x01") == State::malformed);
  CHECK(scan(std::string_view("GET /\0", 6)) == State::malformed);
  CHECK(scan("\x16\x03\x01") == State::malformed);
  CHECK(scan(" GET / HTTP/1.1\r\n") == State::malformed);
  CHECK(scan("GET / HTTP/1.1\r\nA:\tb\r\n\r\n") == State::complete);
}

TEST_CASE("the request line and the fields have limits of their own") {
  ServerLimits limits;
  limits.request_line_bytes = 20;
  limits.header_bytes = 30;
  CHECK(scan("GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", limits) == State::line_too_long);
  CHECK(scan("GET / HTTP/1.1\r\nA: b\r\n\r\n", limits) == State::complete);
  CHECK(scan("GET / HTTP/1.1\r\nA: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", limits) == State::head_too_large);
}

/// What becomes of a body that is sent in pieces of `step` bytes.
std::pair<RequestParser::BodyState, std::string> parse_chunks(std::string_view wire, std::size_t step) {
  RequestParser parser(100);
  const auto head = parser.parse_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  REQUIRE(std::holds_alternative<ParsedHead>(head));
  std::string body;
  std::string unread;
  RequestParser::BodyStep result;
  while (!wire.empty() && result.state == RequestParser::BodyState::incomplete) {
    unread += wire.substr(0, step);
    wire.remove_prefix(std::min(step, wire.size()));
    result = parser.parse_body(unread, [&](std::string_view bytes) { body += bytes; });
    unread.erase(0, result.consumed);
  }
  return {result.state, body};
}

TEST_CASE("chunks are put together, however their bytes are split") {
  const std::string_view wire =
      "5;name=\"v\"\r\nhello\r\n1\r\n \r\n00005\r\nworld\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t step = 1; step <= wire.size(); ++step) {
    CAPTURE(step);
    const auto [state, body] = parse_chunks(wire, step);
    CHECK(state == RequestParser::BodyState::complete);
    CHECK(body == "hello world");
  }
  CHECK(parse_chunks("0\r\n\r\n", 1).first == RequestParser::BodyState::complete);
}

TEST_CASE("malformed chunks are told from incomplete ones") {
  for (const char* wire :
       {"zz\r\nhello\r\n", "5\r\nhelloXX0\r\n\r\n", "-1\r\nhello\r\n", "ffffffffffffffffff\r\nhello",
        "5 x\r\nhello\r\n", "0\r\nbad trailer\r\n\r\n", "0\r\nContent-Length: 3\r\n\r\n", "\r\n\r\n\r\n"}) {
    CAPTURE(wire);
    CHECK(parse_chunks(wire, 1).first == RequestParser::BodyState::malformed);
    CHECK(parse_chunks(wire, 100).first == RequestParser::BodyState::malformed);
  }
  CHECK(parse_chunks("5\r\nhel", 1).first == RequestParser::BodyState::incomplete);
  CHECK(parse_chunks("5;" + std::string(20'000, 'x'), 1000).first == RequestParser::BodyState::malformed);
}

ParsedHead head_with(std::vector<Header> fields) {
  ParsedHead head{"GET", "/", 1, {}};
  for (Header& field : fields) head.headers.add(std::move(field.name), std::move(field.value));
  return head;
}

TEST_CASE("connections are kept as the client's version and wish have it") {
  const auto kept = [](int minor, const char* connection) {
    ParsedHead head = head_with({{"Connection", connection}});
    head.http_minor = minor;
    return std::get<MessageFraming>(decide_framing(head)).keep_alive;
  };
  CHECK(kept(1, ""));
  CHECK(kept(1, "upgrade, keep-alive"));
  CHECK_FALSE(kept(1, "Close"));
  CHECK_FALSE(kept(1, "foo, close"));
  CHECK_FALSE(kept(0, ""));
  CHECK(kept(0, "Keep-Alive"));
}

TEST_CASE("a request knows its host, the production host behind it, and its listener") {
  const GateRules gate;
  const ListenerFacts facts{true, 14431, &gate, {}};
  auto completed = complete_request(head_with({{"Host", "Demo.Hosting.portal.azure.net.localhost:14431"}}),
                                    facts, "127.0.0.1");
  REQUIRE(std::holds_alternative<Request>(completed));
  const Request& request = std::get<Request>(completed);
  CHECK(request.host == "demo.hosting.portal.azure.net.localhost");
  CHECK(request.production_host == "demo.hosting.portal.azure.net");
  CHECK(request.origin() == "https://demo.hosting.portal.azure.net.localhost:14431");
  CHECK(request.remote == "127.0.0.1");

  completed = complete_request(head_with({{"Host", "localhost:14431"}}), facts, "");
  CHECK(std::get<Request>(completed).production_host.empty());
}

}  // namespace
}  // namespace exthost::http
