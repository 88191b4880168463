#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/model/cloud.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/environment.h"
#include "emulator/model/incident.h"
#include "emulator/model/problem.h"

namespace exthost::hosting {

// The decisions of a sync, as functions of what was downloaded and what is held. Nothing here reads a
// container or a disk.

/// Why a sync failed, in production's terms (domain.md e6).
struct SyncFailure {
  model::IncidentCause cause = model::IncidentCause::storage_unavailable;
  std::string code;
  std::string message;
  std::vector<model::Problem> evidence;
  /// It says that the container could not be read, or the state folder not be written: the same container may
  /// give something else at the next look.
  bool passing = false;
  /// What is missing is on its way (config_awaited): it is no incident.
  bool awaited = false;
};

/// A step's value, or why the sync ends there, and what is worth saying in either case.
template <class T>
struct SyncStep {
  std::optional<T> value;
  std::optional<SyncFailure> failure;  ///< Set exactly if `value` is not.
  std::vector<model::Problem> warnings;
};

/// The failure that a document's errors amount to. More than 100 friendly names is a cause of its own; all
/// else is `cause`.
SyncFailure failure_of(const std::vector<model::Problem>& problems, model::IncidentCause cause);

/// The failure of a download: `blob` could not be had from the container at `url`.
SyncFailure download_failure(const base::Error& error, std::string_view blob, std::string_view url);

SyncFailure config_missing(std::string_view url);
/// The same where somebody here will put the first one, and waits for what `awaited` says: nobody's mistake.
SyncFailure config_awaited(std::string_view url, std::string_view awaited);

SyncStep<model::DeploymentConfig> plan_config(std::string_view text, const model::ConfigRules& rules);

/// Joins a config with the definition it is read by: `definition_text` if the config asks for its own, else
/// the cloud's.
SyncStep<model::Deployment> plan_deployment(model::DeploymentConfig config, std::string_view config_text,
                                            const std::optional<std::string>& definition_text,
                                            model::Cloud cloud, const model::ConfigRules& rules);

/// Why a custom stage definition could not be had: absent (`error` is null) or a failed download (b12).
/// `misspelt_exists`: the container has model::kMisspeltDefinitionBlob.
SyncFailure definition_fetch_failure(const model::DeploymentConfig& config, std::string_view config_text,
                                     std::string_view url, const base::Error* error, bool misspelt_exists);

/// The versions that the config names and nobody holds, in its order (e4: what is held is never fetched
/// again).
std::vector<std::string> versions_to_fetch(const model::DeploymentConfig& config, const HeldVersions& held);

/// Versions that the config names and the container lacks (b14). `development_zip_exists`: it has
/// model::kDevelopmentZipBlob.
SyncFailure missing_versions(const model::DeploymentConfig& config, std::string_view config_text,
                             const std::vector<std::string>& missing, std::string_view url,
                             bool development_zip_exists);

/// A zip that is no usable package, or lacks what every version must have.
SyncFailure invalid_version(const model::DeploymentConfig& config, std::string_view config_text,
                            const std::string& version, const base::Error& error);

/// Whether a version may be served: it has default.json, a JSON object, and its page is not too large to fill
/// in (domain.md d, q16).
base::Result<void> check_version_contents(const HeldVersion& version, const HostingLimits& limits,
                                          const model::EnvironmentRules& rules = {});

/// A version's zip, judged as a sync judges one that it has fetched: its structure, every entry expanded
/// once, and check_version_contents. The version made of it is in no package store yet, so it has no SHA-256.
base::Result<std::shared_ptr<const HeldVersion>> check_version_zip(const std::string& version,
                                                                   std::shared_ptr<const void> owner,
                                                                   std::string_view bytes,
                                                                   const HostingLimits& limits,
                                                                   const model::EnvironmentRules& rules = {});

/// Which held versions stay: those in `referenced`, and of the others the `retained` newest. Order is kept.
HeldVersions versions_to_keep(const HeldVersions& held, const std::vector<std::string>& referenced,
                              std::size_t retained);

}  // namespace exthost::hosting
