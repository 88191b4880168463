#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/hosting/container_source.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/package_store.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/hosting/sync_plan.h"
#include "emulator/model/cloud.h"
#include "emulator/model/deployment_config.h"

namespace exthost::hosting {

/// What one look at a container came to.
struct SyncOutcome {
  std::optional<model::Deployment> deployment;  ///< Set exactly if `failure` is not.
  std::string config_text;
  std::string definition_text;  ///< Empty: the cloud's own definition.
  HeldVersions fetched;  ///< Downloaded, verified and stored; also if the sync then failed, so that nothing
                         ///< is fetched twice.
  std::vector<model::Problem> warnings;
  std::optional<SyncFailure> failure;
};

/// A version whose zip in the container is not the one that is held (domain.md e4).
struct ReplacedZip {
  std::string version;
  std::string held_sha256;
  std::string found_sha256;
};

/// Looks at one container, again and again: conditional GETs of the documents, then each missing zip
/// (design.md 4, "A sync").
///
/// Nothing it does changes what is served: it says what could be. It remembers ETags, and which zips it has
/// refused, so that a look at an unchanged container downloads nothing. Not thread-safe; blocks.
class Synchronizer {
 public:
  Synchronizer(std::shared_ptr<ContainerSource> source, PackageStore& store, model::Cloud cloud,
               model::ConfigRules rules, HostingLimits limits,
               model::EnvironmentRules environment_rules = {});

  /// All or nothing: a deployment whose every version is in `held` or in `fetched`, or a failure.
  SyncOutcome sync(const HeldVersions& held);

  /// Asks whether the zips of the deployment's versions are still the ones that are held. A zip of which no
  /// ETag is known is read once; a container that does not answer leaves what was known.
  std::vector<ReplacedZip> find_replaced(const model::DeploymentConfig& config, const HeldVersions& held);

 private:
  struct Document {
    std::string etag;
    std::string text;
  };
  struct Refused {
    std::string etag;
    base::Error error;
  };
  struct InContainer {
    std::string etag;
    std::string sha256;
  };

  base::Result<std::optional<std::string>> get_document(const std::string& blob);
  SyncStep<std::optional<std::string>> get_definition(const model::DeploymentConfig& config,
                                                      std::string_view config_text);
  std::optional<SyncFailure> fetch_versions(const model::DeploymentConfig& config,
                                            std::string_view config_text, const HeldVersions& held,
                                            HeldVersions& fetched);
  base::Result<std::shared_ptr<const HeldVersion>> accept_zip(const std::string& version, const Fetched& zip);

  std::shared_ptr<ContainerSource> source_;
  PackageStore& store_;
  model::Cloud cloud_;
  model::ConfigRules rules_;
  HostingLimits limits_;
  model::EnvironmentRules environment_rules_;
  std::map<std::string, Document> documents_;
  std::map<std::string, Refused> refused_;           // by version
  std::map<std::string, InContainer> in_container_;  // by version: what find_replaced saw last
};

}  // namespace exthost::hosting
