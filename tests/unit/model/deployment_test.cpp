#include "emulator/model/deployment_config.h"

#include <algorithm>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

// The sample of the hosting service's document (domain.md, Appendix A).
const std::string kSample = R"({
    "$version": "3",
    "stage1": "1.0.0.5",
    "stage2": "1.0.0.4",
    "stage3": "1.0.0.3",
    "stage4": "1.0.0.2",
    "stage5": "1.0.0.1",
    "friendlyName": "2.0.0.0"
})";

/// The sample with something more ahead of its end.
std::string sample_with(const std::string& more) {
  std::string text = kSample;
  text.insert(text.rfind("\n}"), more);
  return text;
}

Checked<Deployment> read(const std::string& text, const ConfigRules& rules = {},
                         Cloud cloud = Cloud::public_cloud) {
  return read_deployment(text, default_stage_definition(cloud), rules);
}

std::vector<Problem> errors_of(const std::vector<Problem>& problems) {
  std::vector<Problem> errors;
  std::copy_if(problems.begin(), problems.end(), std::back_inserter(errors),
               [](const Problem& problem) { return problem.severity == Severity::error; });
  return errors;
}

std::string friendly_names(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += ",\"name" + std::to_string(i) + "\":\"1.0.0.1\"";
  return text;
}

}  // namespace

TEST_CASE("the documented config is read without a word") {
  const auto checked = read(kSample);
  CHECK(checked.problems.empty());
  REQUIRE(checked.value);
  const DeploymentConfig& config = checked.value->config;
  CHECK(config.versions() ==
        std::vector<std::string>{"1.0.0.5", "1.0.0.4", "1.0.0.3", "1.0.0.2", "1.0.0.1", "2.0.0.0"});
  CHECK(config.find("stage2")->where.to_string() == "config.json:4:15");
  CHECK(config.find("Stage2") == nullptr);
  CHECK_FALSE(config.custom_stage_definition);
  CHECK(config.raw.front() == std::pair<std::string, std::string>{"$version", "3"});
  CHECK(config.raw.size() == 7);
  CHECK(checked.value->is_stage("stage1"));
  REQUIRE(checked.value->friendly_names().size() == 1);
  CHECK(checked.value->friendly_names()[0]->name == "friendlyName");
}

TEST_CASE("a config is refused with code, place and words for it") {
  struct Row {
    std::string text;
    std::string_view code;
    const char* place;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      // JSON
      {"", codes::kConfigNotJson, ":1:1", "empty"},
      {"{\"$version\":\"3\",\n\"stage5\":\"1\",\n}", codes::kConfigNotJson, ":2:13", "trailing comma"},
      {sample_with(",\"stage1\":\"1.0.0.9\""), codes::kConfigNotJson, ":8:31", "duplicate key"},
      {"// x\n" + kSample, codes::kConfigNotJson, ":1:1", "comment"},
      {kSample + "x", codes::kConfigNotJson, ":9:2", "after the end"},
      {std::string("{\"a\0b\":1}", 9), codes::kConfigNotJson, ":1:4", "NUL"},
      {"{\"a\":\"\xFF\"}", codes::kConfigNotJson, ":1:7", "UTF-8"},
      {std::string(40, '['), codes::kConfigNotJson, ":1:33", "deeper"},
      {kSample + std::string(256 * 1024, '\n'), codes::kConfigNotJson, ":1:1", "limit"},
      // shape
      {"[]", codes::kConfigWrongShape, ":1:1", "a JSON object, not an array"},
      {"\"config\"", codes::kConfigWrongShape, ":1:1", "a JSON object, not a string"},
      {sample_with(",\"beta\": 3"), codes::kConfigWrongShape, ":8:39", "not a number"},
      {sample_with(",\"beta\": null"), codes::kConfigWrongShape, ":8:39", "not null"},
      {sample_with(",\"beta\": [\"1.0\"]"), codes::kConfigWrongShape, ":8:39", "not an array"},
      {sample_with(",\"$customStageDefinition\": 1"), codes::kConfigWrongShape, ":8:57",
       "true or false, not a number"},
      // versions
      {sample_with(",\"beta\": \"\""), codes::kVersionName, ":8:39", "a version name is empty"},
      {sample_with(",\"beta\": \" \""), codes::kVersionName, ":8:39", "begin with a letter or digit"},
      {sample_with(",\"beta\": \"../1\""), codes::kVersionName, ":8:39", "begin with a letter or digit"},
      {sample_with(",\"beta\": \"1.0/0\""), codes::kVersionName, ":8:39", "place 4"},
      // names
      {sample_with(",\"true\": \"1.0\""), codes::kFriendlyName, ":8:31", "enable or disable"},
      {sample_with(",\"FALSE\": \"1.0\""), codes::kFriendlyName, ":8:31", "enable or disable"},
      {sample_with(",\"\": \"1.0\""), codes::kFriendlyName, ":8:31", "is empty"},
      {sample_with(",\"a b\": \"1.0\""), codes::kFriendlyName, ":8:31", "cannot be part of a URL"},
      {sample_with(",\"a.b\": \"1.0\""), codes::kFriendlyName, ":8:31", "cannot be part of a URL"},
      {sample_with(",\"FriendlyName\": \"1.0\""), codes::kNamesDifferByCase, ":8:31", "only by letter case"},
      {sample_with(",\"Stage1\": \"1.0\""), codes::kNamesDifferByCase, ":8:31", "only by letter case"},
  }));
  INFO(row.text.substr(0, 200));
  const auto checked = read(row.text);
  CHECK_FALSE(checked.value);
  const auto errors = errors_of(checked.problems);
  REQUIRE_FALSE(errors.empty());
  const auto found = std::find_if(errors.begin(), errors.end(),
                                  [&row](const Problem& problem) { return problem.code == row.code; });
  REQUIRE(found != errors.end());
  CHECK(found->where.to_string() == std::string("config.json") + row.place);
  CHECK_THAT(found->message, ContainsSubstring(row.message));
  CHECK_THAT(found->frame, ContainsSubstring("^"));
}

TEST_CASE("$version must be the string 3") {
  struct Row {
    const char* property;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"", "$version is missing"},
      {"\"$Version\":\"3\",", "$version is missing"},
      {"\"$version\":3,", "must be the string"},
      {"\"$version\":\"4\",", "must be \"3\""},
      {"\"$version\":null,", "must be \"3\""},
      {"\"$version\":\"2\",", "this is schema 2"},
      {"\"$version\":2,", "this is schema 2"},
  }));
  INFO(row.property);
  const auto checked = read_deployment_config("{" + std::string(row.property) + "\"stage5\":\"1.0\"}");
  const auto errors = errors_of(checked.problems);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].code == codes::kConfigSchemaVersion);
  CHECK_THAT(errors[0].message, ContainsSubstring(row.message));
  CHECK_FALSE(errors[0].hint.empty());
}

TEST_CASE("schema 2 is refused by name and not judged by the rules of schema 3") {
  const auto* text = GENERATE(R"({"$version":"2","active":"one","versions":{"one":"1.0.0.0"}})",
                              R"({"active":"one","versions":{"one":"1.0.0.0"}})");
  const auto checked = read(text);
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].code == codes::kConfigSchemaVersion);
  CHECK_THAT(checked.problems[0].message, ContainsSubstring("schema 2"));
}

TEST_CASE("all problems of a file are reported at once, in its order") {
  const auto checked =
      read("{\n\"$version\": 3,\n\"Stage1\": 1,\n\"true\": \"1.0\",\n\"stage2\": \"a/b\",\n}");
  const auto errors = errors_of(checked.problems);
  std::vector<std::string> codes;
  for (const auto& error : errors) codes.push_back(error.code);
  CHECK(codes == std::vector<std::string>{"EHE1005", "EHE1004", "EHE1009", "EHE1008", "EHE1003", "EHE1006",
                                          "EHE1006", "EHE1006", "EHE1006"});
  CHECK(to_error(checked.problems).code == codes::kConfigSchemaVersion);
  CHECK_THAT(to_error(checked.problems).message, ContainsSubstring("config.json:2:13: $version is a number"));
}

TEST_CASE("a trailing comma as in the official sample is shown with a caret") {
  const auto checked = read("{\n  \"$version\": \"3\",\n  \"stage5\": \"2.0.0.0\",\n}");
  const auto& problem = checked.problems.front();
  CHECK(problem.message == "trailing comma before }");
  CHECK_THAT(problem.frame, ContainsSubstring("^ trailing comma before }"));
  CHECK_FALSE(problem.hint.empty());
}

TEST_CASE("lenient JSON takes comments and trailing commas with a warning") {
  ConfigRules rules;
  rules.lenient_json = true;
  const auto checked = read("// mine\n" + sample_with(","), rules);
  REQUIRE(checked.value);
  REQUIRE(checked.problems.size() == 2);
  CHECK(checked.problems[0].severity == Severity::warning);
  CHECK(checked.problems[1].severity == Severity::warning);
  CHECK_FALSE(read(sample_with(",\"stage1\":\"1.0.0.5\""), rules).value);
}

TEST_CASE("a byte-order mark in a config is skipped with a warning") {
  const auto checked = read("\xEF\xBB\xBF" + kSample);
  CHECK(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].code == codes::kByteOrderMark);
  CHECK(checked.problems[0].severity == Severity::warning);
}

TEST_CASE("every stage of the definition is required") {
  const auto checked = read(R"({"$version":"3","stage5":"1.0.0.1"})");
  const auto errors = errors_of(checked.problems);
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].code == codes::kStageMissing);
  CHECK_THAT(errors[0].message, ContainsSubstring("stage1 is missing"));
  CHECK(errors[0].where.to_string() == "config.json:1:35");
}

TEST_CASE("under the older rule only the last stage is required") {
  ConfigRules rules;
  rules.required_stages = RequiredStages::last;
  const auto checked = read(R"({"$version":"3","stage5":"1.0.0.1"})", rules);
  CHECK(checked.value);
  CHECK(checked.problems.size() == 4);
  CHECK_FALSE(has_errors(checked.problems));
  CHECK(errors_of(read(R"({"$version":"3","stage1":"1.0.0.1"})", rules).problems).size() == 1);
}

TEST_CASE("a stage in the wrong letter case is named in the hint") {
  std::string text = kSample;
  text.replace(text.find("stage2"), 6, "Stage2");
  const auto errors = errors_of(read(text).problems);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].code == codes::kStageMissing);
  CHECK_THAT(errors[0].hint, ContainsSubstring("write stage2 instead of Stage2"));
}

TEST_CASE("national clouds need two stages and take further ones for friendly names") {
  const auto two = read(R"({"$version":"3","stage1":"1.0.0.2","stage2":"1.0.0.1"})", {}, Cloud::fairfax);
  CHECK(two.value);
  CHECK(two.problems.empty());
  const auto five = read(kSample, {}, Cloud::mooncake);
  REQUIRE(five.value);
  CHECK(five.value->friendly_names().size() == 4);
  CHECK(five.problems.size() == 3);
  CHECK_THAT(five.problems[0].message,
             ContainsSubstring("'stage3' is no stage of the built-in definition of Mooncake"));
}

TEST_CASE("a hundred friendly names are accepted and one more is not") {
  CHECK(read(sample_with(friendly_names(99))).value);
  const auto checked = read(sample_with(friendly_names(100)));
  CHECK_FALSE(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].code == codes::kTooManyFriendlyNames);
  CHECK_THAT(checked.problems[0].message, ContainsSubstring("101 friendly names"));
}

TEST_CASE("stages and $ names do not count as friendly names") {
  CHECK(read(sample_with(",\"$customStageDefinition\":false" + friendly_names(99))).value);
}

TEST_CASE("underscores and hyphens are doubtful, and refused under strict names") {
  const auto text = sample_with(",\"friendlyname_1\":\"1.0.0.1\",\"pre-view\":\"1.0.0.1\"");
  const auto checked = read(text);
  CHECK(checked.value);
  CHECK(checked.problems.size() == 2);
  ConfigRules strict;
  strict.strict_names = true;
  CHECK(errors_of(read(text, strict).problems).size() == 2);
}

TEST_CASE("a friendly name that is another version's build number is warned about") {
  const auto checked = read(sample_with(",\"1d0d0d5\":\"2.0.0.0\""));
  CHECK(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK_THAT(checked.problems[0].message, ContainsSubstring("build number of 1.0.0.5"));
  CHECK(read(sample_with(",\"1d0d0d5\":\"1.0.0.5\"")).problems.empty());
}

TEST_CASE("a version that ends in .zip is warned about") {
  const auto checked = read(sample_with(",\"beta\":\"1.0.0.1.zip\""));
  CHECK(checked.value);
  REQUIRE(checked.problems.size() == 1);
  CHECK_THAT(checked.problems[0].hint, ContainsSubstring("leave .zip out"));
}

TEST_CASE("unknown $ names are ignored with a hint, and are no friendly names") {
  const auto checked = read(sample_with(",\"$customStageDefinitions\":true"));
  REQUIRE(checked.value);
  CHECK_FALSE(checked.value->config.custom_stage_definition);
  CHECK(checked.value->friendly_names().size() == 1);
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].code == codes::kUnknownDollarKey);
  CHECK_THAT(checked.problems[0].hint, ContainsSubstring("$customStageDefinition?"));
}

TEST_CASE("$customStageDefinition is true or false, or those words with a warning") {
  struct Row {
    const char* value;
    bool wanted;
    std::size_t problems;
  };
  const auto row = GENERATE(
      values<Row>({{"true", true, 0}, {"false", false, 0}, {"\"true\"", true, 1}, {"\"false\"", false, 1}}));
  const auto checked =
      read_deployment_config(sample_with(std::string(",\"$customStageDefinition\":") + row.value));
  REQUIRE(checked.value);
  CHECK(checked.value->custom_stage_definition == row.wanted);
  CHECK(checked.problems.size() == row.problems);
  CHECK(checked.value->custom_stage_definition_where.line == 8);
}

TEST_CASE("with a custom definition its stages must be in the config") {
  const auto stages =
      read_stage_definition(R"({"ring0":["westus"],"world":["*"],"$sequence":["ring0","world"]})");
  REQUIRE(stages.value);
  const std::string good = R"({"$version":"3","$customStageDefinition":true,"ring0":"1.1","world":"1.0"})";
  CHECK(read_deployment(good, *stages.value).value);
  const auto bad = read_deployment(kSample, *stages.value);
  CHECK(errors_of(bad.problems).size() == 2);
  CHECK_THAT(bad.problems.back().message, ContainsSubstring("stagedefinition.json requires it"));
}

TEST_CASE("reading in two steps comes to the same") {
  auto config = read_deployment_config(kSample);
  REQUIRE(config.value);
  const auto checked =
      check_deployment(*config.value, default_stage_definition(Cloud::public_cloud), kSample);
  CHECK(checked.value);
  CHECK(checked.problems.empty());
  const auto fairfax = sample_with(",\"true\":\"1.0\"");
  config = read_deployment_config(fairfax);
  REQUIRE(config.value);
  CHECK_FALSE(check_deployment(*config.value, default_stage_definition(Cloud::public_cloud), fairfax).value);
}

TEST_CASE("a config of thousands of names on one line is refused with the first hundred problems") {
  const auto checked = read(sample_with(friendly_names(3'000) + ",\"a b\":\"1\",\"FriendlyName\":\"2\""));
  CHECK_FALSE(checked.value);
  CHECK(checked.problems.size() == 3);
  std::string wrong;
  for (int i = 0; i < 3'000; ++i) wrong += ",\"name" + std::to_string(i) + "\":1";
  CHECK(read(sample_with(wrong)).problems.size() == 101);
}
