#include "emulator/model/counterfactuals.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/explanation.h"

namespace exthost::model {
namespace {

using Entry = DeploymentConfig::Entry;
using Kind = Change::Kind;

constexpr std::size_t kMostStamps = 6;
constexpr std::string_view kStampFlag = "feature.canmodifystamps";
constexpr std::string_view kSideloadFlag = "feature.canmodifyextensions";

/// The URL's text with a parameter in its query.
std::string with_parameter(std::string_view url, std::string_view name, std::string_view value) {
  return print_portal_url(with_parameter(parse_portal_url(url), name, value));
}

/// A place as to_string shows it, or what a sentence says in its stead.
std::string place_of(const SourcePosition& where) {
  return where.file.empty() ? std::string() : where.to_string();
}

/// The state with every deployment passed through `edit`, which changes a copy.
HostedState with_edited_configs(HostedState state, const std::function<void(Deployment&)>& edit) {
  state.in_region = [edit, original = std::move(state.in_region)](std::string_view region) {
    HostedState::InRegion there = original(region);
    if (!there.active) return there;
    auto copy = std::make_shared<Deployment>(*there.active->deployment);
    edit(*copy);
    there.active->deployment = std::move(copy);
    return there;
  };
  return state;
}

class Finder {
 public:
  Finder(const ExplainQuestion& question, const ExplainBasis& basis, const Explanation& now)
      : question_(question), basis_(basis), now_(now) {}

  std::vector<Counterfactual> find() {
    try_sync();
    try_flags();
    try_enabling();
    try_settings_file();
    try_config();
    try_stamps();
    try_regions();
    return std::move(found_);
  }

 private:
  // ---- what could be otherwise

  void try_sync() {
    if (!has(reasons::kRegionStillPulling)) return;
    const auto state = state_now();
    if (!state) return;
    const HostedState::InRegion there = state->in_region(now_.region);
    if (!there.pending) return;
    const std::string due = base::to_iso8601(there.pending_due);
    keep({Kind::sync, now_.region, due},
         "after " + due + ", when " + now_.region + " takes the newer config.json");
  }

  void try_flags() {
    const PortalUrl url = parse_portal_url(question_.url);
    if (has(reasons::kOverrideIgnoredNoFlag) && !url.can_modify_stamps) try_flag(kStampFlag);
    if (has(reasons::kSideloadRefused) && !url.can_modify_extensions) try_flag(kSideloadFlag);
  }

  void try_flag(std::string_view flag) {
    keep({Kind::url, "", with_parameter(question_.url, flag, "true")},
         "if the URL had " + std::string(flag) + "=true");
  }

  void try_enabling() {
    if (now_.enabled) return;
    if (const Reason* reason = last(reasons::kDisabledByRegistration)) {
      keep({Kind::registration, place_of(reason->source), "\"disabled\": false"},
           "if its registration did not disable it");
    }
    keep({Kind::url, "", with_parameter(url_now(), now_.name, "true")}, "with " + shown(now_.name, "true"));
  }

  void try_settings_file() {
    if (!has(reasons::kEnvConfigMissing)) return;
    const std::string file = environment_file_path(now_.hosted->host);
    keep({Kind::file, file, "{}"}, "if " + file + " existed in that version; an empty {} is enough");
  }

  /// Another version at the place in config.json that decided.
  void try_config() {
    const Reason* decisive = nullptr;
    for (const auto code : {reasons::kStageVersion, reasons::kFriendlyName, reasons::kFriendlyNameCase}) {
      if (const Reason* reason = last(code)) decisive = reason;
    }
    if (decisive == nullptr || !decisive->source.known()) return;
    const auto deployment = deployment_now();
    if (deployment == nullptr) return;
    for (const Entry& entry : deployment->config.entries) {
      if (!(entry.where == decisive->source)) continue;
      if (const auto version = another_version(*deployment, entry)) {
        keep({Kind::config, entry.where.to_string(), *version},
             "if " + entry.name + " in " + entry.where.to_string() + " said so");
      }
      return;
    }
  }

  /// A stamp in the URL, once for each version that is not served now.
  void try_stamps() {
    std::vector<KnownStamp> stamps = now_.hosted ? now_.hosted->stamps : std::vector<KnownStamp>();
    if (!now_.hosted) {
      if (const auto deployment = deployment_now()) stamps = stamps_of(*deployment);
    }
    std::vector<std::string> seen{now_.version()};
    for (const Counterfactual& counterfactual : found_) {
      if (counterfactual.change.kind == Kind::url) seen.push_back(counterfactual.version);
    }
    const bool has_flag = parse_portal_url(url_now()).can_modify_stamps;
    std::size_t kept = 0;
    for (const KnownStamp& stamp : stamps) {
      if (kept == kMostStamps) return;
      if (std::find(seen.begin(), seen.end(), stamp.version) != seen.end()) continue;
      const std::string url = with_parameter(
          has_flag ? url_now() : with_parameter(url_now(), kStampFlag, "true"), now_.name, stamp.name);
      const std::string flag = has_flag ? "" : std::string(kStampFlag) + "=true";
      if (keep({Kind::url, "", url}, "with " + flag + shown(now_.name, stamp.name), &stamp.version)) {
        seen.push_back(stamp.version);
        ++kept;
      }
    }
  }

  /// The first region in rollout order where the users get something else; one that has users if there is
  /// one.
  void try_regions() {
    const auto deployment = deployment_now();
    if (deployment == nullptr || !now_.stamp.empty() || !now_.hosted) return;
    std::vector<const Region*> with_users, without_users;
    for (const StageDefinition::Stage& stage : deployment->stages.stages) {
      for (const Region& region : all_regions()) {
        if (region.cloud != basis_.environment->cloud) continue;
        if (&deployment->stages.stage_for(region.name) != &stage) continue;
        (region.has_portal ? with_users : without_users).push_back(&region);
        if (region.has_portal) break;  // its other regions get the same
      }
    }
    with_users.insert(with_users.end(), without_users.begin(), without_users.end());
    for (const Region* region : with_users) {
      if (region->name == now_.region) continue;
      if (keep({Kind::region, "", std::string(region->name)},
               "in " + std::string(region->display_name) + " (" + std::string(region->name) + ")")) {
        return;
      }
    }
  }

  // ---- trying it

  /// The answer with the change made, or nothing if it could not be made.
  std::optional<Explanation> ask_with(const Change& change) const {
    ExplainQuestion question = question_;
    ExplainBasis basis = basis_;
    question.extension = now_.name;
    switch (change.kind) {
      case Kind::url:
        question.url = change.value;
        question.stamp.clear();
        question.region = now_.region;
        break;
      case Kind::region:
        question.region = change.value;
        break;
      case Kind::registration:
        for (Registration& registration : basis.registrations) {
          if (registration.name == now_.name) registration.disabled = false;
        }
        break;
      case Kind::config:
      case Kind::file:
      case Kind::sync:
        basis.hosted = [this, &change](std::string_view name) -> std::optional<HostedState> {
          auto state = basis_.hosted(name);
          return state ? std::optional(changed(std::move(*state), change)) : std::nullopt;
        };
        break;
    }
    std::vector<Explanation> answers = explain_plainly(question, basis);
    if (answers.size() != 1) return std::nullopt;
    return std::move(answers.front());
  }

  static HostedState changed(HostedState state, const Change& change) {
    if (change.kind == Kind::config) {
      return with_edited_configs(std::move(state), [change](Deployment& deployment) {
        for (Entry& entry : deployment.config.entries) {
          if (entry.where.to_string() == change.where) entry.version = change.value;
        }
      });
    }
    if (change.kind == Kind::file) {
      state.read_file = [change, original = std::move(state.read_file)](
                            std::string_view version,
                            std::string_view path) -> base::Result<std::optional<std::string>> {
        if (base::equals_ignoring_case(path, change.where)) return std::optional(change.value);
        return original(version, path);
      };
      return state;
    }
    state.in_region = [change, original = std::move(state.in_region)](std::string_view region) {
      HostedState::InRegion there = original(region);
      if (region == change.where && there.pending) there.active = std::exchange(there.pending, std::nullopt);
      return there;
    };
    return state;
  }

  /// Keeps the change if it makes a difference, and if it gives the version that was expected.
  bool keep(Change change, const std::string& condition, const std::string* expected = nullptr) {
    const auto then = ask_with(change);
    if (!then || (expected != nullptr && then->version() != *expected)) return false;
    if (change.kind == Kind::region && then->region != change.value) return false;
    const bool same = then->enabled == now_.enabled && then->version() == now_.version() &&
                      then->status == now_.status && then->hosted.has_value() == now_.hosted.has_value();
    if (same || (then->version().empty() && !then->enabled)) return false;
    found_.push_back({outcome(*then) + " " + condition, std::move(change), then->version(), then->status});
    return true;
  }

  std::string outcome(const Explanation& then) const {
    constexpr int kOk = 200;
    const std::string& version = then.version();
    if (!then.hosted) return "would be loaded from " + then.url.substr(0, then.url.find('?'));
    if (version.empty()) return "would be answered with " + std::to_string(then.status.value_or(0));
    if (then.status != kOk)
      return "would be " + version + ", answered with " + std::to_string(then.status.value_or(0)) + ",";
    if (version == now_.version() && then.status != now_.status)
      return "would be answered, with " + version + ",";
    if (version == now_.version() && then.enabled && !now_.enabled)
      return "would be loaded, with " + version + ",";
    return "would be " + version;
  }

  // ---- what is there now

  const Reason* last(std::string_view code) const {
    const auto found = std::find_if(now_.reasons.rbegin(), now_.reasons.rend(),
                                    [code](const Reason& reason) { return reason.code == code; });
    return found == now_.reasons.rend() ? nullptr : &*found;
  }
  bool has(std::string_view code) const { return last(code) != nullptr; }

  /// The URL that a change of the URL begins with.
  std::string url_now() const {
    if (!question_.url.empty()) return question_.url;
    const PortalEnvironment& environment =
        now_.environment != nullptr ? *now_.environment : *basis_.environment;
    return "https://" + std::string(environment.portal_host) + "/";
  }

  /// `&Microsoft_Azure_Demo=stage1 in the URL`
  static std::string shown(const std::string& name, const std::string& value) {
    return "&" + name + "=" + value + " in the URL";
  }

  std::optional<HostedState> state_now() const {
    if (now_.hosting_service_name.empty()) return std::nullopt;
    return basis_.hosted(now_.hosting_service_name);
  }

  std::shared_ptr<const Deployment> deployment_now() const {
    const auto state = state_now();
    if (!state) return nullptr;
    const auto active = state->in_region(now_.region).active;
    return active ? active->deployment : nullptr;
  }

  /// For a stage, what the stages before it have, the nearest first: what a promotion would bring. Else any.
  static std::optional<std::string> another_version(const Deployment& deployment, const Entry& entry) {
    std::vector<std::string> candidates;
    for (const StageDefinition::Stage& stage : deployment.stages.stages) {
      if (stage.name == entry.name) break;
      if (const Entry* before = deployment.config.find(stage.name))
        candidates.insert(candidates.begin(), before->version);
    }
    if (!deployment.is_stage(entry.name)) candidates.clear();
    for (std::string& version : deployment.config.versions()) candidates.push_back(std::move(version));
    const auto found = std::find_if(candidates.begin(), candidates.end(),
                                    [&](const std::string& version) { return version != entry.version; });
    return found == candidates.end() ? std::nullopt : std::optional(*found);
  }

  const ExplainQuestion& question_;
  const ExplainBasis& basis_;
  const Explanation& now_;
  std::vector<Counterfactual> found_;
};

}  // namespace

std::string_view to_string(Change::Kind kind) {
  switch (kind) {
    case Kind::url:
      return "url";
    case Kind::region:
      return "region";
    case Kind::config:
      return "config";
    case Kind::registration:
      return "registration";
    case Kind::file:
      return "file";
    case Kind::sync:
      return "sync";
  }
  return "url";
}

std::vector<Counterfactual> find_counterfactuals(const ExplainQuestion& question, const ExplainBasis& basis,
                                                 const Explanation& explanation) {
  return Finder(question, basis, explanation).find();
}

std::vector<Counterfactual> find_counterfactuals(const ExplainQuestion& question, const ExplainBasis& basis) {
  const std::vector<Explanation> explanations = explain_plainly(question, basis);
  return explanations.empty() ? std::vector<Counterfactual>()
                              : find_counterfactuals(question, basis, explanations.front());
}

}  // namespace exthost::model
