// A config.json held against a stage definition.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/deployment_scan.h"
#include "emulator/model/stamp_name.h"
#include "emulator/model/version.h"

namespace exthost::model {
namespace {

/// Whether a name looks as if it were meant for a stage of a default definition: `stage` and digits.
bool looks_like_stage(std::string_view name) {
  constexpr std::string_view kPrefix = "stage";
  if (name.size() <= kPrefix.size() || !base::begins_with_ignoring_case(name, kPrefix)) return false;
  const auto number = name.substr(kPrefix.size());
  return std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One config held against one definition.
class Judge {
 public:
  Judge(const DeploymentConfig& config, const StageDefinition& stages, const ConfigRules& rules,
        Findings& findings)
      : config_(config), stages_(stages), rules_(rules), findings_(findings) {
    std::set<std::string_view> stage_names;
    for (const auto& stage : stages.stages) stage_names.insert(stage.name);
    for (const auto& entry : config.entries) {
      if (stage_names.count(entry.name) == 0) {
        friendly_.push_back(&entry);
      } else {
        set_.insert(entry.name);
      }
    }
  }

  void judge() {
    for (const auto& stage : stages_.stages) judge_stage(stage);
    for (const auto* entry : friendly_) judge_friendly_name(*entry);
    judge_number();
    judge_letter_case();
  }

 private:
  /// q1: every stage, or only the last one.
  void judge_stage(const StageDefinition::Stage& stage) {
    if (set_.count(stage.name) != 0) return;
    const bool required = rules_.required_stages == RequiredStages::all || stages_.covers_rest(stage);
    if (!required) {
      findings_.warning(
          codes::kStageMissing, config_.end_offset,
          stage.name + " is not set, so its regions get the version of " + stages_.stages.back().name);
      return;
    }
    findings_.error(codes::kStageMissing, config_.end_offset,
                    stage.name + " is missing; " + definition() + " requires it", hint_for_missing(stage));
  }

  std::string hint_for_missing(const StageDefinition::Stage& stage) const {
    if (findings_.full()) return {};
    for (const auto* entry : friendly_) {
      if (base::equals_ignoring_case(entry->name, stage.name)) {
        return "names are case sensitive: write " + stage.name + " instead of " + entry->name;
      }
    }
    std::vector<std::string> names;
    for (const auto* entry : friendly_) {
      if (names.size() == kMaxFriendlyNames) break;
      if (!looks_like_stage(entry->name)) names.push_back(entry->name);
    }
    if (const auto nearest = base::nearest_word(stage.name, names)) {
      return "is " + *nearest + " misspelt for " + stage.name + "?";
    }
    return "add \"" + stage.name + "\" with the version that it should serve";
  }

  /// b9, q5.
  void judge_friendly_name(const DeploymentConfig::Entry& entry) {
    switch (judge_stamp_name(entry.name)) {
      case StampName::reserved:
        findings_.error(codes::kFriendlyName, entry.name_offset,
                        "a friendly name cannot be " + quoted(entry.name) +
                            ", which means enable or disable in a portal URL",
                        "choose another name");
        return;
      case StampName::unusable:
        findings_.error(codes::kFriendlyName, entry.name_offset,
                        entry.name.empty()
                            ? std::string("a friendly name is empty")
                            : "friendly name " + quoted(entry.name) + " cannot be part of a URL",
                        "use letters and digits, 128 at most");
        return;
      case StampName::doubtful:
        doubt(entry,
              "friendly name " + quoted(entry.name) +
                  " has an underscore or hyphen; letters and digits are "
                  "documented",
              "rename it if the real service refuses it");
        break;
      case StampName::good:
        break;
    }
    if (looks_like_stage(entry.name)) {
      findings_.warning(
          codes::kFriendlyName, entry.name_offset,
          quoted(entry.name) + " is no stage of " + definition() + " and counts as a friendly name",
          "its stages are " + list_of(stage_names()));
    }
    warn_of_build_number(entry);
  }

  void doubt(const DeploymentConfig::Entry& entry, std::string message, std::string hint) {
    if (rules_.strict_names) {
      findings_.error(codes::kFriendlyName, entry.name_offset, std::move(message), std::move(hint));
    } else {
      findings_.warning(codes::kFriendlyName, entry.name_offset, std::move(message), std::move(hint));
    }
  }

  /// Which of the two the real service would take is not known (domain.md, Appendix B).
  void warn_of_build_number(const DeploymentConfig::Entry& entry) {
    if (friendly_.size() > kMaxFriendlyNames) return;  // refused anyway
    for (const auto& other : config_.entries) {
      const bool same_text = to_build_stamp(other.version) == entry.name || other.version == entry.name;
      if (!same_text || other.version == entry.version || other.version.empty()) continue;
      findings_.warning(codes::kFriendlyName, entry.name_offset,
                        "friendly name " + quoted(entry.name) + " is also the build number of " +
                            other.version + "; here the friendly name wins",
                        "rename it");
      return;
    }
  }

  /// b10, q3.
  void judge_number() {
    if (friendly_.size() <= kMaxFriendlyNames) return;
    findings_.error(codes::kTooManyFriendlyNames, friendly_[kMaxFriendlyNames]->name_offset,
                    std::to_string(friendly_.size()) + " friendly names; the hosting service accepts " +
                        std::to_string(kMaxFriendlyNames),
                    "remove those that nobody uses");
  }

  /// q4.
  void judge_letter_case() {
    std::map<std::string, const DeploymentConfig::Entry*> by_lower_name;
    for (const auto& entry : config_.entries) {
      const auto [known, is_new] = by_lower_name.emplace(base::to_lower(entry.name), &entry);
      if (is_new) continue;
      findings_.error(
          codes::kNamesDifferByCase, entry.name_offset,
          quoted(entry.name) + " and " + quoted(known->second->name) + " differ only by letter case",
          "rename or remove one of them");
    }
  }

  /// The definition as a sentence names it.
  std::string definition() const {
    return stages_.source.starts_with("built-in") ? "the " + stages_.source : stages_.source;
  }

  std::vector<std::string> stage_names() const {
    std::vector<std::string> names;
    for (const auto& stage : stages_.stages) names.push_back(stage.name);
    return names;
  }

  const DeploymentConfig& config_;
  const StageDefinition& stages_;
  const ConfigRules& rules_;
  Findings& findings_;
  std::vector<const DeploymentConfig::Entry*> friendly_;
  std::set<std::string_view> set_;  // stages that the config sets
};

Checked<Deployment> finish(std::optional<DeploymentConfig> config, StageDefinition stages,
                           Findings findings) {
  Checked<Deployment> checked;
  if (config && !findings.has_errors()) checked.value = Deployment{std::move(*config), std::move(stages)};
  checked.problems = std::move(findings).take();
  return checked;
}

}  // namespace

std::vector<const DeploymentConfig::Entry*> Deployment::friendly_names() const {
  std::vector<const DeploymentConfig::Entry*> names;
  for (const auto& entry : config.entries) {
    if (!is_stage(entry.name)) names.push_back(&entry);
  }
  return names;
}

Checked<Deployment> check_deployment(DeploymentConfig config, StageDefinition stages, std::string_view text,
                                     const ConfigRules& rules) {
  Findings findings(text, config.file);
  Judge(config, stages, rules, findings).judge();
  return finish(std::move(config), std::move(stages), std::move(findings));
}

Checked<Deployment> read_deployment(std::string_view text, const StageDefinition& stages,
                                    const ConfigRules& rules, const std::string& file) {
  Findings findings(text, file);
  auto config = scan_deployment_config(text, rules, file, findings);
  if (config) Judge(*config, stages, rules, findings).judge();
  return finish(std::move(config), stages, std::move(findings));
}

}  // namespace exthost::model
