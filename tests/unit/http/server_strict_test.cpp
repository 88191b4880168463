#include <string>
#include <vector>

#include "tests/support/raw_http_client.h"
#include "tests/unit/http/running_server.h"

namespace exthost::test {
namespace {

struct StrictCase {
  const char* name;
  std::string request;  ///< `{host}` stands for the right Host field.
  int status;           ///< Of the first answer; 0: the connection is closed without one.
  bool kept;            ///< Whether the connection takes another request afterwards.
  const char* body = "";
};

std::string with_host(std::string text, std::uint16_t port) {
  const std::string mark = "{host}";
  const std::string host = "Host: localhost:" + std::to_string(port) + "\r\n";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    text.replace(at, mark.size(), host);
  }
  return text;
}

const std::vector<StrictCase>& strict_cases() {
  static const std::vector<StrictCase> cases = {
      // What is fine
      {"a plain GET", "GET / HTTP/1.1\r\n{host}\r\n", 200, true, "GET / "},
      {"empty lines before the request", "\r\n\r\nGET / HTTP/1.1\r\n{host}\r\n", 200, true, "GET / "},
      {"a value without the usual space", "GET / HTTP/1.1\r\n{host}A:b\r\n\r\n", 200, true, "GET / "},
      {"an empty value", "GET / HTTP/1.1\r\n{host}A:\r\n\r\n", 200, true, "GET / "},
      {"bytes above ASCII in a value", "GET / HTTP/1.1\r\n{host}A: \xC3\xA9\r\n\r\n", 200, true, "GET / "},
      {"a method nobody knows", "FROB / HTTP/1.1\r\n{host}\r\n", 200, true, "FROB / "},
      {"a body by length", "POST / HTTP/1.1\r\n{host}Content-Length: 2\r\n\r\nhi", 200, true, "POST / hi"},
      {"a body of length zero", "POST / HTTP/1.1\r\n{host}Content-Length: 0\r\n\r\n", 200, true, "POST / "},
      {"a GET with a body", "GET / HTTP/1.1\r\n{host}Content-Length: 2\r\n\r\nhi", 200, true, "GET / hi"},
      {"a body in chunks", "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
       200, true, "POST / hi"},
      {"chunks with extension and trailer",
       "POST / HTTP/1.1\r\n{host}Transfer-Encoding: Chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nX: y\r\n\r\n", 200,
       true, "POST / hi"},
      {"the absolute form naming the same host", "GET http://localhost:{port}/a?b HTTP/1.1\r\n{host}\r\n",
       200, true, "GET /a "},
      {"OPTIONS for the whole server", "OPTIONS * HTTP/1.1\r\n{host}\r\n", 204, true},
      {"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 200, false, "GET / "},
      {"HTTP/1.0 that asks to be kept", "GET / HTTP/1.0\r\n{host}Connection: keep-alive\r\n\r\n", 200, true,
       "GET / "},
      {"a client that wants to close", "GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n", 200, false,
       "GET / "},
      {"a target that is misunderstood but bounded", "GET /%zz HTTP/1.1\r\n{host}\r\n", 400, true},
      {"a target that leaves the root", "GET /../etc/passwd HTTP/1.1\r\n{host}\r\n", 400, true},
      {"a target with an encoded slash", "GET /a%2fb HTTP/1.1\r\n{host}\r\n", 400, true},
      {"a target with an encoded NUL", "GET /a%00b HTTP/1.1\r\n{host}\r\n", 400, true},
      {"an asterisk for GET", "GET * HTTP/1.1\r\n{host}\r\n", 400, true},
      {"CONNECT", "CONNECT localhost:80 HTTP/1.1\r\n{host}\r\n", 501, true},
      {"TRACE", "TRACE / HTTP/1.1\r\n{host}\r\n", 501, true},
      // Hosts
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 421, true},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 421, true},
      {"a Host that is somebody else's", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, true},
      {"a Host with a user name", "GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n", 421, true},
      {"two Hosts", "GET / HTTP/1.1\r\n{host}{host}\r\n", 400, true},
      {"the absolute form naming another host", "GET http://evil.example/ HTTP/1.1\r\n{host}\r\n", 400, true},
      // Framing: what could be read in two ways ends the connection
      {"length and chunks",
       "POST / HTTP/1.1\r\n{host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       false},
      {"chunks and length",
       "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 400,
       false},
      {"two different lengths", "POST / HTTP/1.1\r\n{host}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
       400, false},
      {"the same length twice", "POST / HTTP/1.1\r\n{host}Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
       400, false},
      {"a list of lengths", "POST / HTTP/1.1\r\n{host}Content-Length: 2, 2\r\n\r\nhi", 400, false},
      {"a negative length", "POST / HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n", 400, false},
      {"a length with a plus", "POST / HTTP/1.1\r\n{host}Content-Length: +2\r\n\r\nhi", 400, false},
      {"a hexadecimal length", "POST / HTTP/1.1\r\n{host}Content-Length: 0x2\r\n\r\nhi", 400, false},
      {"an empty length", "POST / HTTP/1.1\r\n{host}Content-Length:\r\n\r\n", 400, false},
      {"a length beyond all numbers", "POST / HTTP/1.1\r\n{host}Content-Length: 99999999999999999999\r\n\r\n",
       400, false},
      {"chunked twice", "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400,
       false},
      {"chunked in two fields",
       "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400, false},
      {"a coding that is not the last", "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked, gzip\r\n\r\n",
       400, false},
      {"a coding that looks like chunked", "POST / HTTP/1.1\r\n{host}Transfer-Encoding: xchunked\r\n\r\n",
       400, false},
      {"a coding that nobody has",
       "POST / HTTP/1.1\r\n{host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, false},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       false},
      {"a chunk size that is no number",
       "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nxyz\r\nhi\r\n", 400, false},
      {"a chunk longer than its size",
       "POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n2\r\nhiho\r\n0\r\n\r\n", 400, false},
      {"an expectation that nobody meets",
       "POST / HTTP/1.1\r\n{host}Expect: tea\r\nContent-Length: 2\r\n\r\nhi", 417, false},
      // Grammar
      {"a folded field", "GET / HTTP/1.1\r\n{host}A: b\r\n c\r\n\r\n", 400, false},
      {"a space before the colon", "GET / HTTP/1.1\r\n{host}A : b\r\n\r\n", 400, false},
      {"a field without a name", "GET / HTTP/1.1\r\n{host}: b\r\n\r\n", 400, false},
      {"a line that is no field", "GET / HTTP/1.1\r\n{host}nonsense\r\n\r\n", 400, false},
      {"a bare line feed", "GET / HTTP/1.1\n{host}\n", 400, false},
      {"a bare carriage return", "GET / HTTP/1.1\r\n{host}A: b\rc\r\n\r\n", 400, false},
      {"a NUL in a value", std::string("GET / HTTP/1.1\r\n{host}A: b") + '\0' + "\r\n\r\n", 400, false},
      {"an escape in a value", "GET / HTTP/1.1\r\n{host}A: \x1b[2J\r\n\r\n", 400, false},
      {"two spaces in the request line", "GET  / HTTP/1.1\r\n{host}\r\n", 400, false},
      {"no target", "GET HTTP/1.1\r\n{host}\r\n", 400, false},
      {"no version", "GET /\r\n{host}\r\n", 400, false},
      {"a method that is no token", "G(T / HTTP/1.1\r\n{host}\r\n", 400, false},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, false},
      {"HTTP/0.9's version", "GET / HTTP/0.9\r\n{host}\r\n", 505, false},
      {"no HTTP at all", "\x16\x03\x01\x02", 400, false},
      // Sizes
      {"a request line beyond 8 KiB", "GET /" + std::string(8200, 'a') + " HTTP/1.1\r\n{host}\r\n", 414,
       false},
      {"a request line that never ends", "GET /" + std::string(9000, 'a'), 414, false},
      {"headers beyond 16 KiB", "GET / HTTP/1.1\r\n{host}A: " + std::string(17'000, 'a') + "\r\n\r\n", 431,
       false},
  };
  return cases;
}

TEST_CASE("every way of speaking HTTP well or badly gets the answer it deserves") {
  const RunningServer server(echo);
  for (StrictCase item : strict_cases()) {
    CAPTURE(item.name);
    std::string text = with_host(item.request, server.port());
    if (const std::size_t at = text.find("{port}"); at != std::string::npos) {
      text.replace(at, 6, std::to_string(server.port()));
    }
    RawHttpClient client(server.port());
    REQUIRE(client.send(text));
    const std::optional<RawResponse> response = client.read_response();
    REQUIRE(response);
    CHECK(response->status == item.status);
    if (*item.body != '\0') CHECK(response->body == item.body);
    CHECK((response->header("Connection") == "close") == !item.kept);
    if (item.kept) {
      CHECK(client.send(server.request("GET /next")));
      const std::optional<RawResponse> next = client.read_response();
      REQUIRE(next);
      CHECK(next->body == "GET /next ");
    } else {
      CHECK(client.read_until_closed().empty());
    }
  }
}

TEST_CASE("too many header fields are refused, as many as are allowed are not") {
  const RunningServer server(echo);
  const auto with_fields = [&](int count) {
    std::string fields;
    for (int i = 0; i < count; ++i) fields += "X-" + std::to_string(i) + ": v\r\n";
    return fetch_raw(server.port(), server.request("GET /", fields + "\r\n"))->status;
  };
  CHECK(with_fields(99) == 200);
  CHECK(with_fields(100) == 431);
}

TEST_CASE("a request may come one byte at a time") {
  const RunningServer server(echo);
  RawHttpClient client(server.port());
  for (const char c :
       server.request("POST /slow", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) {
    REQUIRE(client.send(std::string_view(&c, 1)));
  }
  CHECK(client.read_response()->body == "POST /slow abc");
}

TEST_CASE("pipelined requests are answered one after another, in order") {
  const RunningServer server(echo);
  RawHttpClient client(server.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += i % 3 == 0 ? server.request("POST /" + std::to_string(i), "Content-Length: 4\r\n\r\nbody")
                           : server.request("GET /" + std::to_string(i));
  }
  REQUIRE(client.send(requests));
  for (int i = 0; i < 50; ++i) {
    const std::optional<RawResponse> response = client.read_response();
    REQUIRE(response);
    CHECK(response->body ==
          (i % 3 == 0 ? "POST /" + std::to_string(i) + " body" : "GET /" + std::to_string(i) + " "));
  }
}

}  // namespace
}  // namespace exthost::test
