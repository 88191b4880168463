#include "emulator/app/config_drafts.h"

#include "emulator/model/codes.h"
#include "tests/support/catch.h"

using namespace exthost;
using namespace exthost::app;
namespace codes = model::codes;

namespace {

std::string config(const std::string& stage1, const std::string& stage2, const std::string& more = "") {
  return "{\n  \"$version\": \"3\",\n  \"stage1\": \"" + stage1 + "\",\n  \"stage2\": \"" + stage2 + "\"" +
         more + "\n}\n";
}

/// Two stages, as in the cloud fairfax, and what config.json was before.
DraftContext context(const std::vector<std::string>& history = {}) {
  DraftContext context;
  context.default_stages = {"stage1", "stage2"};
  context.deployment_of = [rules =
                               context.rules](const std::string& text) -> base::Result<model::Deployment> {
    auto read = model::read_deployment(text, model::default_stage_definition(model::Cloud::fairfax), rules);
    if (!read.value) return model::to_error(read.problems);
    return *std::move(read.value);
  };
  for (const std::string& text : history) context.history.push_back({base::WallTime{}, text});
  return context;
}

template <class T>
std::string code_of(const base::Result<T>& result) {
  return result ? "none" : result.error().code;
}

}  // namespace

TEST_CASE("a promotion changes one value and says where it comes from") {
  const auto next = promoted(context(), config("2", "1"), {});
  REQUIRE(next);
  CHECK(next->text == config("2", "2"));
  CHECK(next->from == "stage1");
  CHECK(code_of(promoted(context(), config("2", "2"), {})) == codes::kNothingToMove);
  CHECK(code_of(promoted(context(), "{\"$version\": \"3\"}", {})) == codes::kStageMissing);
}

TEST_CASE("a rollback gives stages what they had, and leaves names that came since") {
  const std::string now = config("2", "2", ",\n  \"flight\": \"2\"");
  const std::vector<std::string> history = {config("1", "1"), config("2", "1"), config("2", "2"), now};
  const auto all = rolled_back(context(history), now, {});
  REQUIRE(all);
  CHECK(*all == config("2", "1", ",\n  \"flight\": \"2\""));
  const auto first = rolled_back(context(history), now, {"stage1"});
  REQUIRE(first);
  CHECK(*first == config("1", "2", ",\n  \"flight\": \"2\""));
  CHECK(code_of(rolled_back(context(history), now, {"stage3"})) == codes::kUnknownStamp);
  CHECK(code_of(rolled_back(context(history), now, {"flight"})) == codes::kUnknownStamp);
  CHECK(code_of(rolled_back(context({now}), now, {})) == codes::kNothingToMove);
}

TEST_CASE("a rollback never goes back to a config.json that was broken") {
  const std::string now = config("3", "1");
  const std::vector<std::string> history = {config("1", "1"), "{\"$version\": \"3\", \"stage1\": \"2\"}",
                                            now};
  const auto back = rolled_back(context(history), now, {});
  REQUIRE(back);
  CHECK(*back == config("1", "1"));
}

TEST_CASE("a stage that was not set before is unset again where the last one stands in") {
  DraftContext lenient = context();
  lenient.rules.required_stages = model::RequiredStages::last;
  lenient.deployment_of = [rules =
                               lenient.rules](const std::string& text) -> base::Result<model::Deployment> {
    auto read = model::read_deployment(text, model::default_stage_definition(model::Cloud::fairfax), rules);
    if (!read.value) return model::to_error(read.problems);
    return *std::move(read.value);
  };
  const std::string before = "{\n  \"$version\": \"3\",\n  \"stage2\": \"1\"\n}\n";
  const std::string now = "{\n  \"$version\": \"3\",\n  \"stage2\": \"1\",\n  \"stage1\": \"2\"\n}\n";
  lenient.history = {{base::WallTime{}, before}, {base::WallTime{}, now}};
  const auto back = rolled_back(lenient, now, {});
  REQUIRE(back);
  CHECK(*back == before);
}

TEST_CASE("a friendly name is set and goes; stages, words with a meaning and kept names are refused") {
  DraftContext one = context();
  one.kept_names = {"dev"};
  const std::string text = config("1", "1", ",\n  \"dev\": \"1\"");
  const auto set = with_friendly_name(one, text, {"flight", "2"});
  REQUIRE(set);
  CHECK(*set == config("1", "1", ",\n  \"dev\": \"1\",\n  \"flight\": \"2\""));
  const auto gone = with_friendly_name(one, *set, {"flight", ""});
  REQUIRE(gone);
  CHECK(*gone == text);
  CHECK(code_of(with_friendly_name(one, text, {"stage1", "2"})) == codes::kFriendlyName);
  CHECK(code_of(with_friendly_name(one, text, {"stage1", ""})) == codes::kFriendlyName);
  CHECK(code_of(with_friendly_name(one, text, {"$version", "2"})) == codes::kFriendlyName);
  CHECK(code_of(with_friendly_name(one, text, {"", "2"})) == codes::kFriendlyName);
  CHECK(code_of(with_friendly_name(one, text, {"dev", ""})) == codes::kFriendlyName);
  CHECK(code_of(with_friendly_name(one, text, {"other", ""})) == codes::kUnknownStamp);
  CHECK(with_friendly_name(one, text, {"dev", "2"}));
}

TEST_CASE("the removal of a name may mend a config.json that the service refuses") {
  const std::string text = config("1", "1", ",\n  \"true\": \"1\"");
  const auto mended = with_friendly_name(context(), text, {"true", ""});
  REQUIRE(mended);
  CHECK(*mended == config("1", "1"));
}

TEST_CASE("names are pointed to a version, and the first config.json has it in every stage") {
  const std::string text = config("1", "1");
  const auto next = pointed(context(), &text, {"stage1", "flight"}, "2");
  REQUIRE(next);
  CHECK(*next == config("2", "1", ",\n  \"flight\": \"2\""));
  const auto first = pointed(context(), nullptr, {"flight"}, "2");
  REQUIRE(first);
  CHECK(*first == config("2", "2", ",\n  \"flight\": \"2\""));
  CHECK(code_of(pointed(context(), &text, {"$version"}, "2")) == codes::kFriendlyName);
}
