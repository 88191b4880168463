#include "emulator/watch/config_pointers.h"

#include <string>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using watch::compose_config;
using watch::Pointer;

namespace {

std::string composed(const std::string& text, const std::vector<Pointer>& pointers) {
  auto result = compose_config(text, pointers);
  REQUIRE(result);
  return *result;
}

base::Error refusal(const std::string& text, const std::vector<Pointer>& pointers = {{"dev", "2.0"}}) {
  auto result = compose_config(text, pointers);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == model::codes::kPublishFailed);
  CHECK(result.error().kind == base::ErrorKind::invalid_input);
  return result.error();
}

}  // namespace

TEST_CASE("a pointer changes its own value and nothing else") {
  const std::string before = R"({
  "stage5": "1.0.0.1",
  "$version": "3",
  "stage1": "1.0.0.2",
    "own key" : {"nested": [1, 2.50, null]},
  "dev": "1.0.0.2"
}
)";
  const std::string after = R"({
  "stage5": "1.0.0.1",
  "$version": "3",
  "stage1": "1.0.0.9",
    "own key" : {"nested": [1, 2.50, null]},
  "dev": "1.0.0.9"
}
)";
  CHECK(composed(before, {{"dev", "1.0.0.9"}, {"stage1", "1.0.0.9"}}) == after);
}

TEST_CASE("a name that is not there is added at the end with the lines' own indentation") {
  CHECK(composed("{\n  \"$version\": \"3\",\n  \"stage5\": \"1\"\n}\n", {{"dev", "2"}, {"flight", "2"}}) ==
        "{\n  \"$version\": \"3\",\n  \"stage5\": \"1\",\n  \"dev\": \"2\",\n  \"flight\": \"2\"\n}\n");
  CHECK(composed("{\n\t\"stage5\":\"1\"\n}", {{"dev", "2"}}) == "{\n\t\"stage5\":\"1\",\n\t\"dev\":\"2\"\n}");
  CHECK(composed("{\"a\":\"1\"}", {{"dev", "2"}}) == "{\"a\":\"1\",\"dev\":\"2\"}");
}

TEST_CASE("an empty object is filled with lines of two spaces") {
  CHECK(composed("{ }", {{"dev", "2"}, {"stage1", "2"}}) == "{\n  \"dev\": \"2\",\n  \"stage1\": \"2\"\n}");
  CHECK(composed("{ }", {}) == "{ }");
}

TEST_CASE("line ends of Windows and a byte-order mark are kept") {
  CHECK(composed("\xEF\xBB\xBF{\r\n  \"stage5\": \"1\"\r\n}\r\n", {{"dev", "2"}, {"stage5", "2"}}) ==
        "\xEF\xBB\xBF{\r\n  \"stage5\": \"2\",\r\n  \"dev\": \"2\"\r\n}\r\n");
}

TEST_CASE("values of other lengths and kinds are replaced in their places") {
  CHECK(composed(R"({"dev": 3, "a": "x", "stage1": ["1"]})", {{"stage1", "10.0"}, {"dev", "10.0"}}) ==
        R"({"dev": "10.0", "a": "x", "stage1": "10.0"})");
}

TEST_CASE("composing what is there already gives the same text") {
  const std::string text = "{\n  \"dev\": \"2\"\n}";
  CHECK(composed(text, {{"dev", "2"}}) == text);
  const std::string once = composed("{\"a\": \"1\"}", {{"dev", "2"}});
  CHECK(composed(once, {{"dev", "2"}}) == once);
}

TEST_CASE("a text that is not valid JSON is refused with its place") {
  CHECK_THAT(refusal("{\n  \"stage1\": \"1\",\n}").message, ContainsSubstring("config.json:2:"));
  CHECK_THAT(refusal("{\n  \"stage1\": \"1\",\n}").message, ContainsSubstring("trailing comma"));
  refusal("");
  refusal("{\"a\": \"1\" // why\n}");
  refusal("{\"a\": \"1\", \"a\": \"2\"}");
  refusal("{\"a\": \"1\"} {}");
  refusal(std::string("{\"a\": \"1\"\0}", 11));
  refusal("{\"a\": \"\xFF\"}");
  refusal("{\"a\": " + std::string(40, '[') + std::string(40, ']') + "}");
  refusal("{\"a\": \"" + std::string(256 * 1024, 'x') + "\"}");
}

TEST_CASE("JSON that is no object is refused with its place") {
  CHECK_THAT(refusal("\n  [\"stage1\"]").message, ContainsSubstring("config.json:2:3"));
  refusal("\"3\"");
}

TEST_CASE("a name that differs only by letter case is refused, since the whole config would be invalid") {
  const auto error = refusal("{\n  \"Dev\": \"1\"\n}");
  CHECK_THAT(error.message, ContainsSubstring("config.json:2:3"));
  CHECK_THAT(error.message, ContainsSubstring("\"Dev\""));
}

TEST_CASE("versions are quoted as JSON") {
  CHECK(composed("{}", {{"dev", "a\"b"}}) == "{\n  \"dev\": \"a\\\"b\"\n}");
}

TEST_CASE("pointers are read back where they are there") {
  const auto pointers = watch::read_pointers(R"({"dev": "2", "stage1": "1"})", {"dev", "stage1", "stage9"});
  REQUIRE(pointers);
  CHECK(*pointers == std::vector<Pointer>{{"dev", "2"}, {"stage1", "1"}});
  CHECK_FALSE(watch::read_pointers("{,}", {"dev"}));
}

TEST_CASE("a config refers to the versions of its stages and friendly names") {
  CHECK(watch::referred_versions(R"({"$version": "3", "stage1": "1", "dev": "2", "odd": 5})") ==
        std::vector<std::string>{"1", "2"});
  CHECK(watch::referred_versions("{,}").empty());
}

TEST_CASE("the first config has every stage of the cloud and the pointers") {
  CHECK(watch::first_config({"stage1", "stage2"}, "1.0", {{"dev", "1.0"}, {"stage1", "1.0"}}) ==
        "{\n  \"$version\": \"3\",\n  \"stage1\": \"1.0\",\n  \"stage2\": \"1.0\",\n  \"dev\": \"1.0\"\n}\n");
}

namespace {

std::string without(const std::string& text, const std::vector<std::string>& names) {
  auto result = watch::remove_names(text, names);
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("a name goes with its comma, and all else stays as it was") {
  const std::string text = "{\n  \"$version\": \"3\",\n  \"a\": \"1\",\n    \"b\" : \"2\"\n}\n";
  CHECK(without(text, {"b"}) == "{\n  \"$version\": \"3\",\n  \"a\": \"1\"\n}\n");
  CHECK(without(text, {"a"}) == "{\n  \"$version\": \"3\",\n    \"b\" : \"2\"\n}\n");
  CHECK(without(text, {"$version"}) == "{\n  \"a\": \"1\",\n    \"b\" : \"2\"\n}\n");
  CHECK(without(text, {"b", "$version"}) == "{\n  \"a\": \"1\"\n}\n");
  CHECK(without(text, {"B", "c"}) == text);
  CHECK(without(text, {}) == text);
}

TEST_CASE("a name that is removed leaves a text that is JSON, however it was written") {
  CHECK(without("{\"a\":\"1\"}", {"a"}) == "{}");
  CHECK(without("{\r\n\t\"a\": \"1\"\r\n}\r\n", {"a"}) == "{}\r\n");
  CHECK(without("{\"a\":\"1\",\"b\":{\"a\":\"x\"},\"c\":\"2\"}", {"b"}) == "{\"a\":\"1\",\"c\":\"2\"}");
  CHECK(without("{ \"a\": \"1\"\n, \"b\": \"2\"\n, \"c\": \"3\" }", {"b"}) ==
        "{ \"a\": \"1\"\n, \"c\": \"3\" }");
  CHECK(without("\xEF\xBB\xBF{\"a\": \"1\", \"b\": \"2\"}", {"a"}) == "\xEF\xBB\xBF{\"b\": \"2\"}");
  CHECK_FALSE(watch::remove_names("{\"a\": \"1\",}", {"a"}));
}

TEST_CASE("what is added and then removed leaves the text as it was") {
  for (const std::string text : {"{\n  \"$version\": \"3\",\n  \"stage5\": \"1\"\n}\n", "{\"a\":\"1\"}",
                                 "{\r\n\t\"a\": \"1\",\r\n\t\"b\": \"2\"\r\n}"}) {
    INFO(text);
    CHECK(without(composed(text, {{"new", "9"}, {"other", "9"}}), {"new", "other"}) == text);
  }
}

TEST_CASE("two texts are told apart by the versions of their names") {
  using Changes = std::vector<watch::PointerChange>;
  CHECK(watch::pointer_changes(R"({"$version": "2", "a": "1", "b": "1", "gone": "1"})",
                               R"({"$version": "3", "new": "4", "b": "1", "a": "2"})") ==
        Changes{{"new", "", "4"}, {"a", "1", "2"}, {"gone", "1", ""}});
  CHECK(watch::pointer_changes("", R"({"a": "1"})") == Changes{{"a", "", "1"}});
  CHECK(watch::pointer_changes(R"({"a": "1"})", R"({ "a" : "1" })").empty());
}
