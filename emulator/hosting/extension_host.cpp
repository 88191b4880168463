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
      syncs_([this] { sync(); }),
      saves_([this] { save(); }) {
  state_.with([&](State& state) {
    state.regions.resize(context_.centers.size());
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

ExtensionHost::Times ExtensionHost::times() const {
  return state_.with([](const State& state) { return state.times; });
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
  snapshot->last_error = state.last_error;
  snapshot->settled = state.settled;
  published_.set(std::move(snapshot));
}

// ---- what is held

void ExtensionHost::hold(State& state, const HeldVersions& fetched) {
  for (auto version = fetched.rbegin(); version != fetched.rend(); ++version) {
    if (!is_held(state.held, (*version)->name)) state.held.insert(state.held.begin(), *version);
  }
}

/// Drops the versions that no data centre refers to and that retention does not keep.
void ExtensionHost::let_go(State& state) const {
  std::vector<std::string> referenced;
  remember(referenced, state.latest.get());
  for (const RegionDeployment& region : state.regions) {
    if (region.active != state.latest) remember(referenced, region.active.get());
    for (const auto& pending : region.pending) {
      if (pending.revision != state.latest) remember(referenced, pending.revision.get());
    }
  }
  HeldVersions kept = versions_to_keep(state.held, referenced, context_.options.retained_versions);
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

// ---- sync

SyncReport ExtensionHost::sync_now() {
  take_at_once_ = true;
  syncs_.run();
  LastSync last = state_.with([](const State& state) { return state.last_sync; });
  last.report.extension = extension_.hosting_service_name;
  last.report.regions = describe_regions(last);
  return std::move(last.report);
}

void ExtensionHost::sync() {
  ++context_.syncs;
  const bool at_once = take_at_once_.exchange(false) || context_.options.fidelity == Fidelity::dev;
  const HeldVersions held = state_.with([](const State& state) { return state.held; });
  SyncOutcome outcome = synchronizer_.sync(held);
  LastSync last =
      outcome.failure ? apply_failure(std::move(outcome)) : apply_success(std::move(outcome), at_once);
  const bool unsaved = state_.with([&](State& state) {
    state.last_sync = std::move(last);
    return state.unsaved;
  });
  schedule_activation();
  if (unsaved) save_soon();
}

ExtensionHost::LastSync ExtensionHost::apply_failure(SyncOutcome outcome) {
  SyncFailure& failure = *outcome.failure;
  const WallTime now = context_.scheduler.now();
  LastSync last;
  for (const auto& version : outcome.fetched) last.report.fetched.push_back(version->name);

  const auto keep_alive = published_.get();
  bool first = false;
  const bool other_cause = state_.with([&](State& state) {
    const bool other = state.failing && *state.failing != failure.cause;
    hold(state, outcome.fetched);
    if (!outcome.fetched.empty()) state.unsaved = true;
    state.failing = failure.cause;
    state.last_error = LastError{failure.message, failure.code, now};
    first = !std::exchange(state.settled, true);
    state.times.last_sync = now;
    last.before = state.regions;
    last.after = state.regions;
    publish(state);
    return other;
  });
  if (other_cause) {
    announce_resolved(context_.incidents.with([&](model::IncidentLog& log) {
      return log.resolve_others(extension_.hosting_service_name, failure.cause, now);
    }));
  }
  last.report.incident =
      report_incident({extension_.hosting_service_name, failure.cause, failure.code, failure.message,
                       extension_.owner, std::move(failure.evidence), region_names()});
  if (first) announce_settled();
  return last;
}

ExtensionHost::LastSync ExtensionHost::apply_success(SyncOutcome outcome, bool at_once) {
  const WallTime now = context_.scheduler.now();
  LastSync last;
  last.report.succeeded = true;
  last.report.warnings = outcome.warnings;
  for (const auto& version : outcome.fetched) last.report.fetched.push_back(version->name);

  const auto keep_alive = published_.get();
  bool activated = false;
  bool first = false;
  const auto latest = state_.with([&](State& state) {
    hold(state, outcome.fetched);
    last.report.changed = state.latest == nullptr || !same_texts(*state.latest, outcome);
    if (last.report.changed) {
      state.latest = std::make_shared<const Revision>(
          Revision{++state.revisions, std::move(*outcome.deployment), std::move(outcome.config_text),
                   std::move(outcome.definition_text), now});
      state.unsaved = true;
    }
    last.before = state.regions;
    for (std::size_t i = 0; i < state.regions.size(); ++i) {
      RegionDeployment& region = state.regions[i];
      // A data centre that has nothing yet takes what there is.
      if (at_once || region.active == nullptr) {
        activated = activated || region.active != state.latest;
        region.active = state.latest;
        region.pending.clear();
      } else if (last.report.changed) {
        region.pending.push_back(
            {state.latest, takes_revision_at(context_.centers[i], context_.options.poll_interval, now)});
      }
    }
    last.after = state.regions;
    let_go(state);
    if (!outcome.fetched.empty()) state.unsaved = true;
    state.failing.reset();
    state.last_error.reset();
    first = !std::exchange(state.settled, true);
    state.times.last_sync = now;
    publish(state);
    return state.latest;
  });
  if (last.report.changed) {
    EventText event = describe_revision(*latest, last.report.fetched, last.report.warnings);
    context_.log->info("extension={} {}", extension_.hosting_service_name, event.text);
    context_.journal.append("sync.succeeded", extension_.hosting_service_name, std::move(event.text),
                            std::move(event.data));
  }
  if (activated && context_.activated) context_.activated(*published_.get());
  check_for_replaced_zips(latest->deployment.config);
  if (first) announce_settled();
  return last;
}

void ExtensionHost::announce_settled() {
  context_.journal.append("sync.settled", extension_.hosting_service_name,
                          "the first sync since the start has ended");
}

/// After a good sync: what remains to be said is only that a zip was replaced (e4).
void ExtensionHost::check_for_replaced_zips(const model::DeploymentConfig& config) {
  const HeldVersions held = state_.with([](const State& state) { return state.held; });
  const std::vector<ReplacedZip> replaced = synchronizer_.find_replaced(config, held);
  const WallTime now = context_.scheduler.now();
  announce_resolved(context_.incidents.with([&](model::IncidentLog& log) {
    return replaced.empty()
               ? log.resolve_all(extension_.hosting_service_name, now)
               : log.resolve_others(extension_.hosting_service_name, model::IncidentCause::replaced_zip, now);
  }));
  if (replaced.empty()) return;

  std::vector<model::Problem> evidence;
  for (const ReplacedZip& zip : replaced) {
    evidence.push_back({model::Severity::note,
                        std::string(model::codes::kZipReplaced),
                        zip.version + ".zip in " + extension_.source->url() + " has SHA-256 " +
                            zip.found_sha256 + ", but what is served has " + zip.held_sha256,
                        "publish the new content under a new version",
                        {},
                        {}});
  }
  const std::string message =
      replaced.front().version +
      ".zip was replaced, but a version that was downloaded once is never downloaded again: "
      "the old content keeps serving";
  report_incident({extension_.hosting_service_name, model::IncidentCause::replaced_zip,
                   std::string(model::codes::kZipReplaced), message, extension_.owner, std::move(evidence),
                   region_names()});
}

model::Incident ExtensionHost::report_incident(model::IncidentLog::Report report) {
  const WallTime now = context_.scheduler.now();
  const auto outcome =
      context_.incidents.with([&](model::IncidentLog& log) { return log.report(std::move(report), now); });
  if (outcome.opened) {
    EventText event = describe_incident(outcome.incident);
    context_.log->warn("extension={} code={} {}", extension_.hosting_service_name, outcome.incident.code,
                       event.text);
    context_.journal.append("incident.opened", extension_.hosting_service_name, std::move(event.text),
                            std::move(event.data));
  }
  return outcome.incident;
}

void ExtensionHost::announce_resolved(const std::vector<model::Incident>& resolved) {
  for (const model::Incident& incident : resolved) {
    EventText event = describe_incident(incident);
    context_.log->info("extension={} {}", extension_.hosting_service_name, event.text);
    context_.journal.append("incident.resolved", extension_.hosting_service_name, std::move(event.text),
                            std::move(event.data));
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
