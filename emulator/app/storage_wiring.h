#pragma once

#include <string>

#include "emulator/app/settings.h"
#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/locations.h"

namespace exthost::app {

/// Every account that the settings name: with its own keys, else with the well-known one.
base::Result<storage::Accounts> make_accounts(const Settings& settings);

/// Makes what the settings want to be there: the extensions' containers, readable by anyone as production
/// wants it (domain.md a2), the containers listed, and CORS rules. Where the store has something else, the
/// settings win; what they do not name stays as it is.
base::Result<void> prepare_store(storage::BlobStore& store, const Settings& settings, base::WallTime now);

/// The account that connection strings are for unless another one is asked for: that of the extensions, if
/// they share one, else the development account.
std::string usual_account(const Settings& settings);

/// Puts the outage in force and, if it is news, tells the journal. Returns whether it was.
bool switch_outage(storage::Locations& current, storage::Outage wanted, base::Journal& journal);

}  // namespace exthost::app
