#pragma once

#include <string>

#include "emulator/app/settings.h"
#include "emulator/control/rows.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/locations.h"

namespace exthost::app {

/// What hosting tells, as the control API shows it. Pure but for the look at the snapshots.
std::vector<control::ExtensionRow> extension_rows(const hosting::HostingService& hosting,
                                                  const Settings& settings,
                                                  const std::string& storage_origin);
/// An incident with the URL of its extension's container.
model::Incident incident_row(model::Incident incident, const hosting::HostingService& hosting,
                             const Settings& settings, const std::string& storage_origin);
std::vector<model::Incident> incident_rows(const hosting::HostingService& hosting, const Settings& settings,
                                           const std::string& storage_origin);
std::vector<control::RegionRow> region_rows(const hosting::HostingService& hosting);

control::StorageStatus storage_status(const Settings& settings, const storage::Accounts& accounts,
                                      const storage::Locations& locations, const std::string& storage_origin);

/// A plan as the control API and `exthost-emu plan` tell it.
control::PlanAnswer plan_answer(hosting::ConfigChange change, model::Cloud cloud);

/// Syncs what is wished for, one extension after the other.
base::Result<std::vector<control::SyncOutcome>> sync_extensions(hosting::HostingService& hosting,
                                                                const Settings& settings,
                                                                const control::SyncWish& wish);

}  // namespace exthost::app
