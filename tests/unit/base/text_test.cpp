#include "emulator/base/text.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using namespace exthost::base;

TEST_CASE("letter case is folded for ASCII only") {
  CHECK(to_lower("Microsoft_ÄZ") == "microsoft_Äz");
  CHECK(equals_ignoring_case("ETag", "etag"));
  CHECK_FALSE(equals_ignoring_case("etag", "etags"));
}

TEST_CASE("a beginning and an end are found in any letter case, and never in a shorter text") {
  CHECK(begins_with_ignoring_case("CONTENT/app.js", "Content/"));
  CHECK(begins_with_ignoring_case("content/", "Content/"));
  CHECK(begins_with_ignoring_case("", ""));
  CHECK_FALSE(begins_with_ignoring_case("Content", "Content/"));
  CHECK_FALSE(begins_with_ignoring_case("a/Content/", "Content/"));
  CHECK(ends_with_ignoring_case("app.CSS", ".css"));
  CHECK(ends_with_ignoring_case(".css", ".css"));
  CHECK(ends_with_ignoring_case("", ""));
  CHECK_FALSE(ends_with_ignoring_case("css", ".css"));
  CHECK_FALSE(ends_with_ignoring_case("app.css.map", ".css"));
}

TEST_CASE("text is trimmed and split") {
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim(" \n").empty());
  CHECK(split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(split("a,", ',') == std::vector<std::string>{"a", ""});
}

TEST_CASE("UTF-8 is judged strictly") {
  for (const char* good :
       {"", "abc", "é", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "😀", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(good);
    CHECK(is_valid_utf8(good));
  }
  for (const char* bad :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF", "a\xC3z"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_valid_utf8(bad));
  }
  CHECK(valid_utf8_prefix("ab\xFFz") == 2);
  CHECK(valid_utf8_prefix("aé") == 3);
}

TEST_CASE("code points become UTF-8") {
  std::string out;
  for (const char32_t c : {U'A', U'é', U'€', U'😀'}) append_utf8(out, c);
  CHECK(out == "Aé€😀");
}

TEST_CASE("percent encoding goes once in each direction") {
  CHECK(percent_decode("a%20b%2525+") == "a b%25+");
  CHECK_FALSE(percent_decode("100%"));
  CHECK_FALSE(percent_decode("%4"));
  CHECK_FALSE(percent_decode("%zz"));
  CHECK(percent_encode("a b/ü?") == "a%20b%2F%C3%BC%3F");
  CHECK(percent_encode("a/b:c", "/:") == "a/b:c");
  CHECK(percent_decode(percent_encode("\x01 ü%\x7f")) == std::string("\x01 ü%\x7f"));
}

TEST_CASE("HTML metacharacters become entities") {
  CHECK(escape_html("<a href=\"x\" title='y'>&</a>") ==
        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
}

TEST_CASE("a quoted JSON string reads back as it was and is safe inside a script element") {
  const std::string text = "a\"b\\c\n\r\t\x01\x7f</script>é😀\xE2\x80\xA8\xE2\x80\xA9";
  const std::string quoted = json_quote(text);
  CHECK(nlohmann::json::parse(quoted).get<std::string>() == text);
  CHECK(quoted.find('<') == std::string::npos);
  CHECK(quoted.find("\xE2\x80\xA8") == std::string::npos);
  CHECK(json_quote("a\xFFz") == "\"a\xEF\xBF\xBDz\"");
}

TEST_CASE("the nearest word is suggested only if it is near") {
  const std::vector<std::string> verbs = {"promote", "publish", "rollback", "sync"};
  CHECK(nearest_word("promot", verbs) == "promote");
  CHECK(nearest_word("PUBLSIH", verbs) == "publish");
  CHECK(nearest_word("snyc", verbs) == "sync");
  CHECK_FALSE(nearest_word("config", verbs));
  CHECK_FALSE(nearest_word("", verbs));
  CHECK_FALSE(nearest_word("x", {"y"}));
  CHECK_FALSE(nearest_word(std::string(100'000, 'a'), {std::string(100'000, 'a')}));
}

TEST_CASE("sizes are told in few digits") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(412'300) == "412 KB");
  CHECK(human_bytes(1'230'000) == "1.2 MB");
  CHECK(human_bytes(9'960) == "10 KB");
  CHECK(human_bytes(999'900) == "1.0 MB");
  CHECK(human_bytes(UINT64_MAX) == "18 EB");
}
