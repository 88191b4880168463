#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/guarded.h"
#include "emulator/base/journal.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/hosting/package_store.h"
#include "emulator/hosting/single_flight.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/hosting/synchronizer.h"
#include "emulator/hosting/task_gate.h"

namespace exthost::hosting {

/// What all extensions of one service share. Outlives every ExtensionHost.
struct HostingContext {
  HostingOptions options;
  std::vector<DataCenter> centers;
  base::Scheduler& scheduler;
  base::Journal& journal;
  std::shared_ptr<spdlog::logger> log;
  base::Guarded<model::IncidentLog> incidents;
  std::atomic<std::uint64_t> syncs{0};  ///< Since the start: `totalSyncAllCount` of domain.md (g).
  /// Told after a snapshot with another deployment in some data centre has been published.
  std::function<void(const ExtensionSnapshot&)> activated;
};

/// One extension in all data centres: when it syncs, what it holds, and which deployment is active where
/// (domain.md e).
///
/// What is served is a snapshot, swapped whole. Syncs never run twice at once; no lock is held while one
/// waits for its container or for the disk. Thread-safe. Its tasks on the scheduler hold it weakly: it may go
/// while they are due.
class ExtensionHost : public std::enable_shared_from_this<ExtensionHost> {
 public:
  ExtensionHost(HostingContext& context, HostedExtension extension);

  /// See the methods of the same names in HostingService.
  void restore();
  void start();
  void stop();
  SyncReport sync_now();
  void nudge();
  base::Result<void> adopt(const std::string& version, std::shared_ptr<const package::Package> package,
                           std::string etag);

  std::shared_ptr<const ExtensionSnapshot> snapshot() const { return published_.get(); }
  ContainerSource& source() const { return *extension_.source; }

  struct Times {
    std::optional<base::WallTime> last_sync;
    std::optional<base::WallTime> next_poll;  ///< Absent before `start` and after `stop`.
  };
  Times times() const;

 private:
  /// The last sync's report, and what its `regions` are made from when somebody asks.
  struct LastSync {
    SyncReport report;
    std::vector<RegionDeployment> before;
    std::vector<RegionDeployment> after;
  };
  struct State {
    HeldVersions held;
    std::vector<RegionDeployment> regions;
    std::shared_ptr<const Revision> latest;
    std::uint64_t revisions = 0;
    std::optional<LastError> last_error;
    std::optional<model::IncidentCause> failing;
    bool settled = false;
    Times times;
    LastSync last_sync;

    bool unsaved = false;                ///< The disk does not yet have what is here.
    std::vector<std::string> discarded;  ///< Hashes of packages that nothing held refers to any more.

    bool started = false;
    bool stopped = false;
    std::optional<base::Scheduler::TaskId> poll_task;
    std::optional<base::Scheduler::TaskId> activation_task;
    std::optional<base::Scheduler::TaskId> save_task;
    std::optional<base::Scheduler::TaskId> nudge_task;
  };

  void sync();
  LastSync apply_failure(SyncOutcome outcome);
  LastSync apply_success(SyncOutcome outcome, bool at_once);
  void check_for_replaced_zips(const model::DeploymentConfig& config);
  model::Incident report_incident(model::IncidentLog::Report report);
  void announce_settled();
  void announce_resolved(const std::vector<model::Incident>& resolved);

  void poll();
  void sync_nudged();
  void schedule_poll();
  void schedule_activation();
  void activate_due();
  void save_soon();
  void save_due();
  void save();
  void save_failed(const base::Error& error);
  base::Result<void> restore_from(const StoredDeployment& stored);

  static void hold(State& state, const HeldVersions& fetched);
  void let_go(State& state) const;
  void publish(const State& state);
  std::vector<SyncReport::Region> describe_regions(const LastSync& last) const;
  std::vector<std::string> region_names() const;

  /// A task for the scheduler that does nothing if this was stopped or has gone by then.
  std::function<void()> weakly(void (ExtensionHost::*method)());

  HostingContext& context_;
  const HostedExtension extension_;
  PackageStore store_;
  Synchronizer synchronizer_;
  base::Guarded<State> state_;
  base::Published<ExtensionSnapshot> published_;
  std::atomic<bool> take_at_once_{false};  // the next run lets every data centre follow without lag
  SingleFlight syncs_;
  SingleFlight saves_;
  TaskGate tasks_;  // of the scheduler
};

}  // namespace exthost::hosting
