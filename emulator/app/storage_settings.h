#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/base/json_document.h"
#include "emulator/base/result.h"
#include "emulator/storage/accounts.h"
#include "emulator/storage/outage.h"
#include "emulator/storage/records.h"
#include "emulator/storage/service_properties.h"

namespace exthost::app {

/// A container that is there from the start (`storage.containers[]`).
struct ContainerEntry {
  std::string account{storage::kDevelopmentAccount};
  std::string name;
  /// Absent: `container` for an extension's own, else `none`.
  std::optional<storage::AccessLevel> access;
  std::filesystem::path mount;  ///< Folder that is the container; empty: the container is in the store.
  bool read_only = false;       ///< Of a mount: clients change nothing there.
  base::SourcePosition place;   ///< Of the entry in the settings file.
};

/// The CORS rules that an account has from the start (`storage.cors`).
struct CorsEntry {
  std::string account;
  std::vector<storage::CorsRule> rules;
  base::SourcePosition place;
};

/// What the settings say about the emulated storage accounts (docs/configuration.md, Storage).
struct StorageSettings {
  /// Keys by account, checked. An account that is named elsewhere only has the well-known key.
  std::map<std::string, std::vector<std::string>> accounts;
  std::vector<ContainerEntry> containers;
  std::vector<CorsEntry> cors;
  storage::Outage outage = storage::Outage::none;
  base::Durability durability = base::Durability::power;
};

/// Adds accounts as Azurite's variable has them: `name:key1[:key2];…`; one that is there gets these keys. The
/// error is one clause that repeats no key, nor anything that may be one.
base::Result<void> add_accounts(std::string_view text, StorageSettings& settings);

/// `power` or `process`.
std::string_view show_durability(const StorageSettings& settings);

/// `name:***:***;…`: which accounts have keys of their own, and how many.
std::string show_accounts(const StorageSettings& settings);

}  // namespace exthost::app
