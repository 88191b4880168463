#include "emulator/model/stage_definition.h"

#include <algorithm>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

const char* const kDefault = R"({
    "stage1": ["centraluseuap"],
    "stage2": ["westcentralus"],
    "stage3": ["southcentralus"],
    "stage4": ["westus"],
    "stage5": ["*"],
    "$sequence": ["stage1", "stage2", "stage3", "stage4", "stage5"]
})";

}  // namespace

TEST_CASE("the documented definition is the public cloud's built-in one") {
  const auto checked = read_stage_definition(kDefault);
  CHECK(checked.problems.empty());
  REQUIRE(checked.value);
  const auto& built_in = default_stage_definition(Cloud::public_cloud);
  REQUIRE(checked.value->stages.size() == built_in.stages.size());
  for (std::size_t i = 0; i < built_in.stages.size(); ++i) {
    CHECK(checked.value->stages[i].name == built_in.stages[i].name);
    CHECK(checked.value->stages[i].regions == built_in.stages[i].regions);
  }
  CHECK(checked.value->source == "stagedefinition.json");
}

TEST_CASE("a stage knows where its regions are written") {
  const auto checked = read_stage_definition(kDefault);
  REQUIRE(checked.value);
  const auto* stage = checked.value->find("stage2");
  REQUIRE(stage != nullptr);
  CHECK(stage->where.to_string() == "stagedefinition.json:3:15");
  REQUIRE(stage->region_positions.size() == 1);
  CHECK(stage->region_positions[0].to_string() == "stagedefinition.json:3:16");
}

TEST_CASE("built-in definitions: two stages in national clouds") {
  struct Row {
    Cloud cloud;
    const char* first_region;
  };
  const auto row = GENERATE(values<Row>({{Cloud::fairfax, "usgovcentral"},
                                         {Cloud::mooncake, "chinanorth"},
                                         {Cloud::blackforest, "germanynortheast"}}));
  const auto& definition = default_stage_definition(row.cloud);
  REQUIRE(definition.stages.size() == 2);
  CHECK(definition.stages[0].regions == std::vector<std::string>{row.first_region});
  CHECK(definition.stage_for("anywhere").name == "stage2");
  CHECK(definition.covers_rest(definition.stages[1]));
  CHECK_FALSE(definition.covers_rest(definition.stages[0]));
}

TEST_CASE("region names are normalised, with a note") {
  const auto checked =
      read_stage_definition(R"({"a":["West US 2","eastus"],"b":["*"],"$sequence":["a","b"]})");
  REQUIRE(checked.value);
  CHECK(checked.value->stages[0].regions == std::vector<std::string>{"westus2", "eastus"});
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].severity == Severity::note);
}

TEST_CASE("what breaks a rule is refused, with the place") {
  struct Row {
    const char* text;
    const char* place;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {R"([])", ":1:1", "a JSON object, not an array"},
      {R"({"a":["*"]})", ":1:1", "$sequence is missing"},
      {R"({"a":["*"],"$sequence":"a"})", ":1:24", "must be an array"},
      {R"({"a":["*"],"$sequence":[]})", ":1:24", "must be an array"},
      {R"({"a":["*"],"$sequence":[1,"a"]})", ":1:25", "a number where a stage name belongs"},
      {R"({"a":["*"],"$sequence":["a","a"]})", ":1:29", "twice"},
      {R"({"a":["westus"],"A":["*"],"$sequence":["a","A"]})", ":1:44", "twice"},
      {R"({"a":["*"],"$sequence":["b","a"]})", ":1:25", "there is no property of that name"},
      {R"({"a":"westus","b":["*"],"$sequence":["a","b"]})", ":1:6", "an array of region names, not a string"},
      {R"({"a":["*"],"b":["*"],"$sequence":["a","b"]})", ":1:7", "only the last stage"},
      {R"({"a":["westus"],"$sequence":["a"]})", ":1:6", "exactly [\"*\"]"},
      {R"({"a":["*","westus"],"$sequence":["a"]})", ":1:6", "exactly [\"*\"]"},
      {R"({"a":[],"$sequence":["a"]})", ":1:6", "exactly [\"*\"]"},
      {R"({"a":["westus","West US"],"b":["*"],"$sequence":["a","b"]})", ":1:16", "in a twice"},
      {R"({"a":["westus"],"b":["westus"],"c":["*"],"$sequence":["a","b","c"]})", ":1:22", "in b and in a"},
      {R"({"a":[null],"b":["*"],"$sequence":["a","b"]})", ":1:7", "null where a region name belongs"},
      {R"({"a":[" "],"b":["*"],"$sequence":["a","b"]})", ":1:7", "empty region name"},
      {R"({"true":["*"],"$sequence":["true"]})", ":1:28", "means enable or disable"},
      {R"({"a/b":["*"],"$sequence":["a/b"]})", ":1:27", "cannot be part of a URL"},
  }));
  INFO(row.text);
  const auto checked = read_stage_definition(row.text);
  CHECK_FALSE(checked.value);
  REQUIRE(has_errors(checked.problems));
  const auto& problem = *std::find_if(checked.problems.begin(), checked.problems.end(),
                                      [](const Problem& found) { return found.severity == Severity::error; });
  CHECK(problem.code == codes::kDefinitionWrongShape);
  CHECK(problem.where.to_string() == std::string("stagedefinition.json") + row.place);
  CHECK_THAT(problem.message, ContainsSubstring(row.message));
  CHECK_FALSE(problem.frame.empty());
}

TEST_CASE("what is only doubtful is warned about") {
  struct Row {
    const char* text;
    const char* message;
    std::string_view code;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"a":["westsu"],"b":["*"],"$sequence":["a","b"]})", "'westsu' is not known", codes::kUnknownRegion},
      {R"({"a":[],"b":["*"],"$sequence":["a","b"]})", "has no regions", codes::kDefinitionWrongShape},
      {R"({"a":["eastus"],"b":["*"],"$sequence":["b"]})", "is not in $sequence",
       codes::kDefinitionWrongShape},
      {R"({"b":["*"],"$sequence":["b"],"$comment":"x"})", "'$comment' is not known",
       codes::kUnknownDollarKey},
  }));
  INFO(row.text);
  const auto checked = read_stage_definition(row.text);
  CHECK(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].severity == Severity::warning);
  CHECK(checked.problems[0].code == row.code);
  CHECK_THAT(checked.problems[0].message, ContainsSubstring(row.message));
}

TEST_CASE("a misspelt region gets the name that was meant") {
  const auto checked = read_stage_definition(R"({"a":["westeurpoe"],"b":["*"],"$sequence":["a","b"]})");
  REQUIRE(checked.problems.size() == 1);
  CHECK_THAT(checked.problems[0].hint, ContainsSubstring("westeurope"));
}

TEST_CASE("every problem is reported, not the first alone") {
  const auto checked = read_stage_definition(
      R"({"a":["westus",],"b":["westus","*"],"c":["x"],"$sequence":["a","b","d","c"]})");
  CHECK_FALSE(checked.value);
  CHECK(std::count_if(checked.problems.begin(), checked.problems.end(),
                      [](const Problem& problem) { return problem.severity == Severity::error; }) == 5);
}

TEST_CASE("a definition over 256 KiB is refused") {
  const std::string text = R"({"a":["*"],"$sequence":["a"]})" + std::string(256 * 1024, '\n');
  const auto checked = read_stage_definition(text);
  CHECK_FALSE(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].code == codes::kDefinitionNotJson);
}

TEST_CASE("a byte-order mark in a stage definition is skipped with a warning") {
  const auto checked = read_stage_definition("\xEF\xBB\xBF{\"a\":[\"*\"],\"$sequence\":[\"a\"]}");
  CHECK(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].code == codes::kByteOrderMark);
}

TEST_CASE("a definition with thousands of faults is refused with the first hundred") {
  std::string text = R"({"$sequence":[)";
  for (int i = 0; i < 3'000; ++i) text += "\"missing" + std::to_string(i) + "\",";
  text += R"("last"],"last":["*"]})";
  const auto checked = read_stage_definition(text);
  CHECK_FALSE(checked.value);
  REQUIRE(checked.problems.size() == 101);
  CHECK(checked.problems.back().message == "there are 2900 more problems");
  CHECK(checked.problems.back().severity == Severity::error);
}
