#include "emulator/hosting/config_change.h"

#include <algorithm>
#include <utility>

#include "emulator/model/container_layout.h"

namespace exthost::hosting {
namespace {

using base::Result;

/// Reads a config, with the given definition or the container's.
Result<SyncStep<model::Deployment>> read_proposed(const ProposedConfig& proposed, ContainerSource& source,
                                                  const PlanRules& rules) {
  using Step = SyncStep<model::Deployment>;
  auto config = plan_config(proposed.config_text, rules.config);
  if (config.failure) return Step{std::nullopt, std::move(config.failure), std::move(config.warnings)};
  std::optional<std::string> definition;
  if (config.value->custom_stage_definition) {
    definition = proposed.definition_text;
    if (!definition) {
      auto text = read_document(source, model::kDefinitionBlob, rules.limits.config_bytes);
      if (!text) return std::move(text).error();
      definition = *std::move(text);
    }
    if (!definition) {
      auto misspelt = has_blob(source, model::kMisspeltDefinitionBlob);
      if (!misspelt) return std::move(misspelt).error();
      return Step{
          std::nullopt,
          definition_fetch_failure(*config.value, proposed.config_text, source.url(), nullptr, *misspelt),
          std::move(config.warnings)};
    }
  }
  Step step =
      plan_deployment(std::move(*config.value), proposed.config_text, definition, rules.cloud, rules.config);
  step.warnings.insert(step.warnings.begin(), config.warnings.begin(), config.warnings.end());
  if (proposed.definition_text && !definition) {
    step.warnings.push_back({model::Severity::warning,
                             {},
                             "the new stagedefinition.json has no effect: the config does not ask for it",
                             "set \"$customStageDefinition\": true in config.json",
                             {},
                             {}});
  }
  return step;
}

}  // namespace

Result<ConfigChange> plan_config_change(const model::Deployment* current, ProposedConfig proposed,
                                        ContainerSource& source, const HeldVersions& held,
                                        const PlanRules& rules) {
  auto step = read_proposed(proposed, source, rules);
  if (!step) return std::move(step).error();
  ConfigChange change;
  change.warnings = std::move(step->warnings);
  change.refusal = std::move(step->failure);
  if (change.refusal) return change;

  const model::Deployment& next = *step->value;
  change.plan = model::plan_rollout(current, next, model::all_regions(), rules.cloud);
  std::vector<std::string> missing;
  for (const std::string& version : versions_to_fetch(next.config, held)) {
    const auto& coming = proposed.new_versions;
    if (std::find(coming.begin(), coming.end(), version) != coming.end()) continue;
    auto found = has_blob(source, model::zip_of(version));
    if (!found) return std::move(found).error();
    if (!*found) missing.push_back(version);
  }
  if (missing.empty()) return change;
  auto development_zip = has_blob(source, model::kDevelopmentZipBlob);
  if (!development_zip) return std::move(development_zip).error();
  change.refusal =
      missing_versions(next.config, proposed.config_text, missing, source.url(), *development_zip);
  return change;
}

Result<ContainerDeployment> read_container_deployment(ContainerSource& source, const PlanRules& rules) {
  auto text = read_document(source, model::kConfigBlob, rules.limits.config_bytes);
  if (!text) return std::move(text).error();
  if (!text->has_value()) return ContainerDeployment{};
  return read_deployment_in(source, **std::move(text), rules);
}

Result<ContainerDeployment> read_deployment_in(ContainerSource& source, std::string config_text,
                                               const PlanRules& rules) {
  auto step = read_proposed({std::move(config_text), std::nullopt}, source, rules);
  if (!step) return std::move(step).error();
  return ContainerDeployment{std::move(step->value), std::move(step->failure)};
}

}  // namespace exthost::hosting
