#include "emulator/http/response_head.h"

#include "emulator/http/control_bytes.h"
#include "tests/support/catch.h"

namespace exthost::http {
namespace {

std::string head_of(const Response& response, bool head_request = false, int minor = 1, bool keep = true) {
  return make_response_head(response, decide_body_framing(response, head_request, minor), keep, minor);
}

TEST_CASE("an answer has a reason, a date and its body's length") {
  const std::string head = head_of(Response::text(200, "hello"));
  CHECK(head.rfind("HTTP/1.1 200 OK\r\n", 0) == 0);
  CHECK_THAT(head, ContainsSubstring("\r\nDate: "));
  CHECK_THAT(head, ContainsSubstring("\r\nContent-Length: 5\r\n"));
  CHECK(head.substr(head.size() - 4) == "\r\n\r\n");
}

TEST_CASE("nothing in a header can split the answer") {
  Response response = Response::text(200, "");
  response.reason = "Fine\r\nEvil: 1";
  response.headers.add("X-Name", "a\r\nEvil: 1\r\n\r\n<html>");
  response.headers.add("Bad\r\nEvil", "1");
  response.headers.add("Bad Name", "1");
  response.headers.add("", "1");
  response.headers.add("X-Nul", std::string("a\0b", 3));
  const std::string head = head_of(response);
  CHECK(head.find("\nEvil") == std::string::npos);
  CHECK(head.find("Bad") == std::string::npos);
  CHECK(head.find("\r\n\r\n") == head.size() - 4);
  CHECK(head.find('\0') == std::string::npos);
  CHECK_THAT(head, ContainsSubstring("X-Name: a  Evil: 1    <html>\r\n"));
}

TEST_CASE("a control character is found wherever it stands, and a tab is none") {
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char control : {'\0', '\n', '\x1f', '\x7f'}) {
        std::string text(size, '\xff');
        text.front() = '\t';
        CHECK(find_control_byte(text) == size);
        text[at] = control;
        CAPTURE(size, at);
        CHECK(find_control_byte(text) == at);
        Response response;
        response.headers.add("X-Name", text);
        text[at] = ' ';
        CHECK_THAT(head_of(response), ContainsSubstring("\r\nX-Name: " + text + "\r\n"));
      }
    }
  }
}

TEST_CASE("a service's own framing headers are dropped, its date is kept") {
  Response response = Response::text(200, "hello");
  response.headers.add("Content-Length", "99");
  response.headers.add("Transfer-Encoding", "chunked");
  response.headers.add("Connection", "upgrade");
  response.headers.add("Date", "Fri, 20 Nov 2026 12:04:11 GMT");
  const std::string head = head_of(response);
  CHECK_THAT(head, ContainsSubstring("Content-Length: 5\r\n"));
  CHECK(head.find("99") == std::string::npos);
  CHECK(head.find("chunked") == std::string::npos);
  CHECK(head.find("upgrade") == std::string::npos);
  CHECK_THAT(head, ContainsSubstring("Date: Fri, 20 Nov 2026 12:04:11 GMT\r\n"));
  CHECK(head.find("Date: ") == head.rfind("Date: "));
}

TEST_CASE("answers without a body say so in their own ways") {
  Response response = Response::text(200, "hello");
  CHECK_THAT(head_of(response, true), ContainsSubstring("Content-Length: 5\r\n"));
  response.headers.set("Content-Length", "1234");
  CHECK_THAT(head_of(response, true), ContainsSubstring("Content-Length: 1234\r\n"));
  for (const int status : {204, 304}) {
    response.status = status;
    CHECK(decide_body_framing(response, false, 1) == BodyFraming::none);
    CHECK(head_of(response).find("Content-Length") == std::string::npos);
  }
}

TEST_CASE("a stream is chunked, or ends with the connection for HTTP/1.0") {
  Response response;
  response.body = StreamBody();
  CHECK_THAT(head_of(response, false, 1, false), ContainsSubstring("Transfer-Encoding: chunked\r\n"));
  const std::string old = head_of(response, false, 0, false);
  CHECK(old.find("Transfer-Encoding") == std::string::npos);
  CHECK_THAT(old, ContainsSubstring("Connection: close\r\n"));
}

TEST_CASE("HTTP/1.0 is told when its connection is kept") {
  CHECK_THAT(head_of(Response::text(200, ""), false, 0, true),
             ContainsSubstring("Connection: keep-alive\r\n"));
  CHECK(head_of(Response::text(200, ""), false, 1, true).find("Connection") == std::string::npos);
}

}  // namespace
}  // namespace exthost::http
