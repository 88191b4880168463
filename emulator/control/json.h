#pragma once

#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/control/rows.h"
#include "emulator/model/incident.h"

namespace exthost::control {

/// The control API's JSON: the one place that knows its field names. Times are ISO 8601; what is not there is
/// null. Text that is not UTF-8 is replaced, never an error. Each function returns one line that ends with a
/// line feed.

std::string info_json(const InstanceInfo& info, bool ready);
std::string readiness_json(const std::vector<std::string>& waiting_for);
/// `ok`, `degraded` (incidents are open) or `starting`, and why.
std::string health_json(const std::vector<std::string>& waiting_for,
                        const std::vector<model::Incident>& incidents);

std::string extension_json(const ExtensionRow& row);
std::string extensions_json(const std::vector<ExtensionRow>& rows);
std::string regions_json(const std::vector<RegionRow>& rows, std::optional<std::uint64_t> seq = std::nullopt);
std::string incident_json(const model::Incident& incident);
/// The same, as the answer to a change.
std::string incident_json(const model::Incident& incident, std::uint64_t seq);
std::string incidents_json(const std::vector<model::Incident>& incidents);
/// One explanation as an object; several, or none, as `{"explanations":[…]}`.
std::string explain_json(const std::vector<Explanation>& explanations);
std::string plan_json(const std::string& extension, const PlanAnswer& answer);

std::string sync_json(const std::vector<SyncOutcome>& outcomes, std::uint64_t seq);
std::string storage_json(const StorageStatus& status);
/// The same, as the answer to a change.
std::string storage_json(const StorageStatus& status, std::uint64_t seq);
std::string cdn_json(const CdnStatus& status);
/// The same, as the answer to a change.
std::string cdn_json(const CdnStatus& status, std::uint64_t seq);
/// The same, as the answer to a purge.
std::string cdn_json(const CdnStatus& status, std::uint64_t purged, std::uint64_t seq);
/// `{"seq":…}`: for mutations that have nothing else to say.
std::string seq_json(std::uint64_t seq);

}  // namespace exthost::control
