#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/text.h"
#include "emulator/model/explanation.h"
#include "tests/support/catch.h"

namespace exthost::model {

/// One extension, `demo`, registered as Microsoft_Azure_Demo, as the raw texts of its files: what an
/// explanation is asked of, and what a test may change to see whether the explanation was right.
struct ExplainedWorld {
  struct Texts {
    std::string config;
    std::string definition;  ///< Empty: the cloud's own.
  };
  Cloud cloud = Cloud::public_cloud;
  Texts active;
  std::optional<Texts> pending;
  std::set<std::string> pulling;                       ///< Regions that still have `active`.
  std::map<std::string, std::set<std::string>> hosts;  ///< Of each version: whose settings it has.
  std::optional<base::Error> last_error;
  bool disabled = false;
  RequiredStages required_stages = RequiredStages::all;

  std::shared_ptr<const Deployment> read(const Texts& texts) const {
    StageDefinition stages = default_stage_definition(cloud);
    if (!texts.definition.empty()) {
      auto definition = read_stage_definition(texts.definition);
      REQUIRE(definition.value);
      stages = std::move(*definition.value);
    }
    ConfigRules rules;
    rules.required_stages = required_stages;
    auto deployment = read_deployment(texts.config, stages, rules);
    INFO(texts.config);
    REQUIRE(deployment.value);
    return std::make_shared<const Deployment>(std::move(*deployment.value));
  }

  /// Immutable from here on: the basis keeps copies.
  ExplainBasis basis() const {
    HostedState state;
    state.hosting_service_name = "demo";
    state.container = "https://account.example/demo";
    const base::WallTime synced{std::chrono::hours(24 * 365 * 56)};
    HostedState::Config now{read(active), synced};
    std::optional<HostedState::Config> next;
    if (pending) next = HostedState::Config{read(*pending), synced + std::chrono::minutes(5)};
    state.in_region = [=, still = pulling, error = last_error](std::string_view region) {
      HostedState::InRegion there;
      there.active = now;
      there.last_error = error;
      if (!next) return there;
      if (still.count(std::string(region)) == 0) {
        there.active = next;
      } else {
        there.pending = next;
        there.pending_due = synced + std::chrono::minutes(20);
      }
      return there;
    };
    state.holds_version = [](std::string_view) { return true; };
    state.read_file = [files = hosts](std::string_view version,
                                      std::string_view path) -> base::Result<std::optional<std::string>> {
      if (path == kDefaultEnvironmentPath) return std::optional<std::string>(R"({"a": 1, "b": 2})");
      const auto found = files.find(std::string(version));
      if (found == files.end()) return std::optional<std::string>();
      for (const std::string& host : found->second) {
        if (path == environment_file_path(host)) return std::optional<std::string>(R"({"b": 3})");
      }
      return std::optional<std::string>();
    };
    Registration registration;
    registration.name = "Microsoft_Azure_Demo";
    registration.hosting_service_name = "demo";
    registration.disabled = disabled;
    registration.where = {"Extensions.prod.json", 3, 5};
    ExplainBasis basis;
    basis.registrations = {registration};
    basis.environment = &default_portal_environment(cloud);
    basis.default_region = cloud == Cloud::public_cloud ? "westus" : regions(cloud).front();
    basis.hosted = [state](std::string_view name) {
      return name == "demo" ? std::optional(state) : std::nullopt;
    };
    return basis;
  }

  static std::vector<std::string> regions(Cloud cloud) {
    std::vector<std::string> names;
    for (const Region& region : all_regions()) {
      if (region.cloud == cloud) names.emplace_back(region.name);
    }
    return names;
  }
};

/// The offset of a place in a text. Columns count bytes here: the texts are ASCII.
inline std::size_t offset_of(const std::string& text, const SourcePosition& where) {
  std::size_t line_start = 0;
  for (std::size_t line = 1; line < where.line; ++line) line_start = text.find('\n', line_start) + 1;
  return line_start + where.column - 1;
}

/// The JSON string, without escapes, that stands at a place.
inline std::string string_at(const std::string& text, const SourcePosition& where) {
  const std::size_t start = offset_of(text, where);
  REQUIRE(start < text.size());
  REQUIRE(text[start] == '"');
  return text.substr(start + 1, text.find('"', start + 1) - start - 1);
}

/// Small random numbers, the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2654435761u + 1) {}
  std::size_t below(std::size_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state_ >> 33) % limit;
  }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

/// A config and, for every second seed, a stage definition of its own, in one of several layouts.
inline ExplainedWorld::Texts random_texts(Dice& dice, Cloud cloud, bool custom, bool all_stages) {
  const std::vector<std::string> versions = {"1.0.0.5", "1.0.0.4", "2.1.0.0-beta", "1.0.20251218.0209"};
  const std::vector<std::string> separators = {",\n  ", ", ", ",\r\n\t", "\n, "};
  ExplainedWorld::Texts texts;
  std::vector<std::string> stages;
  if (custom) {
    const std::size_t count = 1 + dice.below(4);
    std::vector<std::vector<std::string>> lists(count);
    for (std::size_t i = 0; i < count; ++i) stages.push_back("ring" + std::to_string(i));
    if (count > 1) {
      for (const std::string& region : ExplainedWorld::regions(cloud)) {
        if (dice.below(3) == 0) lists[dice.below(count - 1)].push_back(region);
      }
    }
    lists.back() = {"*"};
    std::string sequence;
    for (std::size_t i = 0; i < count; ++i) {
      std::string list;
      for (const std::string& region : lists[i])
        list += (list.empty() ? "" : dice.one_of(separators)) + "\"" + region + "\"";
      texts.definition += "  \"" + stages[i] + "\": [" + list + "],\n";
      sequence += (i == 0 ? "\"" : ", \"") + stages[i] + "\"";
    }
    texts.definition = "{\n" + texts.definition + "  \"$sequence\": [" + sequence + "]\n}\n";
  } else {
    for (const auto& stage : default_stage_definition(cloud).stages) stages.push_back(stage.name);
  }
  std::vector<std::string> members = {R"("$version": "3")"};
  if (custom) members.emplace_back(R"("$customStageDefinition": true)");
  for (const std::string& stage : stages) {
    if (all_stages || stage == stages.back() || dice.below(2) == 0)
      members.push_back("\"" + stage + "\": \"" + dice.one_of(versions) + "\"");
  }
  for (const char* name : {"preview", "LastKnownGood", "beta2"}) {
    if (dice.below(3) != 0)
      members.push_back("\"" + std::string(name) + "\" : \"" + dice.one_of(versions) + "\"");
  }
  for (const std::string& member : members)
    texts.config += (texts.config.empty() ? "{ " : dice.one_of(separators)) + member;
  texts.config += "\n}";
  return texts;
}

/// A world for each seed: every cloud, with the cloud's definition and with its own, some regions behind,
/// some stages unset, some settings files missing.
inline ExplainedWorld random_world(std::uint64_t seed) {
  Dice dice(seed);
  const std::vector<Cloud> clouds = {Cloud::public_cloud, Cloud::fairfax, Cloud::mooncake,
                                     Cloud::blackforest};
  ExplainedWorld world;
  world.cloud = clouds[seed % clouds.size()];
  const bool custom = seed / clouds.size() % 2 == 1;
  const bool all_stages = seed % 3 != 0;
  world.required_stages = all_stages ? RequiredStages::all : RequiredStages::last;
  world.active = random_texts(dice, world.cloud, custom, all_stages);
  if (seed % 5 == 4) {
    world.pending = random_texts(dice, world.cloud, custom, all_stages);
    for (const std::string& region : ExplainedWorld::regions(world.cloud)) {
      if (dice.below(2) == 0) world.pulling.insert(region);
    }
  }
  if (seed % 7 == 6)
    world.last_error = base::Error{base::ErrorKind::corrupt, "config.json is broken", "EHE1003"};
  world.disabled = seed % 4 == 3;
  for (const char* version : {"1.0.0.5", "1.0.0.4", "2.1.0.0-beta", "1.0.20251218.0209"}) {
    for (const char* host :
         {"portal.azure.com", "ms.portal.azure.com", "portal.azure.us", "portal.azure.cn"}) {
      if (dice.below(3) != 0) world.hosts[version].insert(host);
    }
  }
  return world;
}

}  // namespace exthost::model
