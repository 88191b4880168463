#include "emulator/http/message.h"

#include "emulator/base/json_document.h"
#include "emulator/model/codes.h"
#include "tests/support/catch.h"

namespace exthost::http {
namespace {

/// Gives its text a few bytes at a time.
class TextReader final : public BodyReader {
 public:
  explicit TextReader(std::string text) : text_(std::move(text)) {}
  base::Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t count = std::min<std::size_t>({buffer.size(), text_.size() - taken_, 3});
    text_.copy(buffer.data(), count, taken_);
    taken_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t taken_ = 0;
};

TEST_CASE("header names are compared without letter case, and values stay as they are") {
  Headers headers;
  headers.add("ETag", "\"a%20b\"");
  headers.add("Set-Cookie", "1");
  headers.add("set-cookie", "2");
  CHECK(headers.get("etag") == "\"a%20b\"");
  CHECK(headers.value("missing").empty());
  CHECK(headers.count("SET-COOKIE") == 2);
  headers.set("Set-cookie", "3");
  CHECK(headers.count("Set-Cookie") == 1);
  CHECK(headers.get("Set-Cookie") == "3");
  headers.remove("etag");
  CHECK_FALSE(headers.get("ETag"));
}

TEST_CASE("a request's origin is what a browser calls it") {
  Request request;
  request.host = "localhost";
  request.port = 14433;
  CHECK(request.origin() == "http://localhost:14433");
  request.secure = true;
  request.host = "::1";
  CHECK(request.origin() == "https://[::1]:14433");
  request.port = 443;
  request.host = "a.localhost";
  CHECK(request.origin() == "https://a.localhost");
}

TEST_CASE("a body is read whole, up to its limit") {
  TextReader reader("hello world");
  Request request;
  request.body = &reader;
  const base::Result<std::string> body = read_body(request, 11);
  REQUIRE(body);
  CHECK(*body == "hello world");
}

TEST_CASE("a body over its limit is refused, announced or not") {
  TextReader reader("hello world");
  Request request;
  request.body = &reader;
  base::Result<std::string> body = read_body(request, 10);
  REQUIRE_FALSE(body);
  CHECK(body.error().code == model::codes::kBodyTooLarge);

  request.content_length = 11;
  body = read_body(request, 10);
  REQUIRE_FALSE(body);
  CHECK(body.error().kind == base::ErrorKind::invalid_input);
}

TEST_CASE("a request without a body has an empty one") {
  const base::Result<std::string> body = read_body(Request(), 10);
  REQUIRE(body);
  CHECK(body->empty());
}

TEST_CASE("a problem is JSON with code, title and detail, whatever the detail holds") {
  const Response response = Response::problem(404, model::codes::kUnknownStamp, "no \"stamp\" </script>\r\n");
  CHECK(response.status == 404);
  CHECK(response.headers.get("Content-Type") == "application/problem+json");
  const base::Result<std::string> text = body_text(response.body);
  REQUIRE(text);
  const base::JsonParse parsed = base::parse_json(*text, base::JsonDialect::strict);
  REQUIRE(parsed.ok());
  CHECK(parsed.value->find("code")->text == model::codes::kUnknownStamp);
  CHECK(parsed.value->find("status")->text == "404");
  CHECK_FALSE(parsed.value->find("title")->text.empty());
  CHECK(parsed.value->find("detail")->text == "no \"stamp\" </script>\r\n");
}

TEST_CASE("a body's length and text are the same for every kind of body") {
  const auto owner = std::make_shared<std::string>("abcdef");
  const Body slices = std::vector<Slice>{{owner, std::string_view(*owner).substr(0, 2)}, {owner, "xyz"}};
  CHECK(body_length(slices) == 5);
  CHECK(*body_text(slices) == "abxyz");
  CHECK(body_length(Body(std::string("four"))) == 4);
  CHECK(body_length(Body(StreamBody())) == 0);
  CHECK_FALSE(body_text(Body(StreamBody())));
}

}  // namespace
}  // namespace exthost::http
