#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/explanation.h"
#include "emulator/model/fidelity.h"
#include "emulator/model/registration.h"

namespace exthost::portal {

/// What the portal knows of the rest of the emulator: one immutable snapshot, replaced whole.
struct PortalSettings {
  std::vector<model::Registration> registrations;
  /// Hosting service names that the hosting service here has; production's pages of any other are another
  /// machine's. Absent: it may have any.
  std::optional<std::vector<std::string>> hosted_names;
  const model::PortalEnvironment* environment = nullptr;  ///< In force on bare `localhost`. Never null.
  std::string default_region;                             ///< Normalised; for users who chose none.
  model::RegionIsUp is_up;                                ///< Which data centres answer; null: all.
  std::string hosting_origin;                             ///< `https://localhost:14431`
  std::string own_origin;                                 ///< `https://localhost:14430`
  model::Fidelity fidelity = model::Fidelity::dev;
  bool live_reload =
      true;  ///< A page shows a new version at once; else it keeps the old one until refreshed (e8).
  bool trust_sideloads = false;  ///< Answer "Allow" for the user: for runs that nobody watches.
};

/// What the portal asks of the hosting service about one extension.
struct VersionQuestion {
  std::string hosting_service_name;
  std::string region;     ///< Normalised.
  std::string stamp;      ///< Or empty.
  std::string authority;  ///< `trustedAuthority`. Empty: only version, region and stage are of interest.
};

/// Which version answers, and why: model::Resolution with what only the hosting service knows.
struct VersionAnswer {
  std::string version;  ///< Empty if nothing answers.
  std::string region;
  std::string stage;  ///< The stage that decided, or empty.
  std::string stamp;  ///< As asked for.
  /// What the portal's manifest cache has, and sends as `pageVersion`: `version`, unless that is news since
  /// the portal asked last (manifest_cache.h). Empty if nothing answered then.
  std::string page_version;
  std::vector<model::Reason> reasons;
  std::string environment_file;  ///< `Content/Config/portal.azure.com.json`, or empty.
  std::vector<model::KnownStamp>
      known_stamps;      ///< All of them: stages in rollout order, then friendly names.
  std::string incident;  ///< The extension's open incident in a sentence; empty while all is well.
  std::optional<base::Error>
      failure;  ///< Why the page would not be served: no version, or no environment file.
};

/// Thread-safe. May read files of a version; must not wait for a sync.
using ExplainVersion = std::function<VersionAnswer(const VersionQuestion&)>;

/// What would change the answer to a question about one extension (counterfactuals.h). Thread-safe.
using WhatIf = std::function<std::vector<model::Counterfactual>(const model::ExplainQuestion&)>;

/// One of the page's own files by name (`portal/portal.js`); its bytes live as long as the program. Absent:
/// no such file.
using FindAsset = std::function<std::optional<std::string_view>(std::string_view name)>;

}  // namespace exthost::portal
