#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/model/explanation.h"
#include "emulator/model/rollout_plan.h"

namespace exthost::control {

/// What the control API tells, as values that the wiring fills in. Field names in JSON are the same in camel
/// case.

/// This run: `GET /_emu/info`.
struct InstanceInfo {
  std::string version;
  std::string instance;
  std::int64_t pid = 0;
  base::WallTime started_at;
  struct Urls {
    std::string portal;  ///< Origins, without a trailing slash; empty for a listener that is off.
    std::string hosting;
    std::string storage;
    std::string control;
  } urls;
  std::string fidelity;  ///< `dev`, `prod` or `ci`.
  std::string cloud;     ///< `public`, …
  std::string region;    ///< The one assumed for requests that name none.
  std::string state_dir;
  std::vector<std::pair<std::string, std::uint64_t>> limits;  ///< Name and value; units stand in the name.
};

/// One extension as hosting has it: `GET /_emu/v1/extensions`.
struct ExtensionRow {
  std::string name;                  ///< In the portal: `Microsoft_Azure_MyExtension`.
  std::string hosting_service_name;  ///< In URLs, lower case.
  std::string owner;
  std::string container_url;
  std::string source_folder;  ///< Empty if nothing is watched.

  struct Pointer {
    std::string name;
    std::string version;  ///< Empty if the stage is not set.
  };
  std::vector<Pointer> stages;          ///< In rollout order.
  std::vector<Pointer> friendly_names;  ///< In file order.

  struct HeldVersion {
    std::string version;
    std::uint64_t zip_bytes = 0;
    std::uint64_t files = 0;
    std::string sha256;                ///< Of the zip; may be empty while it is not yet known.
    std::vector<std::string> used_by;  ///< Stages and friendly names that point to it.
  };
  std::vector<HeldVersion> versions;  ///< The newest first.

  std::string last_error;  ///< Of a sync that no good one followed; else empty.
  std::optional<base::WallTime> last_sync;
};

/// One data centre's view of one extension: `GET /_emu/v1/regions`.
struct RegionRow {
  std::string extension;  ///< Hosting service name.
  std::string region;
  std::string display_name;
  std::string cloud;
  std::string stage;
  std::string served_version;   ///< Empty: never synced.
  std::string pending_version;  ///< Empty: nothing newer is on its way.
  std::optional<base::WallTime> last_sync;
  std::optional<base::WallTime> next_poll;
  base::Duration lag{0};
  std::string
      health;  ///< `healthy`, `last-good` (serving, but the last poll failed), `never-synced` or `down`.
  std::string last_error;       ///< Of its last poll; empty if that was good.
  std::string last_error_code;  ///< As `last_error`.
};

/// The emulated storage accounts: `GET /_emu/v1/storage`.
struct StorageStatus {
  std::string outage;      ///< `none`, `primary`, `secondary` or `both`.
  std::string durability;  ///< `power` or `process`.

  struct Account {
    std::string name;
    std::string url;
    std::string secondary_url;  ///< Of the read-only alias; empty if the account failed over.
    /// Since then it is served from its secondary location and locally redundant; absent: it did not.
    std::optional<base::WallTime> failed_over_at{};
    bool available = true;  ///< Its endpoint is not out.
  };
  std::vector<Account> accounts;
};

/// The emulated CDN: `GET /_emu/v1/cdn`.
struct CdnStatus {
  bool on = false;
  std::string origin_http;                                      ///< `1.0` or `1.1`.
  std::vector<std::pair<std::string, std::string>> namespaces;  ///< And whose content each has.
  bool outage = false;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t limit_bytes = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
};

/// `POST /_emu/v1/cdn:purge`. Empty members take everything.
struct CdnPurgeOrder {
  std::string url;        ///< A URL of the edge, or a path; a `*` at the end stands for anything.
  std::string extension;  ///< Hosting service name.
};

/// `GET /_emu/v1/explain`.
using model::ExplainQuestion;
using model::Explanation;

struct PlanQuestion {
  std::string extension;                       ///< Hosting service name.
  std::string config_text;                     ///< The new config.json.
  std::optional<std::string> definition_text;  ///< The new stagedefinition.json; absent: the container's.
};

/// `POST /_emu/v1/plan`: what a new config.json would change.
struct PlanAnswer {
  std::string cloud;                       ///< `public`, …
  std::optional<model::RolloutPlan> plan;  ///< Absent if the config itself would be refused.
  std::optional<base::Error> refusal;      ///< Why a sync of it would fail, and nothing would change.
  std::vector<model::Problem> problems;
};

/// `POST /_emu/v1/sync`: what is to be synced.
struct SyncWish {
  std::string extension;  ///< Hosting service name; empty: all.
  std::string region;     ///< The one whose data centre polls; empty: all.
};

/// What a sync did to one region's stage.
struct SyncedRegion {
  std::string region;
  std::string stage;
  std::string before;  ///< Version; empty if there was none.
  std::string after;
};

/// `POST /_emu/v1/sync`: one per extension.
struct SyncOutcome {
  std::string extension;  ///< Hosting service name.
  bool succeeded = false;
  bool changed = false;              ///< A new deployment was found.
  std::vector<std::string> fetched;  ///< Versions that this sync downloaded.
  std::string code;                  ///< Of the failure; else empty.
  std::string message;
  std::uint64_t incident = 0;  ///< The open incident of the failure; 0 if there is none.
  std::vector<SyncedRegion> regions;
};

}  // namespace exthost::control
