#include "emulator/model/resolution.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/version.h"

namespace exthost::model {
namespace {

using Entry = DeploymentConfig::Entry;
using Stage = StageDefinition::Stage;

/// Applies the rules in order; each step either settles the version or leaves it to the next.
class Resolver {
 public:
  Resolver(const Deployment& deployment, const std::vector<std::string>& versions, StampCase letter_case,
           Resolution& resolution)
      : deployment_(deployment), versions_(versions), letter_case_(letter_case), resolution_(resolution) {}

  /// Without a stamp: the region's stage (c4).
  void by_region() {
    const std::string& region = resolution_.region;
    if (find_region(region) == nullptr) {
      reason(reasons::kRegionUnknown,
             region.empty() ? std::string("No region was given.")
                            : "The region " + quoted(region) + " is not in the catalogue of Azure regions.");
    }
    const Stage& stage = deployment_.stages.stage_for(region);
    const auto listed = std::find(stage.regions.begin(), stage.regions.end(), region);
    if (listed != stage.regions.end()) {
      const auto index = static_cast<std::size_t>(listed - stage.regions.begin());
      const bool has_position = index < stage.region_positions.size();
      reason(reasons::kStageMatch,
             stage.name + " lists the region " + region + " (" + deployment_.stages.source + ").",
             has_position ? stage.region_positions[index] : stage.where);
    } else {
      reason(reasons::kDefaultStage,
             "No stage lists the region" + (region.empty() ? std::string() : " " + quoted(region)) +
                 ", so the last stage, " + stage.name + ", answers (" + deployment_.stages.source + ").",
             stage.where);
    }
    serve_stage(stage);
  }

  void by_stamp() {
    if (by_exact_name() || by_build_number() || by_name_without_case() || by_build_number_without_case())
      return;
    if (resolution_.failure) return;
    resolution_.known_stamps = known_stamps();
    fail(base::ErrorKind::not_found, codes::kUnknownStamp, reasons::kStampUnknown,
         "The stamp " + quoted(resolution_.stamp) +
             " is neither a stage, nor a friendly name, nor a build number of a synced version.");
  }

 private:
  bool by_exact_name() {
    if (const Stage* stage = deployment_.stages.find(resolution_.stamp)) {
      resolution_.kind = StampKind::stage;
      reason(reasons::kStampStage, "The stamp asks for " + stage->name + ", which is a stage.", stage->where);
      serve_stage(*stage);
      return true;
    }
    if (const Entry* entry = deployment_.config.find(resolution_.stamp)) {
      serve_friendly_name(*entry, reasons::kFriendlyName, {});
      return true;
    }
    return false;
  }

  bool by_build_number() {
    return serve_one_version([this](const std::string& name) { return name == resolution_.stamp; });
  }

  bool by_name_without_case() {
    if (letter_case_ == StampCase::exact) return false;
    for (const Stage& stage : deployment_.stages.stages) {
      if (!same_without_case(stage.name)) continue;
      resolution_.kind = StampKind::stage;
      reason(reasons::kStampStageCase,
             "The stamp " + quoted(resolution_.stamp) + " is taken for the stage " + stage.name +
                 "; the real service may insist on the letter case.",
             stage.where);
      serve_stage(stage);
      return true;
    }
    std::vector<const Entry*> matches;
    for (const Entry* entry : deployment_.friendly_names()) {
      if (same_without_case(entry->name)) matches.push_back(entry);
    }
    if (matches.size() == 1) {
      serve_friendly_name(*matches[0], reasons::kFriendlyNameCase,
                          "; the stamp " + quoted(resolution_.stamp) + " differs from it by letter case");
      return true;
    }
    if (matches.size() > 1) {
      std::vector<std::string> names;
      for (const Entry* entry : matches) names.push_back(entry->name);
      ambiguous(names);
    }
    return false;
  }

  bool by_build_number_without_case() {
    if (letter_case_ == StampCase::exact || resolution_.failure) return false;
    return serve_one_version([this](const std::string& name) { return same_without_case(name); });
  }

  /// Serves the one version whose build number or plain name `matches`. Several are reported, none is false.
  template <class Matches>
  bool serve_one_version(const Matches& matches) {
    std::vector<std::string> found;
    for (const auto& version : versions_) {
      const bool fits = matches(version) || matches(to_build_stamp(version));
      if (fits && std::find(found.begin(), found.end(), version) == found.end()) found.push_back(version);
    }
    // A version's own name says more than another's with its dots rewritten.
    const auto plain = std::find(found.begin(), found.end(), resolution_.stamp);
    if (plain != found.end()) found = {*plain};
    if (found.empty() || resolution_.failure) return false;
    if (found.size() > 1) {
      ambiguous(found);
      return false;
    }
    const std::string& version = found[0];
    const bool by_name = base::equals_ignoring_case(version, resolution_.stamp);
    resolution_.kind = StampKind::build_number;
    resolution_.version = version;
    if (by_name) {
      reason(reasons::kVersionName, "The stamp is the name of the synced version " + version + ".",
             first_mention(version));
    } else {
      reason(reasons::kBuildNumber,
             "The stamp is the build number of the synced version " + version + ", with d for each dot.",
             first_mention(version));
    }
    return true;
  }

  /// Where the config first names the version; unknown if it does not.
  SourcePosition first_mention(const std::string& version) const {
    for (const Entry& entry : deployment_.config.entries) {
      if (entry.version == version) return entry.where;
    }
    return {};
  }

  void serve_friendly_name(const Entry& entry, std::string_view code, const std::string& remark) {
    resolution_.kind = StampKind::friendly_name;
    resolution_.version = entry.version;
    reason(code,
           deployment_.config.file + " gives the friendly name " + entry.name + " the version " +
               entry.version + remark + ".",
           entry.where);
  }

  void serve_stage(const Stage& stage) {
    resolution_.stage = stage.name;
    const Entry* entry = deployment_.config.find(stage.name);
    if (entry == nullptr) {
      const Stage& last = deployment_.stages.stages.back();
      entry = deployment_.config.find(last.name);
      EXTHOST_CHECK(entry != nullptr);  // check_deployment always requires the last stage
      reason(reasons::kStageUnset, deployment_.config.file + " does not set " + stage.name +
                                       ", so the version of " + last.name + " stands in.");
    }
    resolution_.version = entry->version;
    reason(reasons::kStageVersion,
           deployment_.config.file + " sets " + entry->name + " to " + entry->version + ".", entry->where);
  }

  void ambiguous(const std::vector<std::string>& candidates) {
    resolution_.known_stamps = known_stamps();
    fail(base::ErrorKind::conflict, codes::kAmbiguousStamp, reasons::kStampAmbiguous,
         "The stamp " + quoted(resolution_.stamp) + " could mean " + list_of(candidates) +
             "; the exact spelling decides.");
  }

  void fail(base::ErrorKind kind, std::string_view code, std::string_view reason_code, std::string text) {
    std::string message = text;
    message.pop_back();  // an Error's sentence has no full stop
    if (kind == base::ErrorKind::not_found) message += "; there are " + list_of(resolution_.known_stamps);
    resolution_.failure = base::Error{kind, std::move(message), std::string(code)};
    reason(reason_code, std::move(text));
  }

  std::vector<std::string> known_stamps() const {
    std::vector<std::string> stamps;
    for (const Stage& stage : deployment_.stages.stages) stamps.push_back(stage.name);
    for (const Entry* entry : deployment_.friendly_names()) stamps.push_back(entry->name);
    for (const auto& version : versions_) {
      std::string stamp = to_build_stamp(version);
      if (std::find(stamps.begin(), stamps.end(), stamp) == stamps.end()) stamps.push_back(std::move(stamp));
    }
    return stamps;
  }

  bool same_without_case(std::string_view name) const {
    return base::equals_ignoring_case(name, resolution_.stamp);
  }

  void reason(std::string_view code, std::string text, SourcePosition source = {}) {
    resolution_.reasons.push_back({std::string(code), std::move(text), std::move(source)});
  }

  const Deployment& deployment_;
  const std::vector<std::string>& versions_;
  StampCase letter_case_;
  Resolution& resolution_;
};

}  // namespace

std::string_view to_string(StampKind kind) {
  switch (kind) {
    case StampKind::none:
      return "none";
    case StampKind::stage:
      return "stage";
    case StampKind::friendly_name:
      return "friendlyName";
    case StampKind::build_number:
      return "buildNumber";
  }
  return "none";
}

Resolution resolve_version(const Deployment& deployment, const std::vector<std::string>& versions,
                           std::string_view region, std::string_view stamp, StampCase letter_case) {
  Resolution resolution;
  resolution.region = normalise_region(region);
  resolution.stamp = std::string(stamp);
  Resolver resolver(deployment, versions, letter_case, resolution);
  if (stamp.empty()) {
    resolver.by_region();
  } else {
    resolver.by_stamp();
  }
  return resolution;
}

}  // namespace exthost::model
