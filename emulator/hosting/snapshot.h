#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/incident.h"
#include "emulator/package/package.h"

namespace exthost::hosting {

/// A version that this service holds: fetched (or minted here) once, and then served for as long as it is
/// held. Immutable; shared by all data centres.
struct HeldVersion {
  std::string name;
  std::shared_ptr<const package::Package> package;
  std::string
      root;  ///< What stands before `Content/` in the package: empty, or `<version>/` (domain.md d, the gap).
  std::string sha256;  ///< Of the zip, lower-case hexadecimal; empty until the zip is in the package store.
  std::string etag;    ///< Of the zip when it was fetched; empty if not known.

  /// A file of the version by its path below the root; letter case and doubled slashes do not matter
  /// (domain.md f).
  const package::Entry* find(std::string_view path) const;
  bool stored() const { return !sha256.empty(); }
};

/// Held versions, the one that came last first. Names are unique.
using HeldVersions = std::vector<std::shared_ptr<const HeldVersion>>;

/// By name, exact, else without letter case; null if it is not held.
const HeldVersion* find_version(const HeldVersions& versions, std::string_view name);

/// Where a version's page may be, in any letter case; the first that is there counts.
inline constexpr std::array<std::string_view, 2> kIndexPages = {"index.html", "Home/Index.html"};

/// The version's page; null if it brings none.
const package::Entry* find_index_page(const HeldVersion& version);

/// Puts a package under its name and works out its root.
std::shared_ptr<const HeldVersion> make_held_version(std::string name,
                                                     std::shared_ptr<const package::Package> package,
                                                     std::string sha256, std::string etag);

/// What one good sync found: a config, the definition it is read by, and the texts of both. Immutable.
struct Revision {
  std::uint64_t number = 0;  ///< Counts from 1 per extension and run; a higher one is newer.
  model::Deployment deployment;
  std::string config_text;
  std::string definition_text;  ///< Empty if the cloud's own definition is in force.
  base::WallTime synced_at;
};

/// A failed poll that no good one has followed (domain.md e11).
struct LastError {
  std::string message;
  std::string code;
  model::IncidentCause cause = model::IncidentCause::storage_unavailable;
  base::WallTime time;  ///< Of the newest poll that failed so (ExtensionHost::count_polls).
};

/// What one data centre has of one extension.
struct RegionDeployment {
  struct Pending {
    std::shared_ptr<const Revision> revision;
    base::WallTime due;  ///< The poll at which the data centre takes it.
  };
  std::shared_ptr<const Revision> active;  ///< Null: never synced.
  std::vector<Pending> pending;         ///< Revisions on their way, oldest first, due times not decreasing.
  std::optional<LastError> last_error;  ///< Of its newest poll, if that failed.
  std::optional<base::WallTime> last_poll;  ///< Of a poll that ended, well or not, in this run.
  bool down = false;                        ///< Polls nothing and answers nobody.
};

/// All that serving needs to know of one extension: swapped whole, never changed.
struct ExtensionSnapshot {
  std::string name;                  ///< In the portal: `Microsoft_Azure_MyExtension`.
  std::string hosting_service_name;  ///< In URLs, lower case.
  std::string owner;
  std::string source_url;
  HeldVersions versions;
  std::vector<RegionDeployment> regions;   ///< In the order of the service's data centres.
  std::shared_ptr<const Revision> latest;  ///< Null: never synced.
  bool settled = false;                    ///< A sync has ended, well or not, since the start.

  /// Of the newest failed poll whose data centre has not polled well since; null if there is none.
  const LastError* last_error() const;
};

}  // namespace exthost::hosting
