// What an ExtensionHost writes down, and how it comes back from that.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/hosting/extension_host.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {

using base::Error;
using base::ErrorKind;
using base::Result;

void ExtensionHost::save_soon() {
  context_.saver.ask(this, weakly(&ExtensionHost::save_now));
}

void ExtensionHost::save_now() {
  saves_.request();
}

/// Drops the versions that were made here and replaced by newer ones before they were written down: writing
/// each save of a busy minute would cost the disk more than anybody has of it. Their container has them. The
/// newest stays, since its config may be on its way.
HeldVersions ExtensionHost::let_go_unstored(State& state) {
  const std::vector<std::string> referenced = referenced_versions(state);
  const auto is_needed = [&](const std::shared_ptr<const HeldVersion>& version) {
    return version->stored() || version == state.held.front() ||
           std::find(referenced.begin(), referenced.end(), version->name) != referenced.end();
  };
  const auto end = std::stable_partition(state.held.begin(), state.held.end(), is_needed);
  HeldVersions dropped(std::make_move_iterator(end), std::make_move_iterator(state.held.end()));
  if (dropped.empty()) return dropped;
  state.held.erase(end, state.held.end());
  publish(state);
  return dropped;
}

/// What a restart needs. Of the revisions those that a data centre has or awaits, and the newest.
StoredDeployment ExtensionHost::describe_state(const State& state) const {
  StoredDeployment stored;
  std::map<std::uint64_t, const Revision*> revisions;
  const auto number_of = [&](const std::shared_ptr<const Revision>& revision) -> std::uint64_t {
    if (revision == nullptr) return 0;
    revisions[revision->number] = revision.get();
    return revision->number;
  };
  number_of(state.latest);
  for (std::size_t i = 0; i < state.regions.size(); ++i) {
    const RegionDeployment& region = state.regions[i];
    if (region.active == state.latest && region.pending.empty()) continue;
    StoredDeployment::Region& entry = stored.regions.emplace_back();
    entry.region = context_.centers[i].region;
    entry.active = number_of(region.active);
    for (const auto& pending : region.pending)
      entry.pending.push_back({number_of(pending.revision), pending.due});
  }
  for (const auto& [number, revision] : revisions) {
    stored.revisions.push_back(
        {number, revision->config_text, revision->definition_text, revision->synced_at});
  }
  for (const auto& version : state.held) {
    if (version->stored()) stored.versions.push_back({version->name, version->sha256, version->etag});
  }
  return stored;
}

void ExtensionHost::save() {
  HeldVersions held;
  HeldVersions replaced;  // freed outside the lock, and so is what is published now
  const auto before = published_.get();
  const bool needed = state_.with([&](State& state) {
    replaced = let_go_unstored(state);
    held = state.held;
    return std::exchange(state.unsaved, false);
  });
  if (!needed) return;
  for (const auto& version : held) {
    if (version->stored() && store_.is_durable(version->sha256)) continue;
    const std::string_view bytes = version->package->bytes();
    const std::string sha256 = version->stored() ? version->sha256 : base::sha256_hex(bytes);
    auto kept = store_.keep(sha256, bytes);
    if (!kept) return save_failed(kept.error());
    if (version->stored()) continue;
    // From now on it is served from its file, and the memory it was made in goes.
    const auto stored = make_held_version(version->name, std::move(*kept), sha256, version->etag);
    const auto keep_alive = published_.get();
    state_.with([&](State& state) {
      const auto place = std::find(state.held.begin(), state.held.end(), version);
      if (place == state.held.end()) {
        state.discarded.push_back(sha256);
        return;
      }
      *place = stored;
      publish(state);
    });
  }

  StoredDeployment deployment;
  std::vector<std::string> discarded;
  const bool saveable = state_.with([&](State& state) {
    discarded = std::exchange(state.discarded, {});
    std::erase_if(discarded, [&](const std::string& sha256) {
      return std::any_of(state.held.begin(), state.held.end(),
                         [&](const auto& version) { return version->sha256 == sha256; });
    });
    deployment = describe_state(state);
    return !deployment.revisions.empty();
  });
  if (saveable) {
    if (auto saved = store_.save(deployment); !saved) return save_failed(saved.error());
  }
  if (auto removed = store_.remove(discarded); !removed) save_failed(removed.error());
}

/// Serving goes on from memory; the next sync tries again.
void ExtensionHost::save_failed(const Error& error) {
  state_.with([](State& state) { state.unsaved = true; });
  context_.log->warn("extension={} what is served can't be kept for the next start: {}",
                     extension_.hosting_service_name, error.message);
}

void ExtensionHost::restore() {
  const auto stored = store_.load();
  Result<void> restored;
  if (!stored) {
    restored = stored.error();
  } else if (stored->has_value()) {
    restored = restore_from(**stored);
  }
  if (!restored) {
    const Error& error = restored.error();
    context_.log->warn("extension={} the last good deployment can't be restored: {} code={}",
                       extension_.hosting_service_name, error.message, error.code);
    context_.journal.append("restore.failed", extension_.hosting_service_name, error.message,
                            "{\"code\":" + base::json_quote(error.code) + "}");
  }
  std::vector<std::string> hashes;
  for (const auto& version : published_.get()->versions) hashes.push_back(version->sha256);
  if (auto tidied = store_.remove_all_but(hashes); !tidied) save_failed(tidied.error());
}

Result<void> ExtensionHost::restore_from(const StoredDeployment& stored) {
  HeldVersions held;
  std::string lost;
  for (const auto& version : stored.versions) {
    auto package = store_.open(version.sha256);
    if (package) {
      held.push_back(make_held_version(version.name, std::move(*package), version.sha256, version.etag));
    } else {
      lost += (lost.empty() ? "" : ", ") + version.name + " (" + package.error().message + ")";
    }
  }
  Revisions revisions;
  std::string refused;
  for (const auto& revision : stored.revisions) {
    auto made = restore_revision(revision);
    if (!made) {
      refused = made.error().message;
    } else if (versions_to_fetch((*made)->deployment.config, held).empty()) {
      revisions[revision.number] = *std::move(made);
    }
  }
  const auto keep_alive = published_.get();
  state_.with([&](State& state) {
    state.held = std::move(held);
    if (!stored.revisions.empty()) {
      state.revisions = stored.revisions.back().number;
      const auto latest = revisions.find(state.revisions);
      if (latest != revisions.end()) state.latest = latest->second;
    }
    for (RegionDeployment& region : state.regions) region = RegionDeployment{};
    for (RegionDeployment& region : state.regions) region.active = state.latest;
    for (const auto& entry : stored.regions) restore_region(state, entry, revisions);
    publish(state);
  });
  const std::string code(model::codes::kRetainedUnreadable);
  if (!refused.empty()) return Error{ErrorKind::corrupt, "its config is not accepted: " + refused, code};
  if (!lost.empty()) return Error{ErrorKind::corrupt, "these packages can't be opened: " + lost, code};
  return {};
}

Result<std::shared_ptr<const Revision>> ExtensionHost::restore_revision(
    const StoredDeployment::Revision& stored) const {
  const model::ConfigRules& rules = context_.options.rules;
  auto config = plan_config(stored.config_text, rules);
  if (config.failure) return Error{ErrorKind::corrupt, config.failure->message, config.failure->code};
  const auto definition =
      stored.definition_text.empty() ? std::nullopt : std::optional(stored.definition_text);
  auto deployment = plan_deployment(std::move(*config.value), stored.config_text, definition,
                                    context_.options.cloud, rules);
  if (deployment.failure)
    return Error{ErrorKind::corrupt, deployment.failure->message, deployment.failure->code};
  return std::make_shared<const Revision>(Revision{stored.number, std::move(*deployment.value),
                                                   stored.config_text, stored.definition_text,
                                                   stored.synced_at});
}

/// A data centre that was behind stays behind: it takes at its next poll what became due meanwhile.
void ExtensionHost::restore_region(State& state, const StoredDeployment::Region& stored,
                                   const Revisions& revisions) const {
  const auto center =
      std::find_if(context_.centers.begin(), context_.centers.end(),
                   [&](const DataCenter& candidate) { return candidate.region == stored.region; });
  if (center == context_.centers.end()) return;  // of another cloud
  RegionDeployment& region = state.regions[static_cast<std::size_t>(center - context_.centers.begin())];
  const auto find = [&](std::uint64_t number) -> std::shared_ptr<const Revision> {
    const auto found = revisions.find(number);
    return found == revisions.end() ? nullptr : found->second;
  };
  region.active = find(stored.active);
  for (const auto& pending : stored.pending) {
    if (auto revision = find(pending.revision)) region.pending.push_back({std::move(revision), pending.due});
  }
}

}  // namespace exthost::hosting
