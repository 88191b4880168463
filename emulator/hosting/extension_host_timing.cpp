// When the data centres of an ExtensionHost poll.

#include <algorithm>
#include <utility>

#include "emulator/hosting/extension_host.h"

namespace exthost::hosting {

using base::WallTime;

void ExtensionHost::start() {
  const bool settled = state_.with([](State& state) {
    state.started = !state.stopped;
    return state.settled;
  });
  if (settled) return schedule_polls();
  // The first poll is every data centre's, whatever its phase: a fresh start has something to serve at once.
  state_.with([&](State& state) {
    if (!state.started) return;
    for (Poller& poller : state.pollers) poller.next = context_.scheduler.now();
    state.poll_task = context_.scheduler.run_after(base::Duration::zero(), weakly(&ExtensionHost::poll_due));
  });
}

void ExtensionHost::poll_due() {
  state_.with([&](State& state) {
    state.poll_task.reset();
    const WallTime now = context_.scheduler.now();
    for (Poller& poller : state.pollers) {
      if (!poller.next || *poller.next > now) continue;
      poller.next.reset();
      poller.want = std::max(poller.want, Want::poll);
    }
  });
  rounds_.request();
}

bool ExtensionHost::knows_container(const State& state, std::size_t region) const {
  return state.pollers[region].seen == state.changes;
}

void ExtensionHost::schedule_polls() {
  state_.with([this](State& state) { schedule_polls(state); });
}

void ExtensionHost::schedule_polls(State& state) {
  if (!state.started) return;
  const WallTime now = context_.scheduler.now();
  std::optional<WallTime> due;
  for (std::size_t i = 0; i < state.pollers.size(); ++i) {
    auto& next = state.pollers[i].next;
    next = next_needed_poll(state.regions[i], context_.centers[i], context_.options.poll_interval, now,
                            knows_container(state, i));
    if (next) due = due ? std::min(*due, *next) : *next;
  }
  if (state.poll_task) context_.scheduler.cancel(*state.poll_task);
  state.poll_task.reset();
  if (due) state.poll_task = context_.scheduler.run_after(*due - now, weakly(&ExtensionHost::poll_due));
}

void ExtensionHost::nudge() {
  const auto keep_alive = published_.get();
  std::vector<Unmade> unmade;
  state_.with([&](State& state) {
    unmade = take_unmade(state, context_.scheduler.now());
    ++state.changes;
    if (state.stopped) return;
    if (context_.options.fidelity == Fidelity::dev) {
      nudge_now(state);
    } else if (extension_.changes_are_told) {
      schedule_polls(state);
    }
  });
  count(unmade);
}

void ExtensionHost::expect_config(std::string awaited) {
  const bool overdue = state_.with([&](State& state) {
    const bool is_over = awaited.empty() && !state.awaited.empty();
    state.awaited = std::move(awaited);
    return is_over && state.latest == nullptr;
  });
  if (overdue) nudge();
}

void ExtensionHost::poll_anew() {
  state_.with([&](State& state) {
    for (Poller& poller : state.pollers) poller.seen = 0;
    schedule_polls(state);
  });
}

void ExtensionHost::nudge_now(State& state) {
  if (state.nudge_task) return;
  state.nudge_task =
      context_.scheduler.run_after(base::Duration::zero(), weakly(&ExtensionHost::poll_nudged));
}

void ExtensionHost::poll_nudged() {
  state_.with([](State& state) {
    state.nudge_task.reset();
    for (Poller& poller : state.pollers) poller.want = std::max(poller.want, Want::poll);
  });
  rounds_.request();
}

void ExtensionHost::set_down(std::size_t region, bool down) {
  const auto keep_alive = published_.get();
  std::vector<Unmade> unmade;
  state_.with([&](State& state) {
    if (state.regions[region].down == down) return;
    unmade = take_unmade(state, context_.scheduler.now());
    state.regions[region].down = down;
    state.pollers[region].seen = 0;  // what happened meanwhile it has not seen
    publish(state);
    if (state.stopped) return;
    schedule_polls(state);
    if (!down && context_.options.fidelity == Fidelity::dev) nudge_now(state);
  });
  count(unmade);
  resolve_incidents();
}

std::vector<ExtensionHost::PollTimes> ExtensionHost::poll_times() const {
  const base::Duration interval = context_.options.poll_interval;
  return state_.with([&](const State& state) {
    const WallTime now = context_.scheduler.now();
    std::vector<PollTimes> times;
    for (std::size_t i = 0; i < state.regions.size(); ++i) {
      const RegionDeployment& region = state.regions[i];
      PollTimes& polls = times.emplace_back();
      polls.last = region.last_poll;
      if (!state.started || region.down) continue;
      const WallTime previous = previous_poll(context_.centers[i].phase, interval, now);
      if (polls.last && knows_container(state, i)) polls.last = std::max(*polls.last, previous);
      polls.next = previous + interval;
    }
    return times;
  });
}

void ExtensionHost::stop() {
  state_.with([&](State& state) {
    state.started = false;
    state.stopped = true;
    for (auto* task : {&state.poll_task, &state.nudge_task}) {
      if (*task) context_.scheduler.cancel(**task);
      task->reset();
    }
  });
  tasks_.close();
  rounds_.close();
  saves_.run();
  saves_.close();
}

}  // namespace exthost::hosting
