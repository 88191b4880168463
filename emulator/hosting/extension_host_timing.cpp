// When an ExtensionHost does what: polls, nudges, and revisions that reach a data centre after its lag.

#include <algorithm>
#include <utility>

#include "emulator/hosting/extension_host.h"
#include "emulator/hosting/hosting_events.h"
#include "emulator/hosting/selection.h"

namespace exthost::hosting {

using base::WallTime;

void ExtensionHost::start() {
  const bool settled = state_.with([](State& state) {
    state.started = !state.stopped;
    return state.settled;
  });
  if (settled) {
    schedule_poll();
    schedule_activation();
    return;
  }
  state_.with([&](State& state) {
    if (!state.started) return;
    state.times.next_poll = context_.scheduler.now();
    state.poll_task = context_.scheduler.run_after(base::Duration::zero(), weakly(&ExtensionHost::poll));
  });
}

void ExtensionHost::poll() {
  syncs_.request();
  schedule_poll();
}

void ExtensionHost::schedule_poll() {
  const HostingOptions& options = context_.options;
  state_.with([&](State& state) {
    if (!state.started) return;
    const WallTime now = context_.scheduler.now();
    WallTime due = now + options.poll_interval;
    if (options.fidelity != Fidelity::dev) {
      const base::Duration phase =
          poll_phase(extension_.hosting_service_name, options.poll_interval, options.seed);
      due = next_poll(phase, options.poll_interval, now + base::Duration(1));
    }
    state.times.next_poll = due;
    state.poll_task = context_.scheduler.run_after(due - now, weakly(&ExtensionHost::poll));
  });
}

void ExtensionHost::nudge() {
  if (context_.options.fidelity != Fidelity::dev) return;
  state_.with([&](State& state) {
    if (state.stopped || state.nudge_task) return;
    state.nudge_task =
        context_.scheduler.run_after(base::Duration::zero(), weakly(&ExtensionHost::sync_nudged));
  });
}

void ExtensionHost::sync_nudged() {
  state_.with([](State& state) { state.nudge_task.reset(); });
  syncs_.request();
}

void ExtensionHost::schedule_activation() {
  state_.with([&](State& state) {
    if (state.activation_task) context_.scheduler.cancel(*state.activation_task);
    state.activation_task.reset();
    std::optional<WallTime> due;
    for (const RegionDeployment& region : state.regions) {
      if (region.pending.empty()) continue;
      due = due ? std::min(*due, region.pending.front().due) : region.pending.front().due;
    }
    if (!due || !state.started) return;
    state.activation_task =
        context_.scheduler.run_after(*due - context_.scheduler.now(), weakly(&ExtensionHost::activate_due));
  });
}

void ExtensionHost::activate_due() {
  const WallTime now = context_.scheduler.now();
  const auto keep_alive = published_.get();
  std::vector<std::pair<std::string, std::shared_ptr<const Revision>>> moved;
  state_.with([&](State& state) {
    for (std::size_t i = 0; i < state.regions.size(); ++i) {
      RegionDeployment& region = state.regions[i];
      bool moves = false;
      while (!region.pending.empty() && region.pending.front().due <= now) {
        region.active = region.pending.front().revision;
        region.pending.erase(region.pending.begin());
        moves = true;
      }
      if (moves) moved.emplace_back(context_.centers[i].region, region.active);
    }
    let_go(state);
    publish(state);
  });
  for (const auto& [region, revision] : moved) {
    EventText event = describe_activation(extension_.hosting_service_name, region, *revision,
                                          default_version(revision.get(), region).version);
    context_.journal.append("region.activated", extension_.hosting_service_name, std::move(event.text),
                            std::move(event.data));
  }
  if (!moved.empty() && context_.activated) context_.activated(*published_.get());
  schedule_activation();
}

void ExtensionHost::stop() {
  state_.with([&](State& state) {
    state.started = false;
    state.stopped = true;
    state.times.next_poll.reset();
    for (auto* task : {&state.poll_task, &state.activation_task, &state.save_task, &state.nudge_task}) {
      if (*task) context_.scheduler.cancel(**task);
      task->reset();
    }
  });
  tasks_.close();
  syncs_.close();
  saves_.run();
  saves_.close();
}

}  // namespace exthost::hosting
