#include "emulator/model/codes.h"

#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "emulator/base/text.h"
#include "tests/support/catch.h"

using namespace exthost::model;

TEST_CASE("codes ascend, so none is listed twice") {
  std::string_view previous;
  for (const auto& entry : all_codes()) {
    CHECK(previous < entry.code);
    previous = entry.code;
  }
}

TEST_CASE("every code has a title and a meaning in whole sentences") {
  for (const auto& entry : all_codes()) {
    INFO(entry.code);
    CHECK(entry.code.size() == 7);
    CHECK(entry.code.starts_with("EHE"));
    CHECK_FALSE(entry.title.empty());
    CHECK_FALSE(entry.title.ends_with('.'));
    CHECK(entry.meaning.size() > 40);
    CHECK(entry.meaning.ends_with('.'));
  }
}

TEST_CASE("every code has an example of a few lines, and says how to mend it in whole sentences") {
  for (const auto& entry : all_codes()) {
    INFO(entry.code);
    CHECK_FALSE(entry.example.empty());
    const auto lines = exthost::base::split(entry.example, '\n');
    CHECK(lines.size() <= 4);
    for (const auto& line : lines) {
      CHECK_FALSE(line.empty());
      CHECK(line.size() <= 96);
    }
    CHECK_FALSE(entry.remedy.empty());
    CHECK(entry.remedy.ends_with('.'));
    CHECK(entry.meaning.find(entry.remedy) == std::string_view::npos);
  }
}

TEST_CASE("every constant of codes.h has an entry and every entry a constant") {
  std::ifstream header(EXTHOST_CODES_HEADER);
  REQUIRE(header);
  const std::regex constant(R"re(constexpr std::string_view k\w+ = "(EHE\d{4})";)re");
  std::set<std::string> constants;
  for (std::string line; std::getline(header, line);) {
    std::smatch match;
    if (std::regex_search(line, match, constant)) constants.insert(match[1]);
  }
  std::set<std::string> entries;
  for (const auto& entry : all_codes()) entries.emplace(entry.code);
  CHECK_FALSE(constants.empty());
  CHECK(constants == entries);
}

TEST_CASE("a code is found by its exact spelling only") {
  REQUIRE(find_code(codes::kConfigNotJson) != nullptr);
  CHECK(find_code(codes::kConfigNotJson)->code == "EHE1003");
  CHECK(find_code("EHE0000") == nullptr);
  CHECK(find_code("EHE9999") == nullptr);
  CHECK(find_code("") == nullptr);
  CHECK(find_code("ehe1003") == nullptr);
}
