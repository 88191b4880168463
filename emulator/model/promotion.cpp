#include "emulator/model/promotion.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/rollout_plan.h"

namespace exthost::model {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

Error nothing(std::string message) {
  return {ErrorKind::conflict, std::move(message), std::string(codes::kNothingToMove)};
}

std::optional<std::size_t> index_of(const StageDefinition& definition, const std::string& name) {
  for (std::size_t i = 0; i < definition.stages.size(); ++i) {
    if (definition.stages[i].name == name) return i;
  }
  return std::nullopt;
}

/// Fills in where a promotion of which nothing but perhaps the version is given comes from and goes to.
Result<Promotion> next_step(const Deployment& deployment, Promotion promotion) {
  const auto& stages = deployment.stages.stages;
  const auto version_of = [&](std::size_t i) { return version_at(deployment, stages[i].name); };
  if (promotion.version.empty()) {
    for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
      if (version_of(i) == version_of(i + 1)) continue;
      promotion.from = stages[i].name;
      promotion.to = stages[i + 1].name;
      return promotion;
    }
    return nothing("every stage has " + version_of(0) + ": there is no next step");
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (version_of(i) != promotion.version) continue;
    promotion.from = stages[i].name;
    next = i + 1;
  }
  if (next == stages.size()) {
    return nothing(promotion.version + " has reached " + stages.back().name + ", the last stage");
  }
  promotion.to = stages[next].name;
  return promotion;
}

/// Fills in the one of both that is not given.
Result<Promotion> complete(const Deployment& deployment, Promotion promotion) {
  const StageDefinition& definition = deployment.stages;
  if (promotion.to.empty()) {
    const auto from = index_of(definition, promotion.from);
    if (!from) return unknown_stage(definition, promotion.from);
    if (*from + 1 == definition.stages.size())
      return nothing(promotion.from + " is the last stage: there is none to promote to");
    promotion.to = definition.stages[*from + 1].name;
  }
  const auto to = index_of(definition, promotion.to);
  if (!to) return unknown_stage(definition, promotion.to);
  if (promotion.from.empty() && promotion.version.empty()) {
    if (*to == 0)
      return nothing(promotion.to + " is the first stage: say which version it is to have, or from where");
    promotion.from = definition.stages[*to - 1].name;
  }
  return promotion;
}

}  // namespace

std::vector<std::string> stage_names(const StageDefinition& definition) {
  std::vector<std::string> names;
  for (const StageDefinition::Stage& stage : definition.stages) names.push_back(stage.name);
  return names;
}

Error unknown_stage(const StageDefinition& definition, const std::string& name) {
  const std::vector<std::string> names = stage_names(definition);
  const std::string meant = did_you_mean(name, names);
  return {ErrorKind::not_found,
          quoted(name) + " is no stage of this extension, which has " + list_of(names) +
              (meant.empty() ? "" : "; " + meant),
          std::string(codes::kUnknownStamp)};
}

Result<Promotion> plan_promotion(const Deployment& deployment, const PromotionWish& wish) {
  const Promotion given{wish.from, wish.to, wish.version, {}};
  auto promotion =
      wish.from.empty() && wish.to.empty() ? next_step(deployment, given) : complete(deployment, given);
  if (!promotion) return promotion;
  if (promotion->version.empty()) {
    const DeploymentConfig::Entry* name = deployment.config.find(promotion->from);
    if (name == nullptr && !deployment.is_stage(promotion->from))
      return unknown_stage(deployment.stages, promotion->from);
    promotion->version = name != nullptr ? name->version : version_at(deployment, promotion->from);
  }
  if (!wish.version.empty() && version_at(deployment, promotion->from) != wish.version)
    promotion->from.clear();
  promotion->before = version_at(deployment, promotion->to);
  if (promotion->before == promotion->version)
    return nothing(promotion->to + " has " + promotion->version + " already");
  return promotion;
}

}  // namespace exthost::model
