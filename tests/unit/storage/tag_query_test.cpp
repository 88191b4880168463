#include "emulator/storage/tag_query.h"

#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::storage;

namespace {

const Tags kTags{{"Date", "2026-11-20"}, {"project", "it's"}};

std::string outcome(std::string_view text, TagQueryUse use) {
  const auto query = parse_tag_query(text, use);
  if (!query) return "refused";
  return matches(*query, kTags, "logs") ? "yes" : "no";
}

}  // namespace

TEST_CASE("Expressions on tags mean the same as in Azure") {
  struct Row {
    const char* text;
    const char* condition;
    const char* search;
  };
  const Row rows[] = {
      {"\"Date\" = '2026-11-20'", "yes", "yes"},
      {"Date='2026-11-20'", "yes", "yes"},
      {"date = '2026-11-20'", "no", "no"},
      {"Date >= '2026-01' AND Date < '2027'", "yes", "yes"},
      {"Date > '2026-11-20'", "no", "no"},
      {"Date <= '2026-11-20' and project = 'it''s'", "yes", "yes"},
      {"Date <> '2026'", "yes", "refused"},
      {"none <> 'x'", "no", "refused"},
      {"Date = 'x' OR project = 'it''s'", "yes", "refused"},
      {"Date = 'x' OR project = 'y' AND Date = 'z'", "no", "refused"},
      {"(Date = 'x' OR project = 'it''s') AND Date > '2'", "yes", "refused"},
      {"@container = 'logs' AND Date > '2'", "refused", "yes"},
      {"@container = 'other' AND Date > '2'", "refused", "no"},
      {"@container > 'a'", "refused", "refused"},
      {"", "refused", "refused"},
      {"Date", "refused", "refused"},
      {"Date = ", "refused", "refused"},
      {"Date = 2026", "refused", "refused"},
      {"Date = '2026", "refused", "refused"},
      {"Date = '2026' project", "refused", "refused"},
      {"= '2026'", "refused", "refused"},
      {"(Date = 'x'", "refused", "refused"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(outcome(row.text, TagQueryUse::condition) == row.condition);
    CHECK(outcome(row.text, TagQueryUse::search) == row.search);
  }
}

TEST_CASE("An expression that nests without end is refused") {
  CHECK(outcome(std::string(100'000, '('), TagQueryUse::condition) == "refused");
}
