#include "emulator/model/rollout_plan.h"

#include <algorithm>

namespace exthost::model {
namespace {

/// The stages that `version` passes over on its way to the stage at `index` of the new order.
std::vector<std::string> skipped_stages(const Deployment& current, const Deployment& next, std::size_t index,
                                        const std::string& version) {
  const auto& stages = next.stages.stages;
  const auto had = [&](std::size_t i) { return version_at(current, stages[i].name) == version; };
  for (std::size_t i = index; i < stages.size(); ++i) {
    if (had(i)) return {};
  }
  std::vector<std::string> skipped;
  for (std::size_t i = index; i > 0 && !had(i - 1); --i) skipped.push_back(stages[i - 1].name);
  std::reverse(skipped.begin(), skipped.end());
  return skipped;
}

class Planner {
 public:
  Planner(const Deployment* current, const Deployment& next) : current_(current), next_(next) {}

  RolloutPlan plan(std::span<const Region> regions, Cloud cloud) {
    plan_stages();
    for (const Region& region : regions) {
      if (region.cloud == cloud) place(region);
    }
    if (current_ != nullptr) {
      for (const StageDefinition::Stage& stage : current_->stages.stages) {
        if (next_.is_stage(stage.name)) continue;
        PlannedStage gone;
        gone.stage = stage.name;
        gone.before = version_at(*current_, stage.name);
        gone.direction = Direction::removed;
        plan_.stages.push_back(std::move(gone));
      }
    }
    plan_friendly_names();
    plan_versions();
    return std::move(plan_);
  }

 private:
  std::string version_before(std::string_view stage) const {
    return current_ == nullptr ? std::string() : version_at(*current_, stage);
  }

  void plan_stages() {
    const auto& stages = next_.stages.stages;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      PlannedStage line;
      line.stage = stages[i].name;
      line.before = version_before(line.stage);
      line.after = version_at(next_, line.stage);
      line.direction = direction_of(line.before, line.after);
      line.covers_rest = next_.stages.covers_rest(stages[i]);
      if (const auto* entry = next_.config.find(line.stage)) line.where = entry->where;
      if (current_ != nullptr && line.changes()) {
        line.skipped = skipped_stages(*current_, next_, i, line.after);
      }
      plan_.stages.push_back(std::move(line));
    }
  }

  /// The line for a stage's regions that had `before`: made, after the stage's others, if there is none yet.
  PlannedStage& line_for(const std::string& stage, const std::string& before) {
    auto line = std::find_if(plan_.stages.begin(), plan_.stages.end(),
                             [&](const PlannedStage& one) { return one.stage == stage; });
    const PlannedStage own = *line;
    for (; line != plan_.stages.end() && line->stage == stage; ++line) {
      if (line->before == before) return *line;
    }
    PlannedStage further = own;
    further.before = before;
    further.direction = direction_of(before, own.after);
    further.regions.clear();
    further.without_users.clear();
    further.skipped.clear();  // the stage's own line has them
    return *plan_.stages.insert(line, std::move(further));
  }

  void place(const Region& region) {
    const std::string name(region.name);
    const std::string& stage = next_.stages.stage_for(name).name;
    const std::string after = version_at(next_, stage);
    std::string before;
    if (current_ != nullptr) {
      const std::string& old_stage = current_->stages.stage_for(name).name;
      before = version_at(*current_, old_stage);
      if (old_stage != stage) plan_.moved.push_back({name, old_stage, stage});
    }
    if (region.has_portal) ++plan_.regions_total;
    if (before == after) return;
    if (region.has_portal) ++plan_.regions_changed;
    PlannedStage& line = line_for(stage, before);
    line.regions.push_back(name);
    if (!region.has_portal) line.without_users.push_back(name);
  }

  void plan_friendly_names() {
    const auto version_of = [](const Deployment* deployment, const std::string& name) {
      if (deployment == nullptr || deployment->is_stage(name)) return std::string();
      const auto* entry = deployment->config.find(name);
      return entry == nullptr ? std::string() : entry->version;
    };
    const auto add = [&](const std::string& name) {
      PlannedName line{name, version_of(current_, name), version_of(&next_, name), Direction::same};
      if (line.before == line.after) return;
      line.direction = direction_of(line.before, line.after);
      plan_.friendly_names.push_back(std::move(line));
    };
    for (const auto* entry : next_.friendly_names()) add(entry->name);
    if (current_ == nullptr) return;
    for (const auto* entry : current_->friendly_names()) {
      if (version_of(&next_, entry->name).empty()) add(entry->name);
    }
  }

  void plan_versions() {
    const std::vector<std::string> old_versions =
        current_ == nullptr ? std::vector<std::string>() : current_->config.versions();
    const std::vector<std::string> new_versions = next_.config.versions();
    const auto missing_from = [](const std::vector<std::string>& some,
                                 const std::vector<std::string>& others) {
      std::vector<std::string> missing = some;
      std::erase_if(missing, [&](const std::string& version) {
        return std::find(others.begin(), others.end(), version) != others.end();
      });
      return missing;
    };
    plan_.new_versions = missing_from(new_versions, old_versions);
    plan_.dropped_versions = missing_from(old_versions, new_versions);
  }

  const Deployment* current_;
  const Deployment& next_;
  RolloutPlan plan_;
};

}  // namespace

std::string version_at(const Deployment& deployment, std::string_view stage) {
  if (deployment.stages.find(stage) == nullptr) return {};
  const DeploymentConfig::Entry* entry = deployment.config.find(stage);
  if (entry == nullptr) entry = deployment.config.find(deployment.stages.stages.back().name);
  return entry == nullptr ? std::string() : entry->version;
}

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::same:
      return "same";
    case Direction::upgrade:
      return "upgrade";
    case Direction::downgrade:
      return "downgrade";
    case Direction::unknown:
      return "unknown";
    case Direction::first:
      return "first";
    case Direction::removed:
      return "removed";
  }
  return "unknown";
}

unsigned RolloutPlan::percent_changed() const {
  if (regions_changed == 0 || regions_total == 0) return 0;
  if (regions_changed == regions_total) return 100;
  const auto rounded = static_cast<unsigned>((regions_changed * 200 + regions_total) / (2 * regions_total));
  return std::clamp(rounded, 1u, 99u);
}

bool RolloutPlan::has_downgrades() const {
  return std::any_of(stages.begin(), stages.end(),
                     [](const PlannedStage& line) { return line.direction == Direction::downgrade; });
}

bool RolloutPlan::has_skips() const {
  return std::any_of(stages.begin(), stages.end(),
                     [](const PlannedStage& line) { return !line.skipped.empty(); });
}

bool RolloutPlan::changes_nothing() const {
  return friendly_names.empty() && moved.empty() &&
         std::none_of(stages.begin(), stages.end(), [](const PlannedStage& line) { return line.changes(); });
}

RolloutPlan plan_rollout(const Deployment* current, const Deployment& next, std::span<const Region> regions,
                         Cloud cloud) {
  return Planner(current, next).plan(regions, cloud);
}

}  // namespace exthost::model
