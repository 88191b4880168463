#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/hosting/cdn_rules.h"
#include "emulator/hosting/config_change.h"
#include "emulator/hosting/container_source.h"
#include "emulator/hosting/data_center.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/page_tally.h"
#include "emulator/http/message.h"
#include "emulator/model/cloud.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/hosting_answer.h"
#include "emulator/model/incident.h"
#include "emulator/model/problem.h"
#include "emulator/package/package.h"

namespace spdlog {
class logger;
}

namespace exthost::hosting {

/// An extension that the service polls and serves: one line of production's `hostExtensionConfigs` (domain.md
/// a7).
struct HostedExtension {
  std::string name;                  ///< In the portal: `Microsoft_Azure_MyExtension`.
  std::string hosting_service_name;  ///< As model::check_hosting_service_name returned it. Unique.
  std::string owner;                 ///< Who an incident is for.
  std::shared_ptr<ContainerSource> source;
  /// Whoever owns the container calls HostingService::nudge after every change that a poll could see, and
  /// when an outage begins or ends. Then polls that could see nothing new are not made.
  bool changes_are_told = false;
};

struct HostingOptions {
  model::Cloud cloud = model::Cloud::public_cloud;
  Fidelity fidelity = Fidelity::dev;
  std::string default_region = "westus";  ///< For requests that name no region.
  std::string portal_host =
      "portal.azure.com";  ///< What bare `localhost` means as an authority, and the default one.
  std::map<std::string, std::string>
      authority_aliases;                 ///< Further authorities (ux.md 4, `authorityAliases`).
  base::Duration poll_interval{60'000};  ///< More than zero.
  std::filesystem::path
      state_folder;  ///< Packages and last good configs live in its `hosting` folder (formats.md).
  std::size_t retained_versions = 20;  ///< Kept per extension besides those that a data centre refers to.
  model::ConfigRules rules;            ///< With `strict_names`, stamps too must be spelt exactly (q4).
  model::EnvironmentRules environment_rules;
  HostingLimits limits;
  CdnSettings cdn;  ///< What environment JSON names bundles by; the edge itself is CdnEdge.
  std::uint64_t seed = 1;
};

/// What came of a sync.
struct SyncReport {
  std::string extension;  ///< Hosting service name.
  bool succeeded = false;
  bool changed = false;                     ///< A new revision was found.
  std::vector<std::string> fetched;         ///< Versions downloaded by this sync.
  std::optional<model::Incident> incident;  ///< If it failed: the open incident of its cause,
  std::optional<base::Error> awaited;       ///< or why it is none (HostingService::expect_config).
  std::vector<model::Problem> warnings;     ///< Of a good config.
  struct Region {
    std::string region;
    std::string stage;
    std::string before;  ///< Version of the region's stage before; empty if there was none.
    std::string after;
  };
  std::vector<Region> regions;
};

/// One data centre's view of one extension: a row of `GET /_emu/v1/regions` (ux.md 6).
struct RegionStatus {
  std::string extension;
  std::string region;
  std::string stage;
  std::string served_version;   ///< Empty: never synced.
  std::string pending_version;  ///< Empty: nothing newer is on its way.
  std::optional<base::WallTime> pending_due;
  std::optional<base::WallTime> last_sync;  ///< Its last poll that ended, well or not.
  std::optional<base::WallTime> next_poll;  ///< Absent while it does not poll.
  base::Duration lag{0};
  std::string
      health;  ///< `healthy`, `last-good` (serving, but its last poll failed), `never-synced`, `down`.
  std::string last_error;       ///< Of its last poll; empty if that was good.
  std::string last_error_code;  ///< As `last_error`.
};

struct VersionStatus {
  std::string version;
  std::string sha256;  ///< Empty while the zip is not yet in the package store.
  std::uint64_t zip_bytes = 0;
  std::size_t files = 0;
  std::vector<std::string> used_by;  ///< Stages and friendly names of the latest config that point to it.
};

struct ExtensionStatus {
  std::string name;
  std::string hosting_service_name;
  std::string owner;
  std::string source_url;
  std::string config;  ///< The text of the latest good config.json; empty if there is none.
  std::vector<std::pair<std::string, std::string>> stages;          ///< Name and version, in rollout order.
  std::vector<std::pair<std::string, std::string>> friendly_names;  ///< Name and version, in file order.
  std::vector<VersionStatus> versions;                              ///< The newest first.
  std::uint64_t revision = 0;
  bool settled = false;
  std::optional<base::WallTime> last_sync;
  std::string last_error;  ///< Empty if the last sync was good.
};

/// The extension hosting service: polls containers, keeps what was good, and serves it (domain.md e, f, g).
///
/// As an http::Service it serves the hosting listener. Pages and content come from immutable snapshots and
/// mapped packages; no request waits for a sync. All members are thread-safe. `extension` arguments are
/// hosting service names in any letter case; an unknown one is `not_found` (kUnknownExtension).
class HostingService final : public http::Service {
 public:
  /// `scheduler` and `journal` outlive this. Reads and schedules nothing yet.
  HostingService(HostingOptions options, std::vector<HostedExtension> extensions, base::Scheduler& scheduler,
                 base::Journal& journal, std::shared_ptr<spdlog::logger> log);
  ~HostingService() override;

  /// Origins that may frame every page besides the authority that a request names: the emulated portal's own.
  /// Call once its port is known; each is a CSP source such as `https://localhost:14430` or
  /// `https://*.localhost:14430`.
  void allow_frames_from(std::vector<std::string> origins);

  /// Serves the last good deployments from the state folder; the containers are not asked. What can't be read
  /// is reported (kRetainedUnreadable) and passed over. Call before `start`.
  void restore();

  /// Schedules a first sync of every extension (unless it has had one) and the polls. Returns at once.
  void start();

  /// Ends polling, waits for syncs under way and writes what is not yet on disk. Serving goes on. Idempotent.
  void stop();

  /// Syncs on this thread and lets every data centre that is up take the result at once, whatever the
  /// fidelity: the test primitive. With a `region`, only that one polls. If a sync is under way, waits for
  /// one that began after this call. Blocks for as long as the container takes. An unknown region is
  /// `not_found` (kUnknownRegion).
  base::Result<SyncReport> sync_now(std::string_view extension, std::string_view region = {});

  /// Something in the extension's container changed. In `dev`: syncs at once on the scheduler; nudges that
  /// come meanwhile become one more sync. Else the polls that follow see it. Unknown extensions are ignored.
  /// Never blocks.
  void nudge(std::string_view extension);

  /// How the pages that are open took the extension's newest version (fidelity `dev`; else none are told).
  /// Waits for their answers, for a quarter of a second of real time at most.
  PageCounts wait_for_pages(std::string_view extension) const;

  /// Shows problems in the extension's open pages, and in those that are opened while they last (fidelity
  /// `dev`): all that a part of it has, such as `source`, in place of what was shown of that part; none: it
  /// is well. What a sync fails of is shown without this. Unknown extensions are ignored. Never blocks.
  void show_problems(std::string_view extension, const std::string& part,
                     std::vector<model::Problem> problems);

  /// Somebody here will put the extension's first config.json, and waits: `awaited` says for what, in a
  /// sentence. Until a sync was good, a container without config.json is no incident then, and the sync's
  /// error says what is waited for. Empty: nobody waits any more; if there is no config.json by now, the next
  /// sync opens an incident, which in `dev` follows at once. Unknown extensions are ignored. Never blocks.
  void expect_config(std::string_view extension, std::string awaited);

  /// Takes a data centre down, or brings it back: while it is down it polls nothing and answers nobody; back,
  /// it catches up with its next poll (in `dev` at once). False if it was so already. `not_found`
  /// (kUnknownRegion) if the cloud has no such region.
  base::Result<bool> set_down(std::string_view region, bool down);
  bool is_down(std::string_view region) const;

  /// Holds a version that was made here and need not be fetched, ahead of the config that will name it. The
  /// package must be known to be good. It is written to disk behind the caller's back. `etag`: of its zip in
  /// the container if known, so that a replacement is noticed. `conflict` if the name is held with other
  /// content.
  base::Result<void> adopt(std::string_view extension, const std::string& version,
                           std::shared_ptr<const package::Package> package, std::string etag = {});

  /// Names of the extensions whose first sync since the start has not ended: what "ready" waits for. The
  /// journal has `sync.settled` for each that leaves this list.
  std::vector<std::string> unsettled() const;

  std::vector<ExtensionStatus> extensions() const;
  std::vector<RegionStatus> regions() const;
  std::vector<model::Incident> incidents() const;
  std::optional<model::Incident> incident(std::uint64_t id) const;

  /// What a request with these parameters would get, and why (ux.md 9, row 1). An empty `region` is the
  /// default one; with an empty `authority` it is the version alone that is asked for, and no settings are
  /// read.
  base::Result<model::HostingAnswer> explain(std::string_view extension, std::string_view region,
                                             std::string_view stamp, std::string_view authority) const;

  /// The version that answered such a request at `time`, full five minutes at most ten minutes ago and since
  /// the start, or now; empty if none did, or for an unknown extension.
  std::string version_at(base::WallTime time, std::string_view extension, std::string_view region,
                         std::string_view stamp) const;

  /// What the service has of the extension at this moment, for whoever asks several questions that must fit
  /// together. Must not be used after the service has gone.
  base::Result<model::HostedState> state_of(std::string_view extension) const;

  /// What the next sync would do if `proposed` were the container's config: compared with the latest good
  /// deployment, whether or not every data centre has it yet. Blocks; see plan_config_change.
  base::Result<ConfigChange> plan(std::string_view extension, ProposedConfig proposed) const;

  /// Never: what takes long to make is a body that is made when it is read.
  bool may_block(const http::Request&) const override { return false; }
  http::Response handle(const http::Request& request) override;

  /// As IncidentLog::acknowledge and IncidentLog::resolve, with an event in the journal.
  base::Result<model::Incident> acknowledge_incident(std::uint64_t id, model::IncidentRemark remark);
  base::Result<model::Incident> resolve_incident(std::uint64_t id, model::IncidentRemark remark);
  /// How many incidents were opened since the start, notes apart.
  std::uint64_t incidents_opened() const;
  /// The URL of the extension's container, without its query; empty for an unknown extension.
  std::string container_url(std::string_view extension) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::hosting
