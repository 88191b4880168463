#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/app/settings_fields.h"

namespace exthost::app {

/// The keys of `storage` in the settings file that are no scalars, for did-you-mean.
std::vector<std::string> storage_list_keys();

/// Reads `member` if it is one of them, and tells whether it is.
bool read_storage_list(SettingsFields& fields, const base::JsonMember& member, const std::string& key,
                       StorageSettings& settings);

/// What only the whole of the settings shows: names of accounts that extensions use, CORS rules of an account
/// that nothing names, an extension's container that hosting could not read.
std::vector<model::Problem> check_storage(const Settings& settings);

}  // namespace exthost::app
