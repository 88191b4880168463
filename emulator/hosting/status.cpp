#include "emulator/hosting/status.h"

#include <cstddef>
#include <string>
#include <utility>

#include "emulator/hosting/environment_page.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {
namespace {

VersionStatus describe_version(const HeldVersion& version, const std::vector<Explanation::Stamp>& stamps) {
  VersionStatus status;
  status.version = version.name;
  status.sha256 = version.sha256;
  status.zip_bytes = version.package->bytes().size();
  status.files = version.package->entries().size();
  for (const Explanation::Stamp& stamp : stamps) {
    if (stamp.version == version.name) status.used_by.push_back(stamp.name);
  }
  return status;
}

base::Error never_synced(const ExtensionSnapshot& snapshot) {
  std::string message = "the extension " + snapshot.hosting_service_name + " was never synced";
  if (snapshot.last_error) message += ": " + snapshot.last_error->message;
  return {base::ErrorKind::unavailable, std::move(message), std::string(model::codes::kNeverSynced)};
}

}  // namespace

std::vector<Explanation::Stamp> stamps_of(const model::Deployment& deployment) {
  std::vector<Explanation::Stamp> stamps;
  for (const auto& stage : deployment.stages.stages) {
    if (const auto* entry = deployment.config.find(stage.name)) {
      stamps.push_back({stage.name, entry->version, model::StampKind::stage});
    }
  }
  for (const auto* entry : deployment.friendly_names()) {
    stamps.push_back({entry->name, entry->version, model::StampKind::friendly_name});
  }
  return stamps;
}

ExtensionStatus describe_extension(const ExtensionSnapshot& snapshot,
                                   std::optional<base::WallTime> last_sync) {
  ExtensionStatus status;
  status.name = snapshot.name;
  status.hosting_service_name = snapshot.hosting_service_name;
  status.owner = snapshot.owner;
  status.source_url = snapshot.source_url;
  status.settled = snapshot.settled;
  status.last_sync = last_sync;
  if (snapshot.last_error) status.last_error = snapshot.last_error->message;
  std::vector<Explanation::Stamp> stamps;
  if (snapshot.latest != nullptr) {
    status.config = snapshot.latest->config_text;
    status.revision = snapshot.latest->number;
    stamps = stamps_of(snapshot.latest->deployment);
  }
  for (const Explanation::Stamp& stamp : stamps) {
    auto& names = stamp.kind == model::StampKind::stage ? status.stages : status.friendly_names;
    names.emplace_back(stamp.name, stamp.version);
  }
  for (const auto& version : snapshot.versions) status.versions.push_back(describe_version(*version, stamps));
  return status;
}

std::vector<RegionStatus> describe_regions(const ExtensionSnapshot& snapshot,
                                           const std::vector<DataCenter>& centers, const PollTimes& times) {
  std::vector<RegionStatus> regions;
  regions.reserve(centers.size());
  for (std::size_t i = 0; i < centers.size(); ++i) {
    const DataCenter& center = centers[i];
    const RegionDeployment& deployment = snapshot.regions[i];
    RegionStatus status;
    status.extension = snapshot.hosting_service_name;
    status.region = center.region;
    status.last_sync = times.last_sync;
    status.lag = center.lag;
    status.next_poll = times.fidelity == Fidelity::dev ? times.next_poll.value_or(times.now)
                                                       : next_poll(center.phase, times.interval, times.now);
    StageVersion served = default_version(deployment.active.get(), center.region);
    status.stage = std::move(served.stage);
    status.served_version = std::move(served.version);
    if (!deployment.pending.empty()) {
      const RegionDeployment::Pending& next = deployment.pending.front();
      status.pending_version = default_version(next.revision.get(), center.region).version;
      status.pending_due = next.due;
    }
    status.health = snapshot.last_error ? "last-good" : "healthy";
    if (deployment.active == nullptr) status.health = "never-synced";
    regions.push_back(std::move(status));
  }
  return regions;
}

Explanation explain_request(const ExtensionSnapshot& snapshot, const std::vector<DataCenter>& centers,
                            const ServingRules& rules, std::string_view region, std::string_view stamp,
                            std::string_view authority) {
  const std::string where = region.empty() ? rules.default_region : model::normalise_region(region);
  const Selection selection = select_version(snapshot, centers, where, stamp);
  Explanation explanation;
  explanation.authority =
      model::normalise_authority(authority.empty() ? std::string_view(rules.portal_host) : authority,
                                 rules.portal_host, rules.authority_aliases);
  if (selection.revision == nullptr) {
    explanation.resolution.region = where;
    explanation.resolution.stamp = stamp;
    explanation.resolution.failure = never_synced(snapshot);
    return explanation;
  }
  explanation.resolution = selection.resolution;
  explanation.stamps = stamps_of(selection.revision->deployment);
  explanation.config_source = "config.json of " + snapshot.source_url + ", synced at " +
                              base::to_iso8601(selection.revision->synced_at);
  if (selection.version == nullptr) return explanation;
  auto environment = environment_of(*selection.version, explanation.authority, rules.limits);
  if (environment) {
    explanation.environment = std::move(*environment);
  } else {
    explanation.environment_failure = std::move(environment).error();
  }
  return explanation;
}

}  // namespace exthost::hosting
