#include "emulator/app/code_help.h"

#include "tests/support/catch.h"

using namespace exthost;

TEST_CASE("the help on a code fits one small screen") {
  constexpr std::size_t kMostLines = 14 - 1;  // the title is a line of its own
  for (const model::CodeEntry& entry : model::all_codes()) {
    const auto lines = app::code_help(entry);
    INFO(entry.code);
    CHECK(lines.size() <= kMostLines);
    for (const std::string& line : lines) {
      INFO(line);
      CHECK(line.size() <= 100);
    }
  }
}

TEST_CASE("the help on a code gives meaning, an indented example and the remedy, each whole") {
  const model::CodeEntry entry{"EHE9999", "A title", "What it means.", "{\n  \"stage1\": 1\n}", "Do this."};
  const std::vector<std::string> expected = {
      "What it means.", "", "For example:",        "    {", "      \"stage1\": 1",
      "    }",          "", "To mend it: Do this."};
  CHECK(app::code_help(entry) == expected);
}

TEST_CASE("the help on a code can be read by programs") {
  const model::CodeEntry entry{"EHE9999", "A title", "Meaning.", "a \"quoted\" line\nand another", "Remedy."};
  CHECK_THAT(app::code_json(entry),
             ContainsSubstring("\"example\": \"a \\\"quoted\\\" line\\nand another\""));
  const std::string all = app::all_codes_json();
  CHECK(all.front() == '[');
  for (const model::CodeEntry& known : model::all_codes())
    CHECK_THAT(all, ContainsSubstring("\"" + std::string(known.code) + "\""));
}
