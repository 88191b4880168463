#include "emulator/hosting/status.h"

#include <cstddef>
#include <string>
#include <utility>

#include "emulator/hosting/environment_page.h"
#include "emulator/hosting/selection.h"

namespace exthost::hosting {
namespace {

VersionStatus describe_version(const HeldVersion& version, const std::vector<model::KnownStamp>& stamps) {
  VersionStatus status;
  status.version = version.name;
  status.sha256 = version.sha256;
  status.zip_bytes = version.package->size_bytes();
  status.files = version.package->entries().size();
  for (const model::KnownStamp& stamp : stamps) {
    if (stamp.version == version.name) status.used_by.push_back(stamp.name);
  }
  return status;
}

std::optional<model::HostedState::Config> config_of(const std::shared_ptr<const Revision>& revision) {
  if (revision == nullptr) return std::nullopt;
  return model::HostedState::Config{{revision, &revision->deployment}, revision->synced_at};
}

}  // namespace

ExtensionStatus describe_extension(const ExtensionSnapshot& snapshot,
                                   std::optional<base::WallTime> last_sync) {
  ExtensionStatus status;
  status.name = snapshot.name;
  status.hosting_service_name = snapshot.hosting_service_name;
  status.owner = snapshot.owner;
  status.source_url = snapshot.source_url;
  status.settled = snapshot.settled;
  status.last_sync = last_sync;
  if (const LastError* error = snapshot.last_error()) status.last_error = error->message;
  std::vector<model::KnownStamp> stamps;
  if (snapshot.latest != nullptr) {
    status.config = snapshot.latest->config_text;
    status.revision = snapshot.latest->number;
    stamps = model::stamps_of(snapshot.latest->deployment);
  }
  for (const model::KnownStamp& stamp : stamps) {
    auto& names = stamp.kind == model::StampKind::stage ? status.stages : status.friendly_names;
    names.emplace_back(stamp.name, stamp.version);
  }
  for (const auto& version : snapshot.versions) status.versions.push_back(describe_version(*version, stamps));
  return status;
}

RegionStatus describe_region(const ExtensionSnapshot& snapshot, const DataCenter& center,
                             const RegionDeployment& deployment) {
  RegionStatus status;
  status.extension = snapshot.hosting_service_name;
  status.region = center.region;
  status.lag = center.lag;
  StageVersion served = default_version(deployment.active.get(), center.region);
  status.stage = std::move(served.stage);
  status.served_version = std::move(served.version);
  if (!deployment.pending.empty()) {
    const RegionDeployment::Pending& next = deployment.pending.front();
    status.pending_version = default_version(next.revision.get(), center.region).version;
    status.pending_due = next.due;
  }
  if (deployment.last_error) {
    status.last_error = deployment.last_error->message;
    status.last_error_code = deployment.last_error->code;
  }
  status.health = deployment.last_error ? "last-good" : "healthy";
  if (deployment.active == nullptr) status.health = "never-synced";
  if (deployment.down) status.health = "down";
  return status;
}

model::HostedState hosted_state(std::shared_ptr<const ExtensionSnapshot> snapshot,
                                const std::vector<DataCenter>& centers, const ServingRules& rules) {
  model::HostedState state;
  state.stamp_case = rules.stamp_case;
  state.environment_rules = rules.environment;
  state.hosting_service_name = snapshot->hosting_service_name;
  state.container = snapshot->source_url;
  state.in_region = [snapshot, &centers](std::string_view region) {
    model::HostedState::InRegion there;
    const RegionDeployment* deployment = deployment_in(*snapshot, centers, region);
    if (deployment == nullptr) return there;
    there.active = config_of(deployment->active);
    there.down = deployment->down;
    if (const auto& error = deployment->last_error)
      there.last_error = base::Error{base::ErrorKind::unavailable, error->message, error->code};
    if (!deployment->pending.empty()) {
      there.pending = config_of(deployment->pending.front().revision);
      there.pending_due = deployment->pending.front().due;
    }
    return there;
  };
  state.holds_version = [snapshot](std::string_view version) {
    return find_version(snapshot->versions, version) != nullptr;
  };
  state.read_file = [snapshot, limits = rules.limits](
                        std::string_view version,
                        std::string_view path) -> base::Result<std::optional<std::string>> {
    const HeldVersion* held = find_version(snapshot->versions, version);
    if (held == nullptr) return std::optional<std::string>();
    return read_settings_file(*held, path, limits);
  };
  return state;
}

}  // namespace exthost::hosting
