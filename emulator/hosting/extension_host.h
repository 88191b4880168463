#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/guarded.h"
#include "emulator/base/journal.h"
#include "emulator/hosting/hosting_service.h"
#include "emulator/hosting/package_store.h"
#include "emulator/hosting/past_snapshots.h"
#include "emulator/hosting/region_polls.h"
#include "emulator/hosting/saver.h"
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
  /// Told after incidents of the extension of that hosting service name opened, were refreshed or were
  /// resolved. Like `activated`, it is called with no lock held.
  std::function<void(const std::string&)> incidents_changed;
  Saver saver{{std::chrono::seconds(1), std::chrono::seconds(5)}};
};

/// One extension in all data centres: when each polls, what is held, and which deployment is active where
/// (domain.md e).
///
/// Every data centre polls in its own phase. What a poll sees is a look at the container; where the container
/// tells of its changes (HostedExtension::changes_are_told), the data centres share a look until there is a
/// change, and polls that could find nothing new are not made, so that months of a virtual clock cost little.
///
/// What is served is a snapshot, swapped whole. Looks never run twice at once; no lock is held while one
/// waits for its container or for the disk. Thread-safe. Its tasks on the scheduler hold it weakly: it may go
/// while they are due.
class ExtensionHost : public std::enable_shared_from_this<ExtensionHost> {
 public:
  ExtensionHost(HostingContext& context, HostedExtension extension);

  /// See the methods of the same names in HostingService. `region` is an index into the data centres.
  void restore();
  void start();
  void stop();
  SyncReport sync_now(std::optional<std::size_t> region);
  void nudge();
  void expect_config(std::string awaited);
  void set_down(std::size_t region, bool down);
  base::Result<void> adopt(const std::string& version, std::shared_ptr<const package::Package> package,
                           std::string etag);

  std::shared_ptr<const ExtensionSnapshot> snapshot() const { return published_.get(); }
  /// What was served at `time`, as PastSnapshots has it. In `dev` every look is of now.
  std::shared_ptr<const ExtensionSnapshot> snapshot_at(base::WallTime time) const;
  ContainerSource& source() const { return *extension_.source; }

  /// Writes down the polls that were not made since they could only have failed as the one before did: in
  /// what the snapshot says of errors and what the incidents count. For whoever wants to know of either.
  void count_polls();
  /// The next polls are made, whatever they could find: somebody called its incident resolved.
  void poll_anew();

  /// When a data centre polled last and polls next, those polls included that had nothing to do.
  struct PollTimes {
    std::optional<base::WallTime> last;  ///< Absent: not in this run.
    std::optional<base::WallTime> next;  ///< Absent before `start`, after `stop` and while it is down.
  };
  std::vector<PollTimes> poll_times() const;

 private:
  enum class Want { nothing, poll, poll_and_take };
  /// One data centre's polls of this extension.
  struct Poller {
    Want want = Want::nothing;  ///< Of the next round.
    std::uint64_t seen = 0;  ///< The change count that its last poll saw; 0: none, or a look that won't last.
    std::optional<base::WallTime> next;  ///< The next poll that has something to do.
  };
  /// The last forced round's report, and what its `regions` are made from when somebody asks.
  struct LastSync {
    SyncReport report;
    std::vector<RegionDeployment> before;
    std::vector<RegionDeployment> after;
  };
  struct State {
    HeldVersions held;
    std::vector<RegionDeployment> regions;
    std::vector<Poller> pollers;
    std::shared_ptr<const Revision> latest;
    std::uint64_t revisions = 0;
    std::uint64_t changes = 1;  ///< Of the container, as far as we were told.
    std::shared_ptr<const Look> look;
    bool look_anew = false;  ///< The next round does not share a look.
    bool zip_replaced = false;
    std::optional<base::WallTime> zips_compared;  ///< When the container's zips were last compared with ours.
    std::uint64_t zips_compared_at = 0;           ///< The change count then.
    bool settled = false;
    std::string awaited;  ///< What whoever will put the first config.json waits for; empty: nobody.
    LastSync last_sync;

    bool unsaved = false;                ///< The disk does not yet have what is here.
    std::vector<std::string> discarded;  ///< Hashes of packages that nothing held refers to any more.

    bool started = false;
    bool stopped = false;
    std::optional<base::Scheduler::TaskId> poll_task;
    std::optional<base::Scheduler::TaskId> nudge_task;
  };
  /// One turn: the data centres that poll together, and what they see.
  struct Round {
    std::vector<Want> wants;
    std::uint64_t changes = 0;
    bool forced = false;
    bool everywhere_at_once = false;
    std::shared_ptr<const Look> look;
    bool is_new_revision = false;
    SyncReport report;  ///< Without `regions`.
  };
  struct Moved {
    std::size_t region;
    std::shared_ptr<const Revision> revision;
  };

  // a round
  void run_round();
  Round begin_round();
  void look(Round& round);
  void poll_all(Round& round);
  std::vector<Moved> poll_regions(const Round& round, State& state) const;
  void announce(const Round& round, const std::vector<Moved>& moved);
  void compare_zips(const Round& round);

  // incidents
  struct Unmade {
    model::IncidentCause cause;
    std::uint64_t polls = 0;
    base::WallTime newest;
  };
  std::vector<Unmade> take_unmade(State& state, base::WallTime now) const;
  void count(const std::vector<Unmade>& unmade);
  void open_incident(Round& round);
  void resolve_incidents();
  model::Incident report_incident(model::IncidentLog::Report report);
  std::vector<std::string> region_names() const;

  // times
  void poll_due();
  void poll_nudged();
  void schedule_polls();
  void schedule_polls(State& state);
  void nudge_now(State& state);
  bool knows_container(const State& state, std::size_t region) const;

  // the disk
  using Revisions = std::map<std::uint64_t, std::shared_ptr<const Revision>>;  // by number
  void save_soon();
  void save_now();
  void save();
  void save_failed(const base::Error& error);
  StoredDeployment describe_state(const State& state) const;
  base::Result<void> restore_from(const StoredDeployment& stored);
  base::Result<std::shared_ptr<const Revision>> restore_revision(
      const StoredDeployment::Revision& stored) const;
  void restore_region(State& state, const StoredDeployment::Region& stored, const Revisions& revisions) const;

  static void hold(State& state, const HeldVersions& fetched);
  static std::vector<std::string> referenced_versions(const State& state);
  void let_go(State& state) const;
  HeldVersions let_go_unstored(State& state);
  void publish(const State& state);
  std::vector<SyncReport::Region> describe_regions(const LastSync& last) const;

  /// A task for the scheduler that does nothing if this was stopped or has gone by then.
  std::function<void()> weakly(void (ExtensionHost::*method)());

  HostingContext& context_;
  const HostedExtension extension_;
  PackageStore store_;
  Synchronizer synchronizer_;
  base::Guarded<State> state_;
  base::Published<ExtensionSnapshot> published_;
  mutable base::Guarded<PastSnapshots> past_;
  SingleFlight rounds_;
  SingleFlight saves_;
  TaskGate tasks_;  // of the scheduler and the saver
};

}  // namespace exthost::hosting
