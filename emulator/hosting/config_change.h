#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/hosting/container_source.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/hosting/sync_plan.h"
#include "emulator/model/cloud.h"
#include "emulator/model/rollout_plan.h"

namespace exthost::hosting {

/// A config.json that somebody thinks of publishing.
struct ProposedConfig {
  std::string config_text;
  /// stagedefinition.json to go with it; absent: the container's own, if the config asks for one.
  std::optional<std::string> definition_text;
  std::vector<std::string> new_versions = {};  ///< Whose zips will be in the container before the config is.
};

/// What a sync of a proposed config would do.
struct ConfigChange {
  std::optional<model::RolloutPlan> plan;  ///< Absent if the config itself would be refused.
  std::optional<SyncFailure> refusal;      ///< Why the sync would fail: then nothing would change.
  std::vector<model::Problem> warnings;
};

/// By what rules a change is planned.
struct PlanRules {
  model::Cloud cloud = model::Cloud::public_cloud;
  model::ConfigRules config;
  HostingLimits limits;
};

/// Takes the same decisions as a sync, without its downloads: the config and its definition are checked, and
/// every version that is not in `held` must have its zip in the container. Whether a zip is valid shows only
/// when it is synced. A missing zip leaves the plan and refuses the sync (b14). `current`: what is served
/// now, or null.
///
/// Blocks for as long as the container takes. Fails with `unavailable` if the container does not answer.
base::Result<ConfigChange> plan_config_change(const model::Deployment* current, ProposedConfig proposed,
                                              ContainerSource& source, const HeldVersions& held,
                                              const PlanRules& rules);

/// The deployment that a container's own documents make; absent if it has no config.json. What the service
/// would refuse is the second.
struct ContainerDeployment {
  std::optional<model::Deployment> deployment;
  std::optional<SyncFailure> refusal;
};
base::Result<ContainerDeployment> read_container_deployment(ContainerSource& source, const PlanRules& rules);
/// The same of a config.json's text, which may be one that the container does not have.
base::Result<ContainerDeployment> read_deployment_in(ContainerSource& source, std::string config_text,
                                                     const PlanRules& rules);

}  // namespace exthost::hosting
