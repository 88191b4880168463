#include "emulator/app/control_wiring.h"

#include <iterator>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/cloud.h"

namespace exthost::app {
namespace {

const ExtensionSettings* find_extension(const Settings& settings, std::string_view hosting_service_name) {
  for (const ExtensionSettings& extension : settings.extensions) {
    if (extension.hosting_service_name == hosting_service_name) return &extension;
  }
  return nullptr;
}

std::vector<control::ExtensionRow::Pointer> pointers(
    const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<control::ExtensionRow::Pointer> rows;
  for (const auto& [name, version] : pairs) rows.push_back({name, version});
  return rows;
}

control::SyncOutcome outcome_of(const hosting::SyncReport& report) {
  control::SyncOutcome outcome;
  outcome.extension = report.extension;
  outcome.succeeded = report.succeeded;
  outcome.changed = report.changed;
  outcome.fetched = report.fetched;
  if (report.incident) {
    outcome.code = report.incident->code;
    outcome.message = report.incident->message;
    outcome.incident = report.incident->id;
  } else if (report.awaited) {
    outcome.code = report.awaited->code;
    outcome.message = report.awaited->message;
  }
  for (const auto& region : report.regions)
    outcome.regions.push_back({region.region, region.stage, region.before, region.after});
  return outcome;
}

}  // namespace

std::vector<control::ExtensionRow> extension_rows(const hosting::HostingService& hosting,
                                                  const Settings& settings,
                                                  const std::string& storage_origin) {
  std::vector<control::ExtensionRow> rows;
  for (const hosting::ExtensionStatus& status : hosting.extensions()) {
    control::ExtensionRow row;
    row.name = status.name;
    row.hosting_service_name = status.hosting_service_name;
    row.owner = status.owner;
    row.container_url = status.source_url;
    if (const ExtensionSettings* extension = find_extension(settings, status.hosting_service_name)) {
      if (extension->storage.url.empty()) row.container_url = storage_origin + status.source_url;
      if (extension->source) row.source_folder = extension->source->folder.string();
    }
    row.stages = pointers(status.stages);
    row.friendly_names = pointers(status.friendly_names);
    for (const hosting::VersionStatus& version : status.versions) {
      row.versions.push_back(
          {version.version, version.zip_bytes, version.files, version.sha256, version.used_by});
    }
    row.last_error = status.last_error;
    row.last_sync = status.last_sync;
    rows.push_back(std::move(row));
  }
  return rows;
}

model::Incident incident_row(model::Incident incident, const hosting::HostingService& hosting,
                             const Settings& settings, const std::string& storage_origin) {
  const ExtensionSettings* extension = find_extension(settings, incident.extension);
  const bool ours = extension != nullptr && extension->storage.url.empty();
  incident.container_url = (ours ? storage_origin : "") + hosting.container_url(incident.extension);
  return incident;
}

std::vector<model::Incident> incident_rows(const hosting::HostingService& hosting, const Settings& settings,
                                           const std::string& storage_origin) {
  std::vector<model::Incident> rows;
  for (model::Incident& incident : hosting.incidents())
    rows.push_back(incident_row(std::move(incident), hosting, settings, storage_origin));
  return rows;
}

std::vector<control::RegionRow> region_rows(const hosting::HostingService& hosting) {
  std::vector<control::RegionRow> rows;
  for (hosting::RegionStatus& status : hosting.regions()) {
    control::RegionRow row;
    if (const model::Region* region = model::find_region(status.region)) {
      row.display_name = std::string(region->display_name);
      row.cloud = std::string(model::to_string(region->cloud));
    }
    row.extension = std::move(status.extension);
    row.region = std::move(status.region);
    row.stage = std::move(status.stage);
    row.served_version = std::move(status.served_version);
    row.pending_version = std::move(status.pending_version);
    row.last_sync = status.last_sync;
    row.next_poll = status.next_poll;
    row.lag = status.lag;
    row.health = std::move(status.health);
    row.last_error = std::move(status.last_error);
    row.last_error_code = std::move(status.last_error_code);
    rows.push_back(std::move(row));
  }
  return rows;
}

control::StorageStatus storage_status(const Settings& settings, const storage::Accounts& accounts,
                                      const storage::Locations& locations,
                                      const std::string& storage_origin) {
  control::StorageStatus status;
  status.outage = std::string(storage::to_string(locations.outage()));
  status.durability = std::string(show_durability(settings.storage));
  const storage::Failovers failed_over = locations.failovers();
  for (const std::string& name : accounts.names()) {
    control::StorageStatus::Account account;
    account.name = name;
    account.url = storage_origin + "/" + name;
    if (const auto since = failed_over.find(name); since != failed_over.end()) {
      account.failed_over_at = since->second;
    } else {
      account.secondary_url = account.url + "-secondary";
    }
    account.available = !locations.is_out(name, false);
    status.accounts.push_back(std::move(account));
  }
  return status;
}

control::PlanAnswer plan_answer(hosting::ConfigChange change, model::Cloud cloud) {
  control::PlanAnswer answer;
  answer.cloud = std::string(model::to_string(cloud));
  answer.plan = std::move(change.plan);
  answer.problems = std::move(change.warnings);
  if (change.refusal) {
    hosting::SyncFailure& refusal = *change.refusal;
    answer.refusal = base::Error{base::ErrorKind::invalid_input, refusal.message, refusal.code};
    answer.problems.insert(answer.problems.begin(), std::make_move_iterator(refusal.evidence.begin()),
                           std::make_move_iterator(refusal.evidence.end()));
  }
  return answer;
}

base::Result<std::vector<control::SyncOutcome>> sync_extensions(hosting::HostingService& hosting,
                                                                const Settings& settings,
                                                                const control::SyncWish& wish) {
  std::vector<control::SyncOutcome> outcomes;
  for (const ExtensionSettings& extension : settings.extensions) {
    if (!wish.extension.empty() && extension.hosting_service_name != wish.extension) continue;
    auto report = hosting.sync_now(extension.hosting_service_name, wish.region);
    if (!report) return std::move(report).error();
    outcomes.push_back(outcome_of(*report));
  }
  return outcomes;
}

}  // namespace exthost::app
