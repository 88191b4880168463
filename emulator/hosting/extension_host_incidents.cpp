// What an ExtensionHost tells the owner of its extension.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <utility>

#include "emulator/hosting/extension_host.h"
#include "emulator/hosting/hosting_events.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {

using base::WallTime;

/// The round's look failed: its data centres are affected.
void ExtensionHost::open_incident(Round& round) {
  const SyncFailure& failure = *round.look->failure;
  std::vector<std::string> affected;
  for (std::size_t i = 0; i < round.wants.size(); ++i) {
    if (round.wants[i] != Want::nothing) affected.push_back(context_.centers[i].region);
  }
  round.report.incident =
      report_incident({extension_.hosting_service_name, failure.cause, failure.code, failure.message,
                       extension_.owner, failure.evidence, std::move(affected)});
}

/// The failed polls up to and with `now` that were not made. Those of one phase are one round.
std::vector<ExtensionHost::Unmade> ExtensionHost::take_unmade(State& state, WallTime now) const {
  const base::Duration interval = context_.options.poll_interval;
  std::map<std::pair<model::IncidentCause, base::Duration>, Unmade> by_phase;
  for (std::size_t i = 0; i < state.regions.size(); ++i) {
    RegionDeployment& region = state.regions[i];
    if (region.down || !region.last_error || !state.started || !knows_container(state, i)) continue;
    const base::Duration phase = context_.centers[i].phase;
    const std::uint64_t polls = polls_between(phase, interval, *region.last_poll, now);
    if (polls == 0) continue;
    region.last_poll = previous_poll(phase, interval, now);
    region.last_error->time = *region.last_poll;
    Unmade& round = by_phase[{region.last_error->cause, phase}];
    round = {region.last_error->cause, std::max(round.polls, polls), *region.last_poll};
  }
  std::vector<Unmade> unmade;
  for (const auto& [key, round] : by_phase) unmade.push_back(round);
  return unmade;
}

void ExtensionHost::count(const std::vector<Unmade>& unmade) {
  if (unmade.empty()) return;
  context_.incidents.with([&](model::IncidentLog& log) {
    for (const Unmade& round : unmade)
      log.seen_again(extension_.hosting_service_name, round.cause, round.polls, round.newest);
  });
}

void ExtensionHost::count_polls() {
  const auto keep_alive = published_.get();
  std::vector<Unmade> unmade;
  state_.with([&](State& state) {
    unmade = take_unmade(state, context_.scheduler.now());
    if (!unmade.empty()) publish(state);
  });
  count(unmade);
}

/// After a good look: what remains to be said is only that a zip was replaced (e4). Asking costs a request
/// for each version, so it is done once an interval, and when there is a reason.
void ExtensionHost::compare_zips(const Round& round) {
  const WallTime now = context_.scheduler.now();
  HeldVersions held;
  const bool needed = state_.with([&](State& state) {
    const bool unchanged = state.zips_compared_at == round.changes;
    const bool recent = state.zips_compared && now - *state.zips_compared < context_.options.poll_interval;
    const bool known = unchanged && (extension_.changes_are_told || recent);
    if (known && !round.forced && !round.is_new_revision) return false;
    state.zips_compared = now;
    state.zips_compared_at = round.changes;
    held = state.held;
    return true;
  });
  if (!needed) return;
  const std::vector<ReplacedZip> replaced =
      synchronizer_.find_replaced(round.look->revision->deployment.config, held);
  state_.with([&](State& state) { state.zip_replaced = !replaced.empty(); });
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
  if (context_.incidents_changed) context_.incidents_changed(extension_.hosting_service_name);
  return outcome.incident;
}

/// An incident lasts for as long as the newest poll of some data centre that is up has its cause.
void ExtensionHost::resolve_incidents() {
  std::vector<model::IncidentCause> lasting;
  state_.with([&](const State& state) {
    for (const RegionDeployment& region : state.regions) {
      if (!region.down && region.last_error) lasting.push_back(region.last_error->cause);
    }
    if (state.zip_replaced) lasting.push_back(model::IncidentCause::replaced_zip);
  });
  const WallTime now = context_.scheduler.now();
  const auto resolved = context_.incidents.with([&](model::IncidentLog& log) {
    return log.resolve_others(extension_.hosting_service_name, lasting, now);
  });
  for (const model::Incident& incident : resolved) {
    EventText event = describe_incident(incident);
    context_.log->info("extension={} {}", extension_.hosting_service_name, event.text);
    context_.journal.append("incident.resolved", extension_.hosting_service_name, std::move(event.text),
                            std::move(event.data));
  }
  if (!resolved.empty() && context_.incidents_changed)
    context_.incidents_changed(extension_.hosting_service_name);
}

}  // namespace exthost::hosting
