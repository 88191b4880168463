#include "emulator/hosting/extension_host.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "emulator/hosting/hosting_events.h"
#include "emulator/hosting/selection.h"
#include "emulator/model/codes.h"
#include "emulator/model/version.h"

namespace exthost::hosting {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using base::WallTime;

bool same_texts(const Revision& revision, const SyncOutcome& outcome) {
  return revision.config_text == outcome.config_text && revision.definition_text == outcome.definition_text;
}

bool is_held(const HeldVersions& held, std::string_view name) {
  return std::any_of(held.begin(), held.end(), [&](const auto& version) { return version->name == name; });
}

void remember(std::vector<std::string>& names, const Revision* revision) {
  if (revision == nullptr) return;
  for (std::string& name : revision->deployment.config.versions()) names.push_back(std::move(name));
}

}  // namespace

ExtensionHost::ExtensionHost(HostingContext& context, HostedExtension extension)
    : context_(context),
      extension_(std::move(extension)),
      store_(context.options.state_folder / "hosting" / extension_.hosting_service_name,
             context.options.limits.package),
      synchronizer_(extension_.source, store_, context.options.cloud, context.options.rules,
                    context.options.limits, context.options.environment_rules),
      rounds_([this] { run_round(); }),
      saves_([this] { save(); }) {
  state_.with([&](State& state) {
    state.regions.resize(context_.centers.size());
    state.pollers.resize(context_.centers.size());
    publish(state);
  });
}

std::function<void()> ExtensionHost::weakly(void (ExtensionHost::*method)()) {
  return [weak = weak_from_this(), method] {
    if (const auto self = weak.lock()) {
      self->tasks_.pass([&] { ((*self).*method)(); });
    }
  };
}

/// Within the lock of `state`, so that snapshots are published in the order of the changes.
void ExtensionHost::publish(const State& state) {
  auto snapshot = std::make_shared<ExtensionSnapshot>();
  snapshot->name = extension_.name;
  snapshot->hosting_service_name = extension_.hosting_service_name;
  snapshot->owner = extension_.owner;
  snapshot->source_url = extension_.source->url();
  snapshot->versions = state.held;
  snapshot->regions = state.regions;
  snapshot->latest = state.latest;
  snapshot->settled = state.settled;
  published_.set(std::move(snapshot));
}

std::shared_ptr<const ExtensionSnapshot> ExtensionHost::snapshot_at(WallTime time) const {
  const WallTime now = context_.scheduler.now();
  auto then = past_.with([&](PastSnapshots& past) { return past.at(time, now); });
  return then != nullptr ? then : snapshot();
}

// ---- what is held

void ExtensionHost::hold(State& state, const HeldVersions& fetched) {
  for (auto version = fetched.rbegin(); version != fetched.rend(); ++version) {
    if (!is_held(state.held, (*version)->name)) state.held.insert(state.held.begin(), *version);
  }
}

std::vector<std::string> ExtensionHost::referenced_versions(const State& state) {
  std::vector<std::string> referenced;
  remember(referenced, state.latest.get());
  for (const RegionDeployment& region : state.regions) {
    if (region.active != state.latest) remember(referenced, region.active.get());
    for (const auto& pending : region.pending) {
      if (pending.revision != state.latest) remember(referenced, pending.revision.get());
    }
  }
  return referenced;
}

/// Drops the versions that no data centre refers to and that retention does not keep.
void ExtensionHost::let_go(State& state) const {
  if (state.held.size() <= context_.options.retained_versions) return;
  HeldVersions kept =
      versions_to_keep(state.held, referenced_versions(state), context_.options.retained_versions);
  if (kept.size() == state.held.size()) return;
  for (const auto& version : state.held) {
    if (!is_held(kept, version->name) && version->stored()) state.discarded.push_back(version->sha256);
  }
  state.held = std::move(kept);
  state.unsaved = true;
}

Result<void> ExtensionHost::adopt(const std::string& version, std::shared_ptr<const package::Package> package,
                                  std::string etag) {
  if (auto valid = model::check_version_name(version); !valid) return valid;
  auto fresh = make_held_version(version, std::move(package), {}, std::move(etag));
  const auto keep_alive = published_.get();  // so that what is replaced is freed outside the lock
  const auto there = state_.with([&](State& state) -> std::shared_ptr<const HeldVersion> {
    for (const auto& held : state.held) {
      if (held->name == version) return held;
    }
    state.held.insert(state.held.begin(), fresh);
    state.unsaved = true;
    publish(state);
    return nullptr;
  });
  if (there != nullptr && there->package->bytes() != fresh->package->bytes()) {
    return Error{
        ErrorKind::conflict,
        "version " + version + " of " + extension_.hosting_service_name +
            " is held with other content; a version's content never changes, so publish a new version",
        std::string(model::codes::kZipReplaced)};
  }
  save_soon();
  return {};
}

// ---- a round: some data centres poll, and see what one look at the container came to

SyncReport ExtensionHost::sync_now(std::optional<std::size_t> region) {
  state_.with([&](State& state) {
    for (std::size_t i = 0; i < state.pollers.size(); ++i) {
      if (!region || *region == i) state.pollers[i].want = Want::poll_and_take;
    }
    state.look_anew = true;
  });
  rounds_.run();
  LastSync last = state_.with([](const State& state) { return state.last_sync; });
  last.report.extension = extension_.hosting_service_name;
  last.report.regions = describe_regions(last);
  return std::move(last.report);
}

void ExtensionHost::run_round() {
  ++context_.syncs;
  Round round = begin_round();
  if (round.look == nullptr) look(round);
  poll_all(round);
  schedule_polls();
  if (state_.with([](const State& state) { return state.unsaved; })) save_soon();
}

ExtensionHost::Round ExtensionHost::begin_round() {
  const bool dev = context_.options.fidelity == Fidelity::dev;
  Round round;
  std::vector<Unmade> unmade;
  state_.with([&](State& state) {
    unmade = take_unmade(state, context_.scheduler.now() - base::Duration(1));
    round.changes = state.changes;
    round.forced = std::exchange(state.look_anew, false);
    round.everywhere_at_once = true;
    for (std::size_t i = 0; i < state.pollers.size(); ++i) {
      Want want = std::exchange(state.pollers[i].want, Want::nothing);
      if (state.regions[i].down) want = Want::nothing;
      if (dev && want == Want::poll) want = Want::poll_and_take;
      round.wants.push_back(want);
      const bool moves =
          want == Want::poll_and_take || (want == Want::poll && state.regions[i].active == nullptr);
      round.everywhere_at_once = round.everywhere_at_once && (moves || state.regions[i].down);
    }
    const bool same = state.look != nullptr && state.look->lasting && state.look->changes == round.changes;
    if (same && !round.forced) round.look = state.look;
  });
  count(unmade);
  return round;
}

void ExtensionHost::look(Round& round) {
  HeldVersions held;
  std::string awaited;
  state_.with([&](const State& state) {
    held = state.held;
    if (state.latest == nullptr) awaited = state.awaited;
  });
  SyncOutcome outcome = synchronizer_.sync(held);
  if (!awaited.empty() && outcome.failure && outcome.failure->code == model::codes::kConfigMissing)
    outcome.failure = config_awaited(extension_.source->url(), awaited);
  for (const auto& version : outcome.fetched) round.report.fetched.push_back(version->name);

  auto look = std::make_shared<Look>();
  look->changes = round.changes;
  const bool passing = outcome.failure && outcome.failure->passing && !extension_.source->is_out();
  look->lasting = extension_.changes_are_told && !passing;
  look->failure = std::move(outcome.failure);
  const WallTime now = context_.scheduler.now();
  state_.with([&](State& state) {
    hold(state, outcome.fetched);
    if (!outcome.fetched.empty()) state.unsaved = true;
    if (!look->failure) {
      round.is_new_revision = state.latest == nullptr || !same_texts(*state.latest, outcome);
      if (round.is_new_revision) {
        state.latest = std::make_shared<const Revision>(
            Revision{++state.revisions, std::move(*outcome.deployment), std::move(outcome.config_text),
                     std::move(outcome.definition_text), now});
        state.unsaved = true;
      }
      look->revision = state.latest;
    }
    state.look = look;
  });
  round.report.succeeded = !look->failure;
  round.report.changed = round.is_new_revision;
  round.report.warnings = std::move(outcome.warnings);
  round.look = std::move(look);
}

void ExtensionHost::poll_all(Round& round) {
  const auto before = published_.get();
  std::vector<Moved> moved;
  LastSync last;
  bool first = false;
  state_.with([&](State& state) {
    if (round.forced) last.before = state.regions;
    moved = poll_regions(round, state);
    if (round.forced) last.after = state.regions;
    if (!moved.empty() || round.is_new_revision) let_go(state);
    if (!moved.empty()) state.unsaved = true;
    first = !std::exchange(state.settled, true);
    publish(state);
  });
  if (!moved.empty() && context_.options.fidelity != Fidelity::dev) {
    past_.with([&](PastSnapshots& past) { past.replaced(before, context_.scheduler.now()); });
  }
  announce(round, moved);
  if (!moved.empty() && context_.activated) context_.activated(*published_.get());
  const std::optional<SyncFailure>& failure = round.look->failure;
  if (failure && failure->awaited) {
    round.report.awaited = Error{ErrorKind::not_found, failure->message, failure->code};
  } else if (failure) {
    open_incident(round);
  } else {
    compare_zips(round);
  }
  resolve_incidents();
  if (round.forced) {
    last.report = std::move(round.report);
    state_.with([&](State& state) { state.last_sync = std::move(last); });
  }
  if (first) {
    context_.journal.append("sync.settled", extension_.hosting_service_name,
                            "the first sync since the start has ended");
  }
}

std::vector<ExtensionHost::Moved> ExtensionHost::poll_regions(const Round& round, State& state) const {
  const WallTime now = context_.scheduler.now();
  std::vector<Moved> moved;
  for (std::size_t i = 0; i < state.regions.size(); ++i) {
    RegionDeployment& region = state.regions[i];
    if (round.wants[i] == Want::nothing || region.down) continue;
    state.pollers[i].seen = round.look->lasting ? round.look->changes : 0;
    const Take take = round.wants[i] == Want::poll_and_take ? Take::at_once : Take::after_its_lag;
    if (poll_region(region, context_.centers[i], context_.options.poll_interval, now, *round.look, take)) {
      moved.push_back({i, region.active});
    }
  }
  return moved;
}

void ExtensionHost::announce(const Round& round, const std::vector<Moved>& moved) {
  const std::string& name = extension_.hosting_service_name;
  if (round.is_new_revision) {
    EventText event = describe_revision(*round.look->revision, round.report.fetched, round.report.warnings);
    context_.log->info("extension={} {}", name, event.text);
    context_.journal.append("sync.succeeded", name, std::move(event.text), std::move(event.data));
  }
  if (round.everywhere_at_once) return;  // said already, of all of them
  for (const Moved& one : moved) {
    const std::string& region = context_.centers[one.region].region;
    EventText event =
        describe_activation(name, region, *one.revision, default_version(one.revision.get(), region).version);
    context_.journal.append("region.activated", name, std::move(event.text), std::move(event.data));
  }
}

std::vector<std::string> ExtensionHost::region_names() const {
  std::vector<std::string> names;
  names.reserve(context_.centers.size());
  for (const DataCenter& center : context_.centers) names.push_back(center.region);
  return names;
}

std::vector<SyncReport::Region> ExtensionHost::describe_regions(const LastSync& last) const {
  std::vector<SyncReport::Region> regions;
  for (std::size_t i = 0; i < last.after.size(); ++i) {
    const std::string& name = context_.centers[i].region;
    auto [stage, after] = default_version(last.after[i].active.get(), name);
    std::string before = default_version(last.before[i].active.get(), name).version;
    regions.push_back({name, std::move(stage), std::move(before), std::move(after)});
  }
  return regions;
}

}  // namespace exthost::hosting
