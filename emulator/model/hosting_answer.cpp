#include "emulator/model/hosting_answer.h"

#include <utility>

#include "emulator/model/codes.h"

namespace exthost::model {
namespace {

using base::Error;
using base::ErrorKind;

/// An error's message as a sentence of its own.
std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text.empty() || text.back() == '.' ? text : text + ".";
}

/// `EHE1007: 1.0.0.6.zip is missing`: an error inside a sentence.
std::string because_of(const Error& error) {
  return (error.code.empty() ? "" : error.code + ": ") + error.message;
}

class Answerer {
 public:
  Answerer(const HostedState& state, const HostingQuestion& question, HostingAnswer& answer)
      : state_(state), question_(question), answer_(answer) {}

  void answer() {
    const HostedState::InRegion there = state_.in_region(question_.region);
    if (there.down) {
      fail(reasons::kRegionDown, codes::kRegionDown,
           "the data centre in " + question_.region + " is down, and it is the one that was asked for");
      return;
    }
    if (!there.active) {
      never_synced(there);
      return;
    }
    tell_config(there);
    const Deployment& deployment = *there.active->deployment;
    answer_.stamps = stamps_of(deployment);
    answer_.resolution = resolve_request(deployment, question_.region, question_.stamp, state_.stamp_case);
    answer_.reasons.insert(answer_.reasons.end(), answer_.resolution.reasons.begin(),
                           answer_.resolution.reasons.end());
    if (!answer_.resolution.found()) return;
    if (!state_.holds_version(answer_.resolution.version)) {
      not_held();
      return;
    }
    if (question_.host) find_settings(*question_.host);
  }

 private:
  void never_synced(const HostedState::InRegion& there) {
    std::string message =
        "the extension " + state_.hosting_service_name + " was never synced from " + state_.container;
    if (there.pending) {
      message += "; the region takes the config.json that was found at " +
                 base::to_iso8601(there.pending->synced_at) + " at its poll at " +
                 base::to_iso8601(there.pending_due);
    } else if (there.last_error) {
      message += ": " + because_of(*there.last_error);
    }
    fail(there.pending ? reasons::kRegionStillPulling : reasons::kNeverSynced, codes::kNeverSynced,
         std::move(message));
  }

  /// Which config.json decides, if it is not simply the newest there is.
  void tell_config(const HostedState::InRegion& there) {
    const std::string synced = base::to_iso8601(there.active->synced_at);
    answer_.config_source = "config.json of " + state_.container + ", synced at " + synced;
    if (there.pending) {
      reason(reasons::kRegionStillPulling, "The region takes the config.json that was found at " +
                                               base::to_iso8601(there.pending->synced_at) +
                                               " only at its poll at " + base::to_iso8601(there.pending_due) +
                                               "; until then the one of " + synced + " decides.");
    }
    if (there.last_error) {
      reason(reasons::kLastGoodConfig, "The last sync failed (" + because_of(*there.last_error) +
                                           "), so the last good config.json, of " + synced +
                                           ", goes on deciding.");
    }
  }

  void not_held() {
    const std::string version = std::exchange(answer_.resolution.version, {});
    fail(reasons::kVersionNotHeld, codes::kNeverSynced, "version " + version + " is not held any more");
  }

  void find_settings(const std::string& host) {
    const std::string& version = answer_.resolution.version;
    auto found = load_environment(
        host, [&](std::string_view path) { return state_.read_file(version, path); },
        state_.environment_rules);
    if (!found) {
      const bool unreadable = found.error().code == codes::kAuthorityMissing;
      const bool missing = found.error().code == codes::kNoEnvironmentFile;
      reason(unreadable ? reasons::kAuthorityUnreadable
             : missing  ? reasons::kEnvConfigMissing
                        : reasons::kEnvConfigInvalid,
             sentence(found.error().message));
      answer_.environment_failure = std::move(found).error();
      return;
    }
    const std::string effect =
        found->overridden.empty()
            ? "and replaces none of its settings"
            : "and replaces " + std::to_string(found->overridden.size()) + " of its settings";
    const std::string laid = found->file + " is laid over default.json " + effect;
    if (found->fallback) {
      reason(reasons::kEnvConfigFallback,
             "Version " + version + " has no file of its own for " + host + ", so " + laid + ".",
             SourcePosition{found->file, 0, 0});
    } else {
      reason(reasons::kEnvConfigChosen, "For " + host + ", " + laid + ".", SourcePosition{found->file, 0, 0});
    }
    answer_.environment = std::move(*found);
  }

  void fail(std::string_view reason_code, std::string_view code, std::string message) {
    reason(reason_code, sentence(message));
    answer_.resolution.failure = Error{ErrorKind::unavailable, std::move(message), std::string(code)};
  }

  void reason(std::string_view code, std::string text, SourcePosition source = {}) {
    answer_.reasons.push_back({std::string(code), std::move(text), std::move(source)});
  }

  const HostedState& state_;
  const HostingQuestion& question_;
  HostingAnswer& answer_;
};

}  // namespace

std::vector<KnownStamp> stamps_of(const Deployment& deployment) {
  std::vector<KnownStamp> stamps;
  for (const auto& stage : deployment.stages.stages) {
    if (const auto* entry = deployment.config.find(stage.name)) {
      stamps.push_back({stage.name, entry->version, StampKind::stage});
    }
  }
  for (const auto* entry : deployment.friendly_names()) {
    stamps.push_back({entry->name, entry->version, StampKind::friendly_name});
  }
  return stamps;
}

const base::Error* HostingAnswer::failure() const {
  if (resolution.failure) return &*resolution.failure;
  return environment_failure ? &*environment_failure : nullptr;
}

HostingAnswer answer_request(const HostedState& state, const HostingQuestion& question) {
  HostingAnswer answer;
  answer.resolution.region = question.region;
  answer.resolution.stamp = question.stamp;
  answer.host = question.host.value_or("");
  Answerer(state, question, answer).answer();
  if (const base::Error* failure = answer.failure()) answer.status = status_of_refusal(failure->code);
  return answer;
}

Resolution resolve_request(const Deployment& deployment, std::string_view region, std::string_view stamp,
                           StampCase letter_case) {
  return resolve_version(deployment, deployment.config.versions(), region, stamp, letter_case);
}

bool is_region_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return name.size() <= kLongest &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}

int status_of_refusal(std::string_view code) {
  if (code == codes::kNeverSynced || code == codes::kRegionDown) return 503;
  if (code == codes::kUnknownStamp || code == codes::kAmbiguousStamp || code == codes::kUnknownExtension)
    return 404;
  return 400;
}

}  // namespace exthost::model
