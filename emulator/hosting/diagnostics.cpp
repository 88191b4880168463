#include "emulator/hosting/diagnostics.h"

#include <nlohmann/json.hpp>

#include "emulator/hosting/selection.h"

namespace exthost::hosting {
namespace {

using Json = nlohmann::ordered_json;

Json stage_definition(const Revision& revision) {
  Json definition = Json::object();
  const model::StageDefinition& stages = revision.deployment.stages;
  for (const auto& stage : stages.stages) {
    definition[stage.name] = stages.covers_rest(stage) ? std::vector<std::string>{"*"} : stage.regions;
  }
  return definition;
}

Json describe_extension(const ExtensionSnapshot& snapshot, const std::vector<DataCenter>& centers,
                        const std::string& region, base::WallTime started) {
  Json extension = Json::object();
  const Selection selection = select_version(snapshot, centers, region, {});
  if (selection.revision != nullptr) {
    extension["extensionName"] = snapshot.hosting_service_name;
    extension["manageSdpEnabled"] = false;
    Json config = Json::object();
    for (const auto& [name, value] : selection.revision->deployment.config.raw) config[name] = value;
    extension["config"] = std::move(config);
    extension["stageDefinition"] = stage_definition(*selection.revision);
  }
  const RegionDeployment* there = deployment_in(snapshot, centers, region);
  if (there != nullptr && there->last_error) {
    extension["lastError"] = {{"errorMessage", there->last_error->message},
                              {"time", base::to_iso8601(there->last_error->time)}};
  } else if (selection.revision == nullptr) {
    extension["lastError"] = {{"errorMessage", "the extension was not synced yet"},
                              {"time", base::to_iso8601(started)}};
  }
  return extension;
}

Json optional_time(const std::optional<base::WallTime>& time) {
  return time ? Json(base::to_iso8601(*time)) : Json(nullptr);
}

Json describe_region(const RegionStatus& status) {
  return {{"extension", status.extension},
          {"region", status.region},
          {"stage", status.stage},
          {"servedVersion", status.served_version},
          {"pendingVersion", status.pending_version},
          {"lastSync", optional_time(status.last_sync)},
          {"nextPoll", optional_time(status.next_poll)},
          {"lagSeconds", status.lag.count() / 1000},
          {"health", status.health},
          {"lastError", status.last_error.empty() ? Json(nullptr) : Json(status.last_error)}};
}

Json describe_incident(const model::Incident& incident) {
  return {{"id", incident.id},
          {"extension", incident.extension},
          {"severity", model::to_string(incident.severity())},
          {"cause", model::to_string(incident.cause)},
          {"code", incident.code},
          {"message", incident.message},
          {"owner", incident.owner},
          {"firstSeen", base::to_iso8601(incident.first_seen)},
          {"lastSeen", base::to_iso8601(incident.last_seen)},
          {"occurrences", incident.occurrences},
          {"acknowledged", optional_time(incident.acknowledged)},
          {"resolved", optional_time(incident.resolved)}};
}

Json describe_limits(const HostingLimits& limits) {
  return {{"configBytes", limits.config_bytes},
          {"environmentBytes", limits.environment_bytes},
          {"pageBytes", limits.page_bytes},
          {"zipBytes", limits.package.zip_bytes},
          {"expandedBytes", limits.package.expanded_bytes},
          {"fileBytes", limits.package.file_bytes},
          {"entries", limits.package.entries},
          {"ratio", limits.package.ratio}};
}

}  // namespace

std::string diagnostics_json(const DiagnosticsFacts& facts) {
  Json extensions = Json::object();
  for (const auto& snapshot : facts.extensions) {
    extensions[snapshot->hosting_service_name] =
        describe_extension(*snapshot, *facts.centers, facts.region, facts.started);
  }
  Json document = Json::object();
  document["buildInfo"] = {{"buildVersion", EXTHOST_VERSION}};
  document["extensions"] = std::move(extensions);
  document["serverInfo"] = {{"deploymentId", "exthost-emu"},
                            {"extensionSync", {{"totalSyncAllCount", facts.syncs}}},
                            {"hostname", facts.hostname},
                            {"serverId", facts.region},
                            {"uptime", facts.uptime_seconds}};
  if (facts.fidelity != Fidelity::prod) {
    Json regions = Json::array();
    for (const RegionStatus& status : facts.regions) regions.push_back(describe_region(status));
    Json incidents = Json::array();
    for (const model::Incident& incident : facts.incidents) incidents.push_back(describe_incident(incident));
    document["emulator"] = {{"fidelity", model::to_string(facts.fidelity)},
                            {"regions", std::move(regions)},
                            {"incidents", std::move(incidents)},
                            {"limits", describe_limits(facts.limits)}};
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exthost::hosting
