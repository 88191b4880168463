#include "emulator/control/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "emulator/control/json_text.h"

namespace exthost::control {
namespace {

using Json = nlohmann::ordered_json;

Json time_or_null(const std::optional<base::WallTime>& time) {
  return time ? Json(base::to_iso8601(*time)) : Json(nullptr);
}

template <class Row, class Convert>
Json list(const std::vector<Row>& rows, Convert convert) {
  Json array = Json::array();
  for (const Row& row : rows) array.push_back(convert(row));
  return array;
}

Json position(const base::SourcePosition& where) {
  if (where.file.empty()) return nullptr;
  if (!where.known()) return {{"file", where.file}};
  return {{"file", where.file}, {"line", where.line}, {"column", where.column}};
}

Json problem(const model::Problem& problem) {
  return {{"severity", model::to_string(problem.severity)},
          {"code", null_if_empty(problem.code)},
          {"message", problem.message},
          {"hint", null_if_empty(problem.hint)},
          {"where", position(problem.where)},
          {"frame", null_if_empty(problem.frame)}};
}

Json error(const std::optional<base::Error>& error) {
  if (!error) return nullptr;
  return {{"code", null_if_empty(error->code)}, {"message", error->message}};
}

Json pointer(const ExtensionRow::Pointer& pointer) {
  return {{"name", pointer.name}, {"version", null_if_empty(pointer.version)}};
}

Json held_version(const ExtensionRow::HeldVersion& held) {
  return {{"version", held.version},
          {"zipBytes", held.zip_bytes},
          {"files", held.files},
          {"sha256", null_if_empty(held.sha256)},
          {"usedBy", held.used_by}};
}

Json extension(const ExtensionRow& row) {
  return {{"name", row.name},
          {"hostingServiceName", row.hosting_service_name},
          {"owner", null_if_empty(row.owner)},
          {"containerUrl", row.container_url},
          {"sourceFolder", null_if_empty(row.source_folder)},
          {"stages", list(row.stages, pointer)},
          {"friendlyNames", list(row.friendly_names, pointer)},
          {"versions", list(row.versions, held_version)},
          {"lastSync", time_or_null(row.last_sync)},
          {"lastError", null_if_empty(row.last_error)}};
}

Json region(const RegionRow& row) {
  return {{"extension", row.extension},
          {"region", row.region},
          {"displayName", row.display_name},
          {"cloud", row.cloud},
          {"stage", row.stage},
          {"servedVersion", null_if_empty(row.served_version)},
          {"pendingVersion", null_if_empty(row.pending_version)},
          {"lastSync", time_or_null(row.last_sync)},
          {"nextPoll", time_or_null(row.next_poll)},
          {"lagSeconds", static_cast<double>(row.lag.count()) / 1000},
          {"health", row.health},
          {"lastError", null_if_empty(row.last_error)},
          {"lastErrorCode", null_if_empty(row.last_error_code)}};
}

Json cdn(const CdnStatus& status) {
  Json namespaces = Json::object();
  for (const auto& [name, extension] : status.namespaces) namespaces[name] = extension;
  return {{"mode", status.on ? "on" : "off"},
          {"originHttp", status.origin_http},
          {"namespaces", std::move(namespaces)},
          {"outage", status.outage ? "on" : "off"},
          {"entries", status.entries},
          {"bytes", status.bytes},
          {"limitBytes", status.limit_bytes},
          {"hits", status.hits},
          {"misses", status.misses}};
}

Json storage(const StorageStatus& status) {
  const auto account = [](const StorageStatus::Account& row) -> Json {
    return {{"name", row.name},
            {"url", row.url},
            {"secondaryUrl", null_if_empty(row.secondary_url)},
            {"location", row.failed_over_at ? "secondary" : "primary"},
            {"redundancy", row.failed_over_at ? "LRS" : "RA-GRS"},
            {"failedOver", time_or_null(row.failed_over_at)},
            {"available", row.available}};
  };
  return {{"outage", status.outage},
          {"durability", status.durability},
          {"accounts", list(status.accounts, account)}};
}

Json incident(const model::Incident& incident) {
  const model::IncidentRemark resolution = incident.resolution.value_or(model::IncidentRemark());
  return {{"id", incident.id},
          {"extension", incident.extension},
          {"state", incident.resolved ? "resolved" : "open"},
          {"severity", model::to_string(incident.severity())},
          {"cause", model::to_string(incident.cause)},
          {"code", null_if_empty(incident.code)},
          {"message", incident.message},
          {"owner", null_if_empty(incident.owner)},
          {"containerUrl", null_if_empty(incident.container_url)},
          {"regions", incident.regions},
          {"firstSeen", base::to_iso8601(incident.first_seen)},
          {"lastSeen", base::to_iso8601(incident.last_seen)},
          {"occurrences", incident.occurrences},
          {"acknowledged", time_or_null(incident.acknowledged)},
          {"acknowledgedBy", null_if_empty(incident.acknowledgement.by)},
          {"acknowledgedNote", null_if_empty(incident.acknowledgement.note)},
          {"resolved", time_or_null(incident.resolved)},
          {"resolvedByHand", incident.resolution.has_value()},
          {"resolvedBy", null_if_empty(resolution.by)},
          {"resolvedNote", null_if_empty(resolution.note)},
          {"evidence", list(incident.evidence, problem)}};
}

Json reason(const model::Reason& reason) {
  return {{"code", reason.code}, {"text", reason.text}, {"source", position(reason.source)}};
}

Json environment_config(const std::optional<model::EnvironmentConfig>& found) {
  if (!found) return nullptr;
  return {{"host", found->host},
          {"file", found->file},
          {"fallback", found->fallback},
          {"overridden", found->overridden},
          {"problems", list(found->problems, problem)}};
}

Json counterfactual(const model::Counterfactual& one) {
  return {{"text", one.text},
          {"change",
           {{"kind", model::to_string(one.change.kind)},
            {"where", null_if_empty(one.change.where)},
            {"value", one.change.value}}},
          {"version", null_if_empty(one.version)},
          {"status", one.status ? Json(*one.status) : Json(nullptr)}};
}

Json explanation(const Explanation& one) {
  const model::HostingAnswer nothing;
  const model::HostingAnswer& hosted = one.hosted ? *one.hosted : nothing;
  const model::PortalEnvironment* environment = one.environment;
  return {{"extension", one.hosting_service_name.empty() ? one.name : one.hosting_service_name},
          {"name", one.name},
          {"enabled", one.enabled},
          {"url", null_if_empty(one.url)},
          {"localUrl", null_if_empty(one.local_url)},
          {"cloud", environment != nullptr ? Json(model::to_string(environment->cloud)) : Json(nullptr)},
          {"environment", environment != nullptr ? Json(environment->name) : Json(nullptr)},
          {"region", one.region},
          {"stage", null_if_empty(one.stage())},
          {"stamp", null_if_empty(one.stamp)},
          {"stampKind", model::to_string(hosted.resolution.kind)},
          {"version", null_if_empty(one.version())},
          {"environmentFile", null_if_empty(one.environment_file())},
          {"status", one.status ? Json(*one.status) : Json(nullptr)},
          {"reasons", list(one.reasons, reason)},
          {"counterfactuals", list(one.counterfactuals, counterfactual)},
          {"problems", list(one.problems, problem)},
          {"knownStamps", hosted.resolution.known_stamps},
          {"failure", error(one.failure)},
          {"authority", null_if_empty(hosted.host)},
          {"environmentConfig", environment_config(hosted.environment)},
          {"environmentFailure", error(hosted.environment_failure)},
          {"configSource", null_if_empty(hosted.config_source)}};
}

Json planned_stage(const model::PlannedStage& line) {
  return {{"stage", line.stage},
          {"before", null_if_empty(line.before)},
          {"after", null_if_empty(line.after)},
          {"direction", model::to_string(line.direction)},
          {"coversRest", line.covers_rest},
          {"regions", line.regions},
          {"withoutUsers", line.without_users},
          {"skipped", line.skipped},
          {"source", position(line.where)}};
}

Json planned_name(const model::PlannedName& line) {
  return {{"name", line.name},
          {"before", null_if_empty(line.before)},
          {"after", null_if_empty(line.after)},
          {"direction", model::to_string(line.direction)}};
}

Json moved_region(const model::MovedRegion& moved) {
  return {{"region", moved.region}, {"from", moved.from}, {"to", moved.to}};
}

Json rollout_plan(const std::optional<model::RolloutPlan>& plan) {
  if (!plan) return nullptr;
  return {{"stages", list(plan->stages, planned_stage)},
          {"friendlyNames", list(plan->friendly_names, planned_name)},
          {"movedRegions", list(plan->moved, moved_region)},
          {"newVersions", plan->new_versions},
          {"droppedVersions", plan->dropped_versions},
          {"regionsChanged", plan->regions_changed},
          {"regionsTotal", plan->regions_total},
          {"percentChanged", plan->percent_changed()},
          {"downgrades", plan->has_downgrades()},
          {"skips", plan->has_skips()},
          {"changesNothing", plan->changes_nothing()}};
}

Json outcome(const SyncOutcome& outcome) {
  const auto moved = [](const SyncedRegion& row) -> Json {
    return {{"region", row.region},
            {"stage", row.stage},
            {"before", null_if_empty(row.before)},
            {"after", null_if_empty(row.after)}};
  };
  return {{"extension", outcome.extension},
          {"succeeded", outcome.succeeded},
          {"changed", outcome.changed},
          {"fetched", outcome.fetched},
          {"code", null_if_empty(outcome.code)},
          {"message", null_if_empty(outcome.message)},
          {"incident", outcome.incident == 0 ? Json(nullptr) : Json(outcome.incident)},
          {"regions", list(outcome.regions, moved)}};
}

}  // namespace

std::string info_json(const InstanceInfo& info, bool ready) {
  Json limits = Json::object();
  for (const auto& [name, value] : info.limits) limits[name] = value;
  return to_line({{"version", info.version},
                  {"instance", info.instance},
                  {"pid", info.pid},
                  {"startedAt", base::to_iso8601(info.started_at)},
                  {"ready", ready},
                  {"urls",
                   {{"portal", null_if_empty(info.urls.portal)},
                    {"hosting", null_if_empty(info.urls.hosting)},
                    {"storage", null_if_empty(info.urls.storage)},
                    {"control", null_if_empty(info.urls.control)}}},
                  {"fidelity", info.fidelity},
                  {"cloud", info.cloud},
                  {"region", info.region},
                  {"stateDir", info.state_dir},
                  {"limits", limits}});
}

std::string readiness_json(const std::vector<std::string>& waiting_for) {
  return to_line({{"ready", waiting_for.empty()}, {"waitingFor", waiting_for}});
}

std::string health_json(const std::vector<std::string>& waiting_for,
                        const std::vector<model::Incident>& incidents) {
  const auto open = std::count_if(incidents.begin(), incidents.end(),
                                  [](const model::Incident& incident) { return !incident.resolved; });
  const char* status = !waiting_for.empty() ? "starting" : open > 0 ? "degraded" : "ok";
  return to_line({{"status", status}, {"openIncidents", open}, {"waitingFor", waiting_for}});
}

std::string extension_json(const ExtensionRow& row) {
  return to_line(extension(row));
}

std::string extensions_json(const std::vector<ExtensionRow>& rows) {
  return to_line({{"extensions", list(rows, extension)}});
}

std::string regions_json(const std::vector<RegionRow>& rows, std::optional<std::uint64_t> seq) {
  Json document = {{"regions", list(rows, region)}};
  if (seq) document["seq"] = *seq;
  return to_line(document);
}

std::string incident_json(const model::Incident& one) {
  return to_line(incident(one));
}

std::string incident_json(const model::Incident& one, std::uint64_t seq) {
  Json json = incident(one);
  json["seq"] = seq;
  return to_line(json);
}

std::string incidents_json(const std::vector<model::Incident>& incidents) {
  return to_line({{"incidents", list(incidents, incident)}});
}

std::string explain_json(const std::vector<Explanation>& explanations) {
  if (explanations.size() == 1) return to_line(explanation(explanations.front()));
  return to_line({{"explanations", list(explanations, explanation)}});
}

std::string plan_json(const std::string& extension, const PlanAnswer& answer) {
  return to_line({{"extension", null_if_empty(extension)},
                  {"cloud", answer.cloud},
                  {"accepted", !answer.refusal},
                  {"refusal", error(answer.refusal)},
                  {"problems", list(answer.problems, problem)},
                  {"plan", rollout_plan(answer.plan)}});
}

std::string sync_json(const std::vector<SyncOutcome>& outcomes, std::uint64_t seq) {
  const bool all_good =
      std::all_of(outcomes.begin(), outcomes.end(), [](const SyncOutcome& one) { return one.succeeded; });
  return to_line({{"seq", seq}, {"succeeded", all_good}, {"extensions", list(outcomes, outcome)}});
}

std::string storage_json(const StorageStatus& status) {
  return to_line(storage(status));
}

std::string storage_json(const StorageStatus& status, std::uint64_t seq) {
  Json json = storage(status);
  json["seq"] = seq;
  return to_line(json);
}

std::string cdn_json(const CdnStatus& status) {
  return to_line(cdn(status));
}

std::string cdn_json(const CdnStatus& status, std::uint64_t seq) {
  Json json = cdn(status);
  json["seq"] = seq;
  return to_line(json);
}

std::string cdn_json(const CdnStatus& status, std::uint64_t purged, std::uint64_t seq) {
  Json json = cdn(status);
  json["purged"] = purged;
  json["seq"] = seq;
  return to_line(json);
}

std::string seq_json(std::uint64_t seq) {
  return to_line({{"seq", seq}});
}

}  // namespace exthost::control
