#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/hosting/data_center.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/model/incident.h"

namespace exthost::hosting {

/// What `/api/diagnostics` shows: of all extensions, or of one.
struct DiagnosticsFacts {
  std::vector<std::shared_ptr<const ExtensionSnapshot>> extensions;
  const std::vector<DataCenter>* centers = nullptr;
  std::string region;  ///< The data centre that answers.
  std::string hostname;
  std::uint64_t syncs = 0;
  std::int64_t uptime_seconds = 0;
  base::WallTime started;
  // For what production does not show, under the key `emulator`; left out in fidelity `prod`.
  Fidelity fidelity = Fidelity::dev;
  std::vector<RegionStatus> regions;
  std::vector<model::Incident> incidents;
  HostingLimits limits;
};

/// The JSON of domain.md (g). An extension that has nothing to serve is shown by its `lastError` alone; one
/// that serves its last good deployment while syncs fail has `extensionName`, `config` and `lastError`.
std::string diagnostics_json(const DiagnosticsFacts& facts);

}  // namespace exthost::hosting
