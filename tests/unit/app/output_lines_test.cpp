#include "emulator/app/output_lines.h"

#include <vector>

#include "tests/support/catch.h"

using namespace exthost;
using Lines = std::vector<std::string>;

namespace {

Lines lines_of(const std::vector<std::string>& pieces) {
  Lines found;
  app::OutputLines lines([&](std::string line) { found.push_back(std::move(line)); });
  for (const std::string& piece : pieces) lines.add(piece);
  lines.finish();
  return found;
}

}  // namespace

TEST_CASE("output is told line by line, however it comes") {
  CHECK(lines_of({"one\ntwo\n"}) == Lines{"one", "two"});
  CHECK(lines_of({"o", "ne", "\n", "tw", "o"}) == Lines{"one", "two"});
  CHECK(lines_of({"one\r\n\r\n\n", "  two\t\n"}) == Lines{"one", "  two"});
  CHECK(lines_of({}).empty());
}

TEST_CASE("a line says what a terminal would show of it, and does nothing to ours") {
  struct Row {
    std::string printed, shown;
  };
  const std::vector<Row> rows = {
      {"\x1b"
       "c\x1b[2J\x1b[3;1Hbuilt",
       "built"},
      {"\x1b[32mgreen\x1b[0m and \x1b[1;31mred\x1b[m", "green and red"},
      {"\x1b]0;title\aafter", "after"},
      {"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
      {"\x1b(Bplain", "plain"},
      {"10%\r50%\r100%", "100%"},
      {"bell\a and back\b", "bell and back"},
      {"a\tb", "a\tb"},
      {"\x1b[31", ""},
      {"\x1b", ""},
      {"gr\xC3\xBC\xC3\x9F \xE2\x9C\x94 \xF0\x9F\x8E\x89",
       "gr\xC3\xBC\xC3\x9F \xE2\x9C\x94 \xF0\x9F\x8E\x89"},
      {"bad \xC3 byte\xFF", "bad \xEF\xBF\xBD byte\xEF\xBF\xBD"},
  };
  for (const Row& row : rows) {
    INFO(row.shown);
    CHECK(app::clean_line(row.printed) == row.shown);
  }
}

TEST_CASE("a line without an end is cut, and nothing is lost") {
  const std::string endless(3 * app::OutputLines::kLongest + 5, 'x');
  const Lines lines = lines_of({endless, "\n"});
  REQUIRE(lines.size() == 4);
  std::string all;
  for (const std::string& line : lines) {
    CHECK(line.size() <= app::OutputLines::kLongest);
    all += line;
  }
  CHECK(all == endless);
}
