#include "emulator/storage/batch_document.h"

#include "emulator/storage/limits.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::storage;

namespace {

const std::string kHead = "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n";

std::string part(const std::string& request, const std::string& id = "0") {
  return kHead + "Content-ID: " + id + "\r\n\r\n" + request + "\r\n";
}

std::string why_not(const std::string& document) {
  auto parts = read_batch(document, "b");
  return parts ? "it was read" : parts.error().message;
}

}  // namespace

TEST_CASE("Sub-requests are read in their order, whichever client wrote them") {
  const std::string javascript =
      part("DELETE /acct/c/a%20b HTTP/1.1\r\nx-ms-date: now\r\nAuthorization: X", "0");
  const std::string python =
      part("DELETE /c/b? HTTP/1.1\r\nx-ms-date: now\r\nContent-Length: 0\r\n\r\n", "1");
  auto parts = read_batch("preamble\r\n" + javascript + python + "--b--\r\nepilogue", "b");
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK(parts->at(0).content_id == "0");
  CHECK(parts->at(0).method == "DELETE");
  CHECK(parts->at(0).target == "/acct/c/a%20b");
  CHECK(parts->at(0).headers.value("authorization") == "X");
  CHECK(parts->at(1).target == "/c/b?");
  CHECK(parts->at(1).headers.value("Content-Length") == "0");
}

TEST_CASE("A batch written by hand, with bare line feeds and without ids, is read") {
  auto parts = read_batch("--b\nContent-Type: application/http\n\nDELETE /c/b HTTP/1.1\n\n--b--", "b");
  REQUIRE(parts);
  CHECK(parts->front().content_id.empty());
}

TEST_CASE("What is no batch is refused by a sentence that says where") {
  const std::string good = part("DELETE /c/b HTTP/1.1");
  CHECK_THAT(why_not(""), ContainsSubstring("does not end with its boundary"));
  CHECK_THAT(why_not("no boundary"), ContainsSubstring("does not end with its boundary"));
  CHECK_THAT(why_not(good), ContainsSubstring("does not end with its boundary"));
  CHECK_THAT(why_not("--b--\r\n"), ContainsSubstring("no sub-requests"));
  CHECK(why_not(kHead + "--b--") == "Sub-request 1 has no request.");
  CHECK(why_not(good + kHead + "\r\n--b--") == "Sub-request 2 has no request.");
  CHECK_THAT(why_not("--b\r\n\r\nDELETE /c/b HTTP/1.1\r\n--b--"), ContainsSubstring("not of the type"));
  CHECK_THAT(
      why_not("--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: base64\r\n\r\n" + good),
      ContainsSubstring("another transfer encoding"));
  CHECK_THAT(why_not(part("DELETE /c/b") + "--b--"), ContainsSubstring("no request line"));
  CHECK_THAT(why_not(part("DELETE /c/b HTTP/2") + "--b--"), ContainsSubstring("no request line"));
  CHECK_THAT(why_not(part("DELETE /c/\x01 HTTP/1.1") + "--b--"), ContainsSubstring("character in its path"));
  CHECK_THAT(why_not(part("DELETE /c/b HTTP/1.1\r\nnonsense") + "--b--"),
             ContainsSubstring("without a name"));
  CHECK_THAT(why_not(part("DELETE /c/b HTTP/1.1\r\na: b\x01") + "--b--"),
             ContainsSubstring("control character"));
  CHECK_THAT(why_not(part("DELETE /c/b HTTP/1.1\r\n\r\nbody") + "--b--"), ContainsSubstring("has a body"));
}

TEST_CASE("A batch has 256 sub-requests at most, and each of them 100 headers") {
  std::string parts;
  for (std::size_t i = 0; i < limits::kBatchRequests; ++i) parts += part("DELETE /c/b HTTP/1.1");
  CHECK(read_batch(parts + "--b--", "b"));
  CHECK(why_not(parts + part("DELETE /c/b HTTP/1.1") + "--b--") == "A batch has at most 256 sub-requests.");
  std::string headers;
  for (std::size_t i = 0; i < limits::kBatchFields; ++i) headers += "\r\na: b";
  CHECK(read_batch(part("DELETE /c/b HTTP/1.1" + headers) + "--b--", "b"));
  CHECK_THAT(why_not(part("DELETE /c/b HTTP/1.1" + headers + "\r\na: b") + "--b--"),
             ContainsSubstring("too many headers"));
}

TEST_CASE("The boundary is read from the type, with quotes or without") {
  CHECK(*read_boundary("multipart/mixed; boundary=batch_1-2") == "batch_1-2");
  CHECK(*read_boundary("Multipart/Mixed;charset=utf-8; Boundary=\"a=b\"") == "a=b");
  for (const char* bad : {"", "application/http; boundary=b", "multipart/mixed",
                          "multipart/mixed; boundary=", "multipart/mixed; boundary=a b"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_boundary(bad));
  }
  CHECK_FALSE(read_boundary("multipart/mixed; boundary=" + std::string(71, 'b')));
}
