#include "emulator/model/stage_definition.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/stamp_name.h"

namespace exthost::model {
namespace {

using base::JsonKind;
using base::JsonMember;
using base::JsonValue;

constexpr base::JsonLimits kLimits{256 * 1024, 32};  // limits.md, JSON
constexpr std::string_view kSequence = "$sequence";
constexpr std::string_view kAllRegions = "*";

StageDefinition built_in(std::string source,
                         std::vector<std::pair<std::string, std::vector<std::string>>> stages) {
  StageDefinition definition;
  definition.source = std::move(source);
  for (auto& [name, regions] : stages) definition.stages.push_back({name, std::move(regions), {}, {}});
  return definition;
}

/// Reads one stage definition; each method judges one rule of domain.md (c) and notes what breaks it.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : findings_(text, file) {}

  StageDefinition read(const JsonValue& root) {
    StageDefinition definition;
    for (const auto& member : root.members) members_.emplace(member.key, &member);
    const std::vector<const JsonValue*> sequence = read_sequence(root);
    for (const auto* name : sequence) {
      if (auto stage = read_stage(*name, name == sequence.back()))
        definition.stages.push_back(std::move(*stage));
    }
    judge_other_members(root, sequence);
    return definition;
  }

  Findings& findings() { return findings_; }

 private:
  /// The names in rollout order (c1), each usable and none twice; what is wrong is left out.
  std::vector<const JsonValue*> read_sequence(const JsonValue& root) {
    const JsonValue* sequence = root.find(kSequence);
    if (sequence == nullptr) {
      findings_.error(codes::kDefinitionWrongShape, root.offset, "$sequence is missing",
                      "add \"$sequence\" with the stage names in rollout order");
      return {};
    }
    if (sequence->kind != JsonKind::array || sequence->items.empty()) {
      findings_.error(codes::kDefinitionWrongShape, sequence->offset,
                      "$sequence must be an array of stage names, in rollout order");
      return {};
    }
    std::vector<const JsonValue*> names;
    std::set<std::string> seen;
    order_is_known_ = true;
    for (const auto& item : sequence->items) {
      if (item.kind != JsonKind::string) {
        findings_.error(codes::kDefinitionWrongShape, item.offset,
                        "$sequence has " + std::string(describe(item)) + " where a stage name belongs");
        order_is_known_ = false;
      } else if (!seen.insert(base::to_lower(item.text)).second) {
        findings_.error(codes::kDefinitionWrongShape, item.offset,
                        "$sequence names " + quoted(item.text) + " twice; letter case makes no difference");
        order_is_known_ = false;
      } else {
        judge_name(item);
        names.push_back(&item);
      }
    }
    return names;
  }

  void judge_name(const JsonValue& name) {
    const auto judgement = judge_stamp_name(name.text);
    if (judgement == StampName::reserved) {
      findings_.error(codes::kDefinitionWrongShape, name.offset,
                      "a stage cannot be called " + quoted(name.text) +
                          ", which means enable or disable in a portal URL");
    } else if (judgement == StampName::unusable) {
      findings_.error(codes::kDefinitionWrongShape, name.offset,
                      "stage name " + quoted(name.text) + " cannot be part of a URL",
                      "use letters and digits");
    }
  }

  /// A stage and its regions (c2), or nothing if they cannot be told.
  std::optional<StageDefinition::Stage> read_stage(const JsonValue& name, bool is_last) {
    const auto found = members_.find(name.text);
    if (found == members_.end()) {
      findings_.error(codes::kDefinitionWrongShape, name.offset,
                      "$sequence names " + quoted(name.text) + ", but there is no property of that name",
                      did_you_mean(name.text, some_names()));
      return std::nullopt;
    }
    const JsonValue* regions = &found->second->value;
    if (regions->kind != JsonKind::array) {
      findings_.error(
          codes::kDefinitionWrongShape, regions->offset,
          name.text + " must be an array of region names, not " + std::string(describe(*regions)));
      return std::nullopt;
    }
    StageDefinition::Stage stage;
    stage.name = name.text;
    stage.where = findings_.at(regions->offset);
    if (is_last && order_is_known_) {
      judge_last(name.text, *regions);
      return stage;
    }
    if (regions->items.empty()) {
      findings_.warning(codes::kDefinitionWrongShape, regions->offset,
                        name.text + " has no regions, so only its stamp reaches it");
    }
    for (const auto& region : regions->items) read_region(stage, region);
    return stage;
  }

  /// Names to compare a misspelt one with; enough of them for any real file.
  std::vector<std::string> some_names() const {
    constexpr std::size_t kEnough = 50;
    std::vector<std::string> names;
    for (const auto& member : members_) {
      if (names.size() == kEnough) break;
      names.emplace_back(member.first);
    }
    return names;
  }

  void judge_last(const std::string& stage, const JsonValue& regions) {
    const bool is_star = regions.items.size() == 1 && regions.items[0].kind == JsonKind::string &&
                         regions.items[0].text == kAllRegions;
    if (is_star) return;
    findings_.error(codes::kDefinitionWrongShape, regions.offset,
                    "the last stage, " + stage + ", must be exactly [\"*\"]",
                    "give it [\"*\"], and list single regions in the stages before it");
  }

  void read_region(StageDefinition::Stage& stage, const JsonValue& region) {
    if (region.kind != JsonKind::string) {
      findings_.error(codes::kDefinitionWrongShape, region.offset,
                      stage.name + " has " + std::string(describe(region)) + " where a region name belongs");
      return;
    }
    if (region.text == kAllRegions) {
      if (!order_is_known_) return;
      findings_.error(codes::kDefinitionWrongShape, region.offset,
                      stage.name + " has *, which only the last stage of $sequence may have");
      return;
    }
    std::string name = normalise_region(region.text);
    if (name.empty()) {
      findings_.error(codes::kDefinitionWrongShape, region.offset, stage.name + " has an empty region name");
      return;
    }
    const auto [known, is_new] = stage_of_region_.emplace(name, stage.name);
    if (!is_new) {
      const bool same = known->second == stage.name;
      findings_.error(codes::kDefinitionWrongShape, region.offset,
                      "region " + quoted(name) + " is in " + stage.name +
                          (same ? std::string(" twice") : " and in " + known->second),
                      "a region belongs to one stage; remove it here or there");
      return;
    }
    if (name != region.text) {
      findings_.note(codes::kUnknownRegion, region.offset, quoted(region.text) + " is read as " + name,
                     "write region names as Azure Resource Manager does: " + name);
    }
    if (find_region(name) == nullptr) {
      std::vector<std::string> names;
      if (!findings_.full()) {
        for (const auto& row : all_regions()) names.emplace_back(row.name);
      }
      findings_.warning(codes::kUnknownRegion, region.offset,
                        "region " + quoted(region.text) + " is not known", did_you_mean(name, names));
    }
    stage.regions.push_back(std::move(name));
    stage.region_positions.push_back(findings_.at(region.offset));
  }

  void judge_other_members(const JsonValue& root, const std::vector<const JsonValue*>& sequence) {
    std::set<std::string_view> stages;
    for (const auto* name : sequence) stages.insert(name->text);
    for (const auto& member : root.members) {
      if (member.key == kSequence) continue;
      if (member.key.starts_with('$')) {
        findings_.warning(codes::kUnknownDollarKey, member.key_offset,
                          quoted(member.key) + " is not known and ignored",
                          did_you_mean(member.key, {std::string(kSequence)}));
        continue;
      }
      if (stages.count(member.key) == 0) {
        findings_.warning(codes::kDefinitionWrongShape, member.key_offset,
                          quoted(member.key) + " is not in $sequence, so it is no stage and ignored",
                          "add it to $sequence, or remove it");
      }
    }
  }

  Findings findings_;
  std::map<std::string_view, const JsonMember*> members_;
  bool order_is_known_ = false;  // false: which stage is the last cannot be told, so that rule is not judged
  std::map<std::string, std::string> stage_of_region_;
};

}  // namespace

const StageDefinition::Stage* StageDefinition::find(std::string_view stage) const {
  const auto found = std::find_if(stages.begin(), stages.end(),
                                  [stage](const Stage& candidate) { return candidate.name == stage; });
  return found == stages.end() ? nullptr : &*found;
}

const StageDefinition::Stage& StageDefinition::stage_for(std::string_view region) const {
  EXTHOST_CHECK(!stages.empty());
  const auto lists_region = [region](const Stage& stage) {
    return std::find(stage.regions.begin(), stage.regions.end(), region) != stage.regions.end();
  };
  const auto found = std::find_if(stages.begin(), stages.end(), lists_region);
  return found == stages.end() ? stages.back() : *found;
}

const StageDefinition& default_stage_definition(Cloud cloud) {
  // domain.md (c), second table
  static const StageDefinition public_cloud =
      built_in("built-in definition of the public cloud", {{"stage1", {"centraluseuap"}},
                                                           {"stage2", {"westcentralus"}},
                                                           {"stage3", {"southcentralus"}},
                                                           {"stage4", {"westus"}},
                                                           {"stage5", {}}});
  static const StageDefinition fairfax =
      built_in("built-in definition of Fairfax", {{"stage1", {"usgovcentral"}}, {"stage2", {}}});
  static const StageDefinition mooncake =
      built_in("built-in definition of Mooncake", {{"stage1", {"chinanorth"}}, {"stage2", {}}});
  static const StageDefinition blackforest =
      built_in("built-in definition of Blackforest", {{"stage1", {"germanynortheast"}}, {"stage2", {}}});
  switch (cloud) {
    case Cloud::public_cloud:
      return public_cloud;
    case Cloud::fairfax:
      return fairfax;
    case Cloud::mooncake:
      return mooncake;
    case Cloud::blackforest:
      return blackforest;
  }
  return public_cloud;
}

Checked<StageDefinition> read_stage_definition(std::string_view text, const std::string& file) {
  const auto parsed = base::parse_json(text, base::JsonDialect::strict, kLimits);
  Reader reader(text, file);
  reader.findings().add(json_problems(text, file, codes::kDefinitionNotJson, parsed.problems));

  StageDefinition definition;
  if (parsed.value && parsed.value->kind != JsonKind::object) {
    reader.findings().error(
        codes::kDefinitionWrongShape, parsed.value->offset,
        "a stage definition is a JSON object, not " + std::string(describe(*parsed.value)));
  } else if (parsed.value) {
    definition = reader.read(*parsed.value);
    definition.source = file;
  }

  Checked<StageDefinition> checked;
  if (!reader.findings().has_errors()) checked.value = std::move(definition);
  checked.problems = std::move(reader.findings()).take();
  return checked;
}

}  // namespace exthost::model
