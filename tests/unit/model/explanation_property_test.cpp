// Explanations held against the raw texts that they cite.

#include <cstdint>

#include "emulator/model/version.h"
#include "tests/unit/model/explained_world.h"

namespace exthost::model {
namespace {

constexpr std::uint64_t kWorlds = 20;
constexpr std::uint64_t kReplayedWorlds = 8;  // every cloud, with its own definition and with another

/// What somebody arrives at who knows the reasons of an explanation and the texts that they cite, and no
/// rule.
struct Replayed {
  std::string version;
  std::string environment_file;
};

Replayed replay(const std::vector<Reason>& given, const ExplainedWorld::Texts& texts,
                const std::string& region) {
  Replayed replayed;
  for (const Reason& reason : given) {
    const bool in_config = reason.source.file == "config.json" && reason.source.known();
    const bool in_definition = reason.source.file == "stagedefinition.json" && reason.source.known();
    if (in_config) replayed.version = string_at(texts.config, reason.source);
    if (in_definition && reason.code == reasons::kStageMatch)
      CHECK(normalise_region(string_at(texts.definition, reason.source)) == region);
    if (reason.code == reasons::kEnvConfigChosen || reason.code == reasons::kEnvConfigFallback)
      replayed.environment_file = reason.source.file;
  }
  return replayed;
}

/// Every way to ask for a version, and two that ask for nothing there is.
std::set<std::string> stamps_to_ask(const ExplainedWorld& world) {
  std::set<std::string> stamps = {"", "nosuchstamp", "9d9"};
  const auto deployment = world.read(world.active);
  for (const KnownStamp& stamp : stamps_of(*deployment)) {
    stamps.insert(stamp.name);
    stamps.insert(base::to_lower(stamp.name));
  }
  for (const std::string& version : deployment->config.versions()) {
    stamps.insert(to_build_stamp(version));
    stamps.insert(version);
  }
  return stamps;
}

const std::vector<std::string> kAuthorities = {"portal.azure.com", "ms.portal.azure.com", "portal.azure.us",
                                               "https%3A%2F%2Fcontoso.portal.azure.cn", "example.org"};

bool has(const Explanation& explanation, std::string_view code) {
  return std::any_of(explanation.reasons.begin(), explanation.reasons.end(),
                     [code](const Reason& reason) { return reason.code == code; });
}

int status_by_reasons(const Explanation& explanation) {
  if (has(explanation, reasons::kStampUnknown) || has(explanation, reasons::kStampAmbiguous)) return 404;
  return has(explanation, reasons::kEnvConfigMissing) ? 400 : 200;
}

/// The world with the string at `where` in its config, `config.json:6:13`, replaced.
ExplainedWorld with_edited_config(ExplainedWorld world, const Explanation& now, const Change& change) {
  const auto parts = base::split(change.where, ':');
  REQUIRE(parts.size() == 3);
  const SourcePosition where{parts[0], std::stoul(parts[1]), std::stoul(parts[2])};
  const bool is_new = world.pending && world.pulling.count(now.region) == 0;
  std::string& text = is_new ? world.pending->config : world.active.config;
  text.replace(offset_of(text, where) + 1, string_at(text, where).size(), change.value);
  return world;
}

/// Makes the change, by other means than the model has, and asks again.
Explanation after(const Change& change, ExplainedWorld world, ExplainQuestion question,
                  const Explanation& now) {
  using Kind = Change::Kind;
  if (change.kind == Kind::url) {
    question.url = change.value;
    question.stamp.clear();
    question.region = now.region;
  }
  if (change.kind == Kind::region) question.region = change.value;
  if (change.kind == Kind::config) world = with_edited_config(world, now, change);
  if (change.kind == Kind::registration) {
    CHECK(change.value == "\"disabled\": false");
    CHECK(change.where == "Extensions.prod.json:3:5");
    world.disabled = false;
  }
  if (change.kind == Kind::file) {
    CHECK(change.where == environment_file_path(now.hosted->host));
    world.hosts[now.version()].insert(now.hosted->host);
  }
  if (change.kind == Kind::sync) world.pulling.erase(change.where);
  auto explanations = explain_plainly(question, world.basis());
  REQUIRE(explanations.size() == 1);
  return std::move(explanations.front());
}

}  // namespace

TEST_CASE("an explanation replayed by its reasons gives the version and the settings that are served") {
  const auto seed = GENERATE(range<std::uint64_t>(0, kWorlds));
  const ExplainedWorld world = random_world(seed);
  const ExplainBasis basis = world.basis();
  const auto state = basis.hosted("demo");
  for (const std::string& stamp : stamps_to_ask(world)) {
    for (const std::string& region : ExplainedWorld::regions(world.cloud)) {
      for (const std::string& authority : kAuthorities) {
        const ExplainQuestion question{"", "demo", region, stamp, authority, ""};
        const Explanation explanation = explain_plainly(question, basis).front();
        const bool is_new = world.pending && world.pulling.count(region) == 0;
        const Replayed replayed = replay(explanation.reasons, is_new ? *world.pending : world.active, region);
        const bool right = replayed.version == explanation.version() &&
                           replayed.environment_file == explanation.environment_file() &&
                           status_by_reasons(explanation) == explanation.status;
        if (right) continue;
        CAPTURE(seed, stamp, region, authority, replayed.version, replayed.environment_file);
        CHECK(explanation.version() == replayed.version);
        CHECK(explanation.environment_file() == replayed.environment_file);
        FAIL("the reasons lead elsewhere");
      }
      // What pages are served by.
      const HostingAnswer served = answer_request(*state, {region, stamp, "portal.azure.com"});
      const Explanation explanation = explain_plainly({"", "demo", region, stamp, "", "PROD"}, basis).front();
      CHECK(served.resolution.version == explanation.version());
      CHECK(served.status == explanation.status);
    }
  }
}

TEST_CASE("every counterfactual is true") {
  const auto seed = GENERATE(range<std::uint64_t>(0, kWorlds));
  const ExplainedWorld world = random_world(seed);
  const ExplainBasis basis = world.basis();
  Dice dice(seed);
  const auto regions = ExplainedWorld::regions(world.cloud);
  const auto asked = stamps_to_ask(world);
  const std::vector<std::string> stamps(asked.begin(), asked.end());
  const std::string portal = "https://" + std::string(basis.environment->portal_host);
  std::vector<ExplainQuestion> questions;
  for (int i = 0; i < 4; ++i) {
    const std::string& region = dice.one_of(regions);
    const std::string& stamp = dice.one_of(stamps);
    questions.push_back({"", "demo", region, stamp, dice.one_of(kAuthorities), ""});
    questions.push_back(
        {portal + "/?microsoft_azure_demo=" + stamp + "#blade/X", "demo", region, "", "", ""});
    questions.push_back({portal + "?feature.canmodifystamps=true&Microsoft_Azure_Demo=" + stamp, "",
                         dice.one_of(regions), "", "", ""});
    questions.push_back({portal + "/?Microsoft_Azure_Demo=false&region=" + region, "", "", "", "", ""});
  }
  std::size_t checked = 0;
  for (const ExplainQuestion& question : questions) {
    const Explanation now = explain(question, basis).front();
    for (const Counterfactual& counterfactual : now.counterfactuals) {
      CAPTURE(seed, question.url, question.region, question.stamp, counterfactual.text,
              counterfactual.change.value);
      const Explanation then = after(counterfactual.change, world, question, now);
      CHECK(then.version() == counterfactual.version);
      CHECK(then.status == counterfactual.status);
      CHECK((then.version() != now.version() || then.status != now.status || then.enabled != now.enabled));
      if (!counterfactual.version.empty())
        CHECK(counterfactual.text.find(counterfactual.version) != std::string::npos);
      ++checked;
    }
  }
  CHECK(checked > 0);
}

}  // namespace exthost::model
