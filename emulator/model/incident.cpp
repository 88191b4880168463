#include "emulator/model/incident.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "emulator/model/codes.h"

namespace exthost::model {
namespace {

constexpr std::size_t kResolvedKept = 200;

void add_regions(std::vector<std::string>& regions, const std::vector<std::string>& more) {
  regions.insert(regions.end(), more.begin(), more.end());
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
}

/// Keeps the newest resolved incidents; `incidents` is in the order in which they were opened.
void forget_old(std::vector<Incident>& incidents) {
  const auto is_resolved = [](const Incident& incident) { return incident.resolved.has_value(); };
  auto resolved = static_cast<std::size_t>(std::count_if(incidents.begin(), incidents.end(), is_resolved));
  while (resolved > kResolvedKept) {
    const auto oldest =
        std::min_element(incidents.begin(), incidents.end(), [](const auto& left, const auto& right) {
          // An open incident counts as newer than every resolved one.
          return std::tuple(!left.resolved, left.resolved, left.id) <
                 std::tuple(!right.resolved, right.resolved, right.id);
        });
    incidents.erase(oldest);
    --resolved;
  }
}

}  // namespace

std::string_view to_string(IncidentSeverity severity) {
  return severity == IncidentSeverity::note ? "note" : "sev3";
}

IncidentSeverity severity_of(IncidentCause cause) {
  return cause == IncidentCause::replaced_zip ? IncidentSeverity::note : IncidentSeverity::sev3;
}

const Problem* main_finding(const Incident& incident) {
  if (incident.evidence.empty()) return nullptr;
  const auto error = std::find_if(incident.evidence.begin(), incident.evidence.end(),
                                  [](const Problem& problem) { return problem.severity == Severity::error; });
  return error == incident.evidence.end() ? &incident.evidence.front() : &*error;
}

std::string_view to_string(IncidentCause cause) {
  switch (cause) {
    case IncidentCause::storage_unavailable:
      return "storage_unavailable";
    case IncidentCause::invalid_config:
      return "invalid_config";
    case IncidentCause::invalid_stage_definition:
      return "invalid_stage_definition";
    case IncidentCause::stage_definition_fetch_failed:
      return "stage_definition_fetch_failed";
    case IncidentCause::missing_version:
      return "missing_version";
    case IncidentCause::validation_failed:
      return "validation_failed";
    case IncidentCause::too_many_friendly_names:
      return "too_many_friendly_names";
    case IncidentCause::replaced_zip:
      return "replaced_zip";
  }
  return "validation_failed";
}

Incident* IncidentLog::find_open(std::string_view extension, IncidentCause cause) {
  const auto open = std::find_if(incidents_.begin(), incidents_.end(), [&](const Incident& incident) {
    return !incident.resolved && incident.extension == extension && incident.cause == cause;
  });
  return open == incidents_.end() ? nullptr : &*open;
}

IncidentLog::Outcome IncidentLog::report(Report report, base::WallTime now) {
  Incident* const open = find_open(report.extension, report.cause);
  const bool is_new = open == nullptr;
  Incident& incident = is_new ? incidents_.emplace_back() : *open;
  if (is_new) {
    incident.id = next_id_++;
    incident.extension = std::move(report.extension);
    incident.cause = report.cause;
    incident.first_seen = now;
    if (incident.severity() != IncidentSeverity::note) ++opened_;
  } else {
    ++incident.occurrences;
  }
  incident.code = std::move(report.code);
  incident.message = std::move(report.message);
  incident.owner = std::move(report.owner);
  incident.evidence = std::move(report.evidence);
  if (incident.evidence.empty()) {
    const CodeEntry* entry = find_code(incident.code);
    incident.evidence.push_back(Problem{Severity::error,
                                        incident.code,
                                        incident.message,
                                        entry == nullptr ? std::string() : std::string(entry->remedy),
                                        {},
                                        {}});
  }
  incident.last_seen = now;
  add_regions(incident.regions, report.regions);
  return {incident, is_new};
}

void IncidentLog::seen_again(std::string_view extension, IncidentCause cause, std::uint64_t times,
                             base::WallTime newest) {
  Incident* const incident = find_open(extension, cause);
  if (incident == nullptr) return;
  incident->occurrences += times;
  incident->last_seen = std::max(incident->last_seen, newest);
}

std::vector<Incident> IncidentLog::resolve_others(std::string_view extension,
                                                  const std::vector<IncidentCause>& lasting,
                                                  base::WallTime now) {
  std::vector<Incident> resolved;
  for (auto& incident : incidents_) {
    if (incident.resolved || incident.extension != extension) continue;
    if (std::find(lasting.begin(), lasting.end(), incident.cause) != lasting.end()) continue;
    incident.resolved = now;
    resolved.push_back(incident);
  }
  if (!resolved.empty()) forget_old(incidents_);
  return resolved;
}

base::Result<Incident*> IncidentLog::find_open(std::uint64_t id) {
  const auto found = std::find_if(incidents_.begin(), incidents_.end(),
                                  [id](const Incident& incident) { return incident.id == id; });
  if (found == incidents_.end()) {
    return base::Error{base::ErrorKind::not_found, "there is no incident " + std::to_string(id),
                       std::string(codes::kUnknownRoute)};
  }
  if (found->resolved) {
    return base::Error{
        base::ErrorKind::conflict,
        "incident " + std::to_string(id) + " is resolved since " + base::to_iso8601(*found->resolved),
        std::string(codes::kIncidentResolved)};
  }
  return &*found;
}

base::Result<Incident> IncidentLog::acknowledge(std::uint64_t id, IncidentRemark remark, base::WallTime now) {
  auto incident = find_open(id);
  if (!incident) return std::move(incident).error();
  (*incident)->acknowledged = now;
  (*incident)->acknowledgement = std::move(remark);
  return **incident;
}

base::Result<Incident> IncidentLog::resolve(std::uint64_t id, IncidentRemark remark, base::WallTime now) {
  auto incident = find_open(id);
  if (!incident) return std::move(incident).error();
  (*incident)->resolved = now;
  (*incident)->resolution = std::move(remark);
  Incident resolved = **incident;
  forget_old(incidents_);
  return resolved;
}

std::vector<Incident> IncidentLog::all() const {
  std::vector<Incident> sorted = incidents_;
  std::sort(sorted.begin(), sorted.end(), [](const Incident& left, const Incident& right) {
    if (left.resolved.has_value() != right.resolved.has_value()) return !left.resolved.has_value();
    return left.id > right.id;
  });
  return sorted;
}

std::optional<Incident> IncidentLog::find(std::uint64_t id) const {
  const auto found = std::find_if(incidents_.begin(), incidents_.end(),
                                  [id](const Incident& incident) { return incident.id == id; });
  return found == incidents_.end() ? std::nullopt : std::optional(*found);
}

}  // namespace exthost::model
