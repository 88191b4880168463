#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/base/steered_scheduler.h"
#include "emulator/control/publishing_parts.h"
#include "emulator/control/rows.h"
#include "emulator/http/message.h"
#include "emulator/model/incident.h"

namespace exthost::control {

/// What the control API asks of the rest of the emulator: values and functions, so that it knows no other
/// part.
///
/// Every function must be set unless it says otherwise. They are called on any thread, several at once. Those
/// that read must be quick (snapshots); `sync` may take its time.
struct ControlParts {
  base::Journal& journal;
  /// The emulator's clock: the time that answers tell, and that the API steers.
  base::SteeredScheduler& clock;
  /// Runs the heartbeats of event streams: always in real time, whatever the clock is.
  base::Scheduler& heartbeats;
  /// The run's bearer token. Never empty.
  std::string token;

  std::function<InstanceInfo()> info;
  /// What start-up waits for, in words: `first sync of demo`. Empty: ready.
  std::function<std::vector<std::string>()> waiting_for;

  std::function<std::vector<ExtensionRow>()> extensions;
  std::function<std::vector<RegionRow>()> regions;
  std::function<std::vector<model::Incident>()> incidents;
  /// As model::explain.
  std::function<std::vector<Explanation>(const ExplainQuestion&)> explain;

  /// Syncs, and returns when it is done. `not_found` (kUnknownRegion) if the cloud has no such region.
  std::function<base::Result<std::vector<SyncOutcome>>(const SyncWish& wish)> sync;
  /// Begins the end of the process and returns at once.
  std::function<void()> shut_down;
  /// What a new config.json would do. May take its time: it asks the container.
  std::function<base::Result<PlanAnswer>(const PlanQuestion&)> plan{};
  /// As HostingService's, with an event in the journal.
  std::function<base::Result<model::Incident>(std::uint64_t id, model::IncidentRemark)>
      acknowledge_incident{};
  std::function<base::Result<model::Incident>(std::uint64_t id, model::IncidentRemark)> resolve_incident{};
  std::function<StorageStatus()> storage{};
  /// Takes a region's data centre down or brings it back. Appends to the journal. `not_found`
  /// (kUnknownRegion).
  std::function<base::Result<void>(const std::string& region, bool down)> set_region_down{};
  /// Puts `none`, `primary`, `secondary` or `both` in force; kBadRequestBody for another word. Appends to the
  /// journal.
  std::function<base::Result<void>(const std::string& outage)> set_outage{};
  /// What regions' delays are drawn from.
  std::uint64_t clock_seed = 1;
  /// Fails an account over to its secondary location, or back; all that can if the name is empty.
  /// kFailoverRefused. Appends to the journal.
  std::function<base::Result<void>(const std::string& account)> fail_over{};
  std::function<base::Result<void>(const std::string& account)> fail_back{};
  std::function<CdnStatus()> cdn{};
  /// Tells how many kept files were forgotten. kCdnOff, or kBadRequestBody for what is no URL of the edge.
  /// Appends to the journal.
  std::function<base::Result<std::uint64_t>(const CdnPurgeOrder&)> purge_cdn{};
  /// Begins or ends an outage of the CDN; kCdnOff. Appends to the journal.
  std::function<base::Result<void>(bool outage)> set_cdn_outage{};
  PublishingParts publishing{};
  /// Has the build command of an extension, given by its hosting service name, started anew; returns at once.
  /// kBuildCommandEnded if it has none. Appends to the journal when it has started.
  std::function<base::Result<void>(const std::string& extension)> restart_build{};
};

/// The control API and the dashboard (ux.md 6 and 7), as a function from request to response. Thread-safe.
///
/// Whoever is on this machine may read; changing something, or asking from a page of another origin, takes
/// the run's token (authentication.h). Every mutation answers with `seq`, the number of the last event it
/// caused, for clients that wait for their own effect in the event stream.
class ControlService final : public http::Service {
 public:
  explicit ControlService(ControlParts parts);
  ~ControlService() override;

  /// Tells every follower of the event stream goodbye and ends the streams. Later ones are refused.
  /// Idempotent.
  void stop();

  bool may_block(const http::Request& request) const override;
  http::Response handle(const http::Request& request) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exthost::control
