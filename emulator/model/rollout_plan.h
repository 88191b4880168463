#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/cloud.h"
#include "emulator/model/deployment_config.h"

namespace exthost::model {

/// Which way a change of version goes. `first`: nothing was served before. `removed`: nothing is afterwards.
enum class Direction { same, upgrade, downgrade, unknown, first, removed };
/// `same`, `upgrade`, `downgrade`, `unknown`, `first` or `removed`: as JSON has it.
std::string_view to_string(Direction direction);

/// Serving compares versions for equality only (domain.md b, version strings), so a direction is an estimate
/// for people, made only where both versions are dotted numbers with an optional suffix: `1.0.0.5`,
/// `23.4.0.11-230406-2239`. Numbers are compared as numbers of any length, missing ones as zero; then
/// suffixes of the form `-<number>…`, if both have one. Anything else that differs is `unknown`. An empty
/// text means that there is no version.
Direction direction_of(std::string_view before, std::string_view after);

/// One line of a plan: what happens to the regions that `stage` covers afterwards and that had `before`.
///
/// The first line of a stage compares the stage with itself, whether or not a region is in it; further lines
/// are for regions that come from another stage and had another version there.
struct PlannedStage {
  std::string stage;
  std::string before;  ///< Version; empty if there was none.
  std::string after;   ///< Version; empty if the stage goes.
  Direction direction = Direction::same;
  bool covers_rest = false;
  std::vector<std::string> regions;  ///< Of the catalogue, that have `before` now and `after` then.
  std::vector<std::string>
      without_users;                 ///< Those of `regions` without a portal (centraluseuap, usgovcentral).
  std::vector<std::string> skipped;  ///< The stages before this one that `after` has not been at.
  SourcePosition where;              ///< Of the stage's version in the new config.json.
  bool changes() const { return before != after; }
};

struct PlannedName {
  std::string name;
  std::string before;  ///< Empty: the name is new.
  std::string after;   ///< Empty: the name goes.
  Direction direction = Direction::same;
};

struct MovedRegion {
  std::string region;
  std::string from, to;  ///< Stages.
};

/// What a new config.json would do: a comparison of values (ux.md 9, row 5).
struct RolloutPlan {
  std::vector<PlannedStage> stages;  ///< In the new rollout order; then stages that go.
  std::vector<PlannedName>
      friendly_names;              ///< Only those that change: in the new file's order, then those that go.
  std::vector<MovedRegion> moved;  ///< Regions that another stage covers than before, in catalogue order.
  std::vector<std::string> new_versions;      ///< Named by the new config, not by the old.
  std::vector<std::string> dropped_versions;  ///< Named by the old config, not by the new.
  /// The cloud's regions that have a portal, and those of them whose version changes. Regions, not users: how
  /// many users a region has is not public.
  std::size_t regions_total = 0;
  std::size_t regions_changed = 0;

  /// Of regions_total, rounded; 0 and 100 mean none and all.
  unsigned percent_changed() const;
  bool has_downgrades() const;  ///< Of a stage or of regions; not of friendly names, which nobody is sent to.
  bool has_skips() const;
  bool changes_nothing() const;
};

/// The version that a stage has; the last stage's if it is not set (q1), as serving has it. Empty if the
/// definition has no such stage.
std::string version_at(const Deployment& deployment, std::string_view stage);

/// Compares. `current` is null if nothing is served yet: then every line is `first` and nothing is skipped.
///
/// A stage is skipped if a version newly reaches a stage while, before this change, it was at neither the
/// stage before it nor at any later one: safe deployment takes one stage at a time, so that each has its bake
/// time (domain.md b21, e5, l), and a version that comes back from a later stage has had it. `skipped` names
/// the stages in between, back to the nearest one that had the version. Stages are taken in the new order and
/// looked up in `current` by name.
///
/// Pure. `regions`: the catalogue, of which the cloud's are taken; regions that only a stage definition knows
/// are not counted.
RolloutPlan plan_rollout(const Deployment* current, const Deployment& next, std::span<const Region> regions,
                         Cloud cloud);

}  // namespace exthost::model
