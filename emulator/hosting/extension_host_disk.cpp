// What an ExtensionHost writes down, and how it comes back from that.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/hosting/extension_host.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

/// How long a change waits before it is written down, so that a burst of saves costs one write.
constexpr base::Duration kSaveDelay{200};

}  // namespace

/// In `ci` at once, so that nothing happens behind a clock that stands still.
void ExtensionHost::save_soon() {
  if (context_.options.fidelity == Fidelity::ci) {
    saves_.request();
    return;
  }
  state_.with([&](State& state) {
    if (state.stopped || state.save_task) return;
    state.save_task = context_.scheduler.run_after(kSaveDelay, weakly(&ExtensionHost::save_due));
  });
}

void ExtensionHost::save_due() {
  state_.with([](State& state) { state.save_task.reset(); });
  saves_.request();
}

void ExtensionHost::save() {
  HeldVersions held;
  const bool needed = state_.with([&](State& state) {
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
    for (const auto& version : state.held) {
      if (version->stored()) deployment.versions.push_back({version->name, version->sha256, version->etag});
    }
    discarded = std::exchange(state.discarded, {});
    std::erase_if(discarded, [&](const std::string& sha256) {
      return std::any_of(state.held.begin(), state.held.end(),
                         [&](const auto& version) { return version->sha256 == sha256; });
    });
    if (state.latest == nullptr) return false;
    deployment.config_text = state.latest->config_text;
    deployment.definition_text = state.latest->definition_text;
    deployment.synced_at = state.latest->synced_at;
    return true;
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
  const model::ConfigRules& rules = context_.options.rules;
  auto config = plan_config(stored.config_text, rules);
  SyncStep<model::Deployment> deployment;
  deployment.failure = std::move(config.failure);
  if (config.value) {
    const auto definition =
        stored.definition_text.empty() ? std::nullopt : std::optional(stored.definition_text);
    deployment = plan_deployment(std::move(*config.value), stored.config_text, definition,
                                 context_.options.cloud, rules);
  }
  const bool complete =
      deployment.value.has_value() && versions_to_fetch(deployment.value->config, held).empty();
  const auto keep_alive = published_.get();
  state_.with([&](State& state) {
    state.held = std::move(held);
    if (complete) {
      state.latest = std::make_shared<const Revision>(
          Revision{++state.revisions, std::move(*deployment.value), stored.config_text,
                   stored.definition_text, stored.synced_at});
      for (RegionDeployment& region : state.regions) region = RegionDeployment{state.latest, {}};
    }
    publish(state);
  });
  const std::string code(model::codes::kRetainedUnreadable);
  if (deployment.failure)
    return Error{ErrorKind::corrupt, "its config is not accepted: " + deployment.failure->message, code};
  if (!lost.empty()) return Error{ErrorKind::corrupt, "these packages can't be opened: " + lost, code};
  return {};
}

}  // namespace exthost::hosting
