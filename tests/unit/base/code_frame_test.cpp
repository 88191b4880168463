#include "emulator/base/json_document.h"
#include "tests/support/catch.h"

using namespace exthost::base;

TEST_CASE("a frame shows the line before, the line and a caret with the note") {
  const std::string text = "{\n    \"stage4\": \"2.0.0.0\",\n    \"stage5\": \"2.0.0.0\",\n}\n";
  const std::size_t comma = text.rfind(',');
  const std::string expected =
      "     2 │     \"stage4\": \"2.0.0.0\",\n"
      "     3 │     \"stage5\": \"2.0.0.0\",\n"
      "       │                        ^ trailing comma before }";
  CHECK(code_frame(text, comma, "trailing comma before }") == expected);
  CHECK(locate(text, comma, "config.json").to_string() == "config.json:3:24");
}

TEST_CASE("the first line has none before it") {
  CHECK(code_frame("{,}", 1, "") == "     1 │ {,}\n       │  ^");
}

TEST_CASE("columns count code points, and CR before LF is no part of a line") {
  const std::string text = "ab\r\n\"é€😀\",x\r\n";
  const std::size_t x = text.find('x');
  CHECK(locate(text, x, "f") == SourcePosition{"f", 2, 7});
  CHECK(code_frame(text, x, "here") == "     1 │ ab\n     2 │ \"é€😀\",x\n       │       ^ here");
}

TEST_CASE("bytes that a terminal would obey, or that are no text, are shown as a mark each") {
  const std::string text = "a\x1b[31m\tb\xFF\xC2\x9B!";
  const std::size_t mark = text.find('!');
  const std::string replacement = "\xEF\xBF\xBD";
  CHECK(code_frame(text, mark, "") == "     1 │ a" + replacement + "[31m b" + replacement + replacement +
                                          "!\n       │ " + std::string(10, ' ') + "^");
}

TEST_CASE("of a very long line only the part around the place is shown") {
  const std::string text = std::string(5000, 'a') + "!" + std::string(5000, 'b');
  const std::string frame = code_frame(text, 5000, "");
  CHECK(frame.size() < 300);
  const std::size_t caret_line = frame.find('\n') + 1;
  CHECK_THAT(frame, ContainsSubstring("…a"));
  CHECK_THAT(frame, ContainsSubstring("a!b"));
  CHECK_THAT(frame, ContainsSubstring("b…"));
  CHECK(frame.find('^') > caret_line);
}

TEST_CASE("places behind the end are taken as the end") {
  CHECK(locate("ab\n", 99, "f") == SourcePosition{"f", 2, 1});
  CHECK(code_frame("ab\n", 99, "end") == "     1 │ ab\n     2 │ \n       │ ^ end");
  CHECK(code_frame("", 0, "") == "     1 │ \n       │ ^");
}

TEST_CASE("a place that is not known prints its file alone") {
  CHECK(SourcePosition{"config.json", 0, 0}.to_string() == "config.json");
}
