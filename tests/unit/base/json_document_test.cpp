#include "emulator/base/json_document.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/catch.h"

using namespace exthost::base;

namespace {

JsonParse strict(std::string_view text) {
  return parse_json(text, JsonDialect::strict);
}

/// `trailing_comma@12 comment@3`, by the names of the enum, for short comparisons.
std::string faults(const JsonParse& parse) {
  static const char* const kNames[] = {
      "empty",           "too_large",      "too_deep",        "invalid_utf8",        "nul_byte",
      "byte_order_mark", "trailing_comma", "comment",         "single_quotes",       "unquoted_key",
      "duplicate_key",   "bad_escape",     "bad_number",      "unterminated_string", "control_character",
      "unexpected",      "unexpected_end", "text_after_value"};
  std::ostringstream out;
  for (const JsonProblem& problem : parse.problems) {
    if (out.tellp() > 0) out << ' ';
    out << kNames[static_cast<int>(problem.fault)] << '@' << problem.offset;
  }
  return out.str();
}

/// Our value as nlohmann has it, numbers by their literal.
nlohmann::json convert(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null:
      return nullptr;
    case JsonKind::boolean:
      return value.boolean;
    case JsonKind::number:
      return nlohmann::json::parse(value.text);
    case JsonKind::string:
      return value.text;
    case JsonKind::array: {
      auto array = nlohmann::json::array();
      for (const JsonValue& item : value.items) array.push_back(convert(item));
      return array;
    }
    case JsonKind::object: {
      auto object = nlohmann::json::object();
      for (const JsonMember& member : value.members) object[member.key] = convert(member.value);
      return object;
    }
  }
  return {};
}

}  // namespace

TEST_CASE("a strict document is taken or refused as nlohmann takes or refuses it, with the same value") {
  const std::string_view texts[] = {
      "null", "true", "false", "0", "-0", "12", "-12.5e+3", "1E9", "0.1", "1e-2", "\"\"", "\"a\"", "[]", "{}",
      " [ ] ", "\t{\r\n}\n", "[1,2,3]", "[[],[[]],{}]", "{\"a\":1}",
      "{\"a\":{\"b\":[true,null]},\"c\":\"d\"}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
      "\"\\u0041\\u00e9\\u20ac\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"é€😀\"", "\"\x7f\"", "{\"\":\"\"}",
      "{\"$schema\":\"x\"}", "{\"\\u0061\":1}", "[1 , 2 ]",
      // refused
      "nul", "tru", "True", "01", "-01", "1.", ".5", "+1", "-", "1e", "1e+", "0x10", "NaN", "Infinity",
      "-Infinity", "\"", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"",
      "\"\\ud800\\u0041\"", "\"a\nb\"", "\"a\tb\"", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1,,2]",
      "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":'b'}", "{\"a\" 1}",
      "{\"a\":1 \"b\":2}", "{1:2}", "1 2", "{} {}", "// c\n1", "1 // c", "/* c */ 1", "[1] x", "\"\xFF\"",
      "\"\xC3\"", "\"\xED\xA0\x80\"", "\v1",
      "\xC2\xA0"
      "1",
      "", " ", "\n", "'a'", "undefined", "\"a\"b", "{\"a\":1]", "[1}", "\"\\\"", "\\u0031", "1a", "1.0.0.3",
      "--1", "#1"};
  for (const std::string_view text : texts) {
    CAPTURE(text);
    const nlohmann::json reference = nlohmann::json::parse(text, nullptr, false);
    const JsonParse parse = strict(text);
    REQUIRE(parse.ok() == !reference.is_discarded());
    if (parse.ok()) {
      CHECK(convert(*parse.value) == reference);
      CHECK(parse.problems.empty());
    } else {
      CHECK_FALSE(parse.problems.empty());
      for (const JsonProblem& problem : parse.problems) {
        CHECK(problem.offset <= text.size());
        CHECK_FALSE(problem.message.empty());
      }
    }
  }
}

TEST_CASE("values know where they stand") {
  const std::string text = " {\"ab\": [10, \"x\"]}";
  const JsonParse parse = strict(text);
  REQUIRE(parse.ok());
  const JsonMember& member = parse.value->members.at(0);
  CHECK(text.substr(member.key_offset, 4) == "\"ab\"");
  CHECK(text.substr(member.value.offset, member.value.length) == "[10, \"x\"]");
  const JsonValue& item = member.value.items.at(1);
  CHECK(text.substr(item.offset, item.length) == "\"x\"");
  CHECK(parse.value->find("ab") == &member.value);
  CHECK(parse.value->find("AB") == nullptr);
}

TEST_CASE("one slip does not hide the next") {
  const std::string text = "\xEF\xBB\xBF{ // c\n'a': 01, \"a\": [1,],\nb: \"x\\q\" \"c\": 2,}";
  const JsonParse parse = strict(text);
  CHECK_FALSE(parse.ok());
  CHECK(faults(parse) ==
        "byte_order_mark@0 comment@5 single_quotes@10 bad_number@15 trailing_comma@26 duplicate_key@19 "
        "unquoted_key@30 bad_escape@35 unexpected@38 trailing_comma@45");
  REQUIRE(parse.value);
  CHECK(parse.value->members.size() == 3);
  CHECK(parse.value->find("b")->text == "xq");
}

TEST_CASE("a trailing comma is named, at the comma") {
  const JsonParse parse = strict("{\"a\":1 , }");
  REQUIRE(parse.problems.size() == 1);
  CHECK(parse.problems[0].message == "trailing comma before }");
  CHECK(faults(parse) == "trailing_comma@7");
}

TEST_CASE("of duplicate keys the last value counts") {
  const JsonParse parse = strict(R"({"a":1,"b":2,"\u0061":3})");
  CHECK(faults(parse) == "duplicate_key@13");
  REQUIRE(parse.value);
  REQUIRE(parse.value->members.size() == 2);
  CHECK(parse.value->find("a")->text == "3");
}

TEST_CASE("a byte-order mark is a warning only") {
  const JsonParse parse = strict("\xEF\xBB\xBF{}");
  CHECK(parse.ok());
  CHECK(faults(parse) == "byte_order_mark@0");
  CHECK(parse.value->offset == 3);
}

TEST_CASE("text after the value is refused, and the value is still there for those who want to say more") {
  const JsonParse parse = strict("{} []");
  CHECK_FALSE(parse.ok());
  CHECK(faults(parse) == "text_after_value@3");
  CHECK(parse.value);
}

TEST_CASE("bytes that are no text are refused before anything is read") {
  CHECK(faults(strict(std::string_view("{\"a\0\":1}", 8))) == "nul_byte@3");
  CHECK(faults(strict(std::string_view("{}\0", 3))) == "nul_byte@2");
  CHECK(faults(strict("{\"a\":\"\xE9\"}")) == "invalid_utf8@6");
  CHECK_THAT(strict("\xFF\xFE{").problems.at(0).message, ContainsSubstring("UTF-16"));
  CHECK(faults(strict("")) == "empty@0");
  CHECK(faults(strict("\xEF\xBB\xBF \n")) == "byte_order_mark@0 empty@0");
}

TEST_CASE("size and depth have limits, which are the last that pass") {
  const JsonLimits limits{16, 3};
  CHECK(parse_json("[[[1]]]", JsonDialect::strict, limits).ok());
  CHECK(faults(parse_json("[[[[1]]]]", JsonDialect::strict, limits)) == "too_deep@3");
  CHECK(parse_json("\"12345678901234\"", JsonDialect::strict, limits).ok());
  CHECK(faults(parse_json("\"123456789012345\"", JsonDialect::strict, limits)) == "too_large@0");
  CHECK(strict(std::string(32, '[') + std::string(32, ']')).ok());
  CHECK_FALSE(strict(std::string(33, '[') + std::string(33, ']')).ok());
  CHECK(faults(strict(std::string(1'000'000, '['))) == "too_deep@32");
}

TEST_CASE("a text of nothing but slips gets a bounded list of problems") {
  std::string text = "[";
  for (int i = 0; i < 100'000; ++i) text += "01,";
  const JsonParse parse = strict(text + "1]");
  CHECK(parse.problems.size() <= 50);
  CHECK_FALSE(parse.ok());
}

TEST_CASE("many keys are read in reasonable time and without loss") {
  std::string text = "{";
  for (int i = 0; i < 60'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  const JsonParse parse = strict(text + "\"end\":1}");
  REQUIRE(parse.ok());
  CHECK(parse.value->members.size() == 60'001);
}

TEST_CASE("an end that is missing is reported behind the last character") {
  CHECK(faults(strict("{\"a\": [1, 2\n\n")) == "unexpected_end@11");
  CHECK(faults(strict("{\"a\":\n")) == "unexpected_end@5");
  CHECK(faults(strict("{\"a\": 1,\n")) == "unexpected_end@8");
  CHECK(faults(strict("[1 /* open")) == "comment@3 unexpected_end@3");
}

TEST_CASE("messages say what was probably meant") {
  CHECK_THAT(strict("[True]").problems.at(0).message, ContainsSubstring("did you mean true?"));
  CHECK_THAT(strict("{\"stage1\": 1.0.0.3}").problems.at(0).message,
             ContainsSubstring("put it in double quotes"));
  CHECK(strict("{\"a\":1 \"b\":2}").problems.at(0).message == "missing comma");
  CHECK_THAT(strict("{\"a\":\"x\ty\"}").problems.at(0).message, ContainsSubstring("tab"));
}

TEST_CASE("our own settings may have comments and trailing commas, and nothing more") {
  const auto commented = [](std::string_view text) { return parse_json(text, JsonDialect::commented); };
  CHECK(commented("{ // one\n \"a\": [1, /* two */ 2,], }").ok());
  CHECK(commented("// only\n{}\n// end").ok());
  CHECK(faults(commented("{a: 'b',}")) == "unquoted_key@1 single_quotes@4");
  CHECK_FALSE(commented("[,]").ok());
  CHECK_FALSE(commented("[1,,]").ok());
}

TEST_CASE("the registration dialect also takes bare keys and single quotes") {
  const JsonParse parse = parse_json(
      "{ name: 'Microsoft_Azure_Demo', /* c */ $flag: true, 'it\\'s': \"x\", }", JsonDialect::json5_subset);
  REQUIRE(parse.ok());
  CHECK(parse.value->find("name")->text == "Microsoft_Azure_Demo");
  CHECK(parse.value->find("$flag")->boolean);
  CHECK(parse.value->find("it's")->text == "x");
  CHECK_FALSE(parse_json("{a: 0x10}", JsonDialect::json5_subset).ok());
}
