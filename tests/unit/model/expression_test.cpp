#include "emulator/model/expression.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost::model;

namespace {

Expression expression(std::string_view text) {
  const auto checked = parse_expression(text);
  INFO(text);
  REQUIRE(checked.value);
  REQUIRE(checked.problems.empty());
  return *checked.value;
}

/// Two extensions; one of them in two stages.
ExpressionFacts facts() {
  ExpressionFacts facts;
  facts.regions = {{"demo", "westus", "stage4", "1.0.0.2"},
                   {"demo", "eastus", "stage5", "1.0.0.1"},
                   {"demo", "westeurope", "stage5", "1.0.0.1"},
                   {"other", "westus", "stage4", "3.0"}};
  facts.open_incidents = {"demo", "demo", "other"};
  return facts;
}

ExpressionVerdict judge(std::string_view text) {
  return evaluate(expression(text), facts());
}

}  // namespace

TEST_CASE("an expression names an extension, a place and a version") {
  const Expression one = expression("demo/westus=1.0.0.5");
  CHECK(one.kind == Expression::Kind::served);
  CHECK(one.extension == "demo");
  CHECK(one.place == "westus");
  CHECK(one.equal);
  CHECK(one.version == "1.0.0.5");
  const Expression loose = expression(" West US != 1.0.0.5 ");
  CHECK(loose.extension.empty());
  CHECK(loose.place == "westus");
  CHECK_FALSE(loose.equal);
  CHECK(loose.version == "1.0.0.5");
  CHECK(expression("*=1.0").place == "*");
  CHECK(expression("Stage3=1.0").place == "stage3");
}

TEST_CASE("an expression may count open incidents") {
  const Expression all = expression("incidents=2");
  CHECK(all.kind == Expression::Kind::incidents);
  CHECK(all.incidents == 2);
  CHECK(expression("demo/incidents!=0").extension == "demo");
}

TEST_CASE("what is wrong with an expression is told with its column and a caret") {
  const std::pair<const char*, std::size_t> cases[] = {{"", 1},
                                                       {"westus", 7},
                                                       {"=1.0", 1},
                                                       {"!=1.0", 1},
                                                       {"westus=", 8},
                                                       {"/westus=1", 1},
                                                       {"demo/=1.0", 6},
                                                       {"west$us=1.0", 1},
                                                       {"westus=1/0", 8},
                                                       {"incidents=many", 11},
                                                       {"incidents=", 11},
                                                       {"incidents=-1", 11},
                                                       {"incidents=1x", 11},
                                                       {"westus==1", 8},
                                                       {"a/b/c=1", 3}};
  for (const auto& [text, column] : cases) {
    CAPTURE(text);
    const auto checked = parse_expression(text);
    CHECK_FALSE(checked.value);
    REQUIRE(checked.problems.size() == 1);
    CHECK(checked.problems[0].code == codes::kExpressionInvalid);
    CHECK(checked.problems[0].where.column == column);
    CHECK(checked.problems[0].frame.find('^') != std::string::npos);
  }
  CHECK_FALSE(parse_expression(std::string(501, 'a') + "=1").value);
  CHECK_FALSE(parse_expression("westus\xff=1").value);
}

TEST_CASE("a region is held against what it serves, of one extension or of each") {
  CHECK(judge("demo/westus=1.0.0.2").holds);
  CHECK(judge("demo/westus=1.0.0.2").found.empty());
  CHECK_FALSE(judge("westus=1.0.0.2").holds);
  CHECK(judge("westus=1.0.0.2").found == "other/westus serves 3.0");
  CHECK(judge("demo/westus!=1.0.0.1").holds);
  CHECK(judge("westus!=1.0.0.1").holds);
  CHECK(judge("demo/westus!=1.0.0.2").found == "demo/westus serves 1.0.0.2");
}

TEST_CASE("a stage stands for all regions that take their version from it, and * for all regions") {
  CHECK(judge("demo/stage5=1.0.0.1").holds);
  CHECK(judge("demo/STAGE4=1.0.0.2").holds);
  CHECK_FALSE(judge("demo/*=1.0.0.1").holds);
  CHECK(judge("demo/*=1.0.0.2").found == "demo/eastus and demo/westeurope serve 1.0.0.1");
  CHECK(judge("*!=9.9").holds);
  CHECK_FALSE(judge("demo/*!=1.0.0.2").holds);
}

TEST_CASE("incidents are counted of one extension or of all") {
  CHECK(judge("incidents=3").holds);
  CHECK(judge("demo/incidents=2").holds);
  CHECK(judge("other/incidents!=0").holds);
  CHECK(judge("incidents=0").found == "3 incidents are open");
  CHECK(judge("other/incidents=0").found == "1 incident is open");
}

TEST_CASE("a place that does not exist is refused, with what was probably meant") {
  const auto verdict = judge("westsu=1.0");
  CHECK_FALSE(verdict.holds);
  REQUIRE(verdict.refusal);
  CHECK(verdict.refusal->code == codes::kExpressionInvalid);
  CHECK(verdict.refusal->message.find("did you mean westus?") != std::string::npos);
}

TEST_CASE("what was never synced serves nothing, and has no stages that could be unknown") {
  ExpressionFacts never;
  never.regions = {{"demo", "westus", "", ""}};
  CHECK(evaluate(expression("westus=1.0"), never).found == "westus serves nothing");
  const auto stage = evaluate(expression("stage1=1.0"), never);
  CHECK_FALSE(stage.holds);
  CHECK_FALSE(stage.refusal);
  CHECK_FALSE(stage.found.empty());
  CHECK(evaluate(expression("westus!=1.0"), never).holds);
}

TEST_CASE("of many regions a few are named") {
  ExpressionFacts many;
  for (const char* region : {"a", "b", "c", "d", "e", "f"})
    many.regions.push_back({"demo", region, "stage5", "1.0"});
  CHECK(evaluate(expression("*=2.0"), many).found == "a, b, c and 3 more serve 1.0");
}
