#include "emulator/check/environment_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/hosting/limits.h"
#include "emulator/model/codes.h"
#include "emulator/model/environment.h"
#include "emulator/model/findings.h"

namespace exthost::check {
namespace {

namespace codes = model::codes;
using model::Problem;
using model::Severity;

constexpr std::string_view kFolder = "content/config/";
constexpr std::string_view kSuffix = ".json";

/// The host that a file of Content/Config is for, `default` for the common one; absent for other files.
std::optional<std::string> host_of(const std::string& path) {
  const std::string lower = base::to_lower(path);
  if (!lower.starts_with(kFolder) || !lower.ends_with(kSuffix)) return std::nullopt;
  if (lower.size() <= kFolder.size() + kSuffix.size()) return std::nullopt;
  std::string name = lower.substr(kFolder.size(), lower.size() - kFolder.size() - kSuffix.size());
  if (name.find('/') != std::string::npos) return std::nullopt;
  if (name != "default" && name.find('.') == std::string::npos) return std::nullopt;  // no portal's host
  return name;
}

/// Judges one version's settings files; collects what is fit to be merged.
class Judge {
 public:
  Judge(const VersionFiles& files, model::Cloud cloud, const model::EnvironmentRules& rules)
      : files_(files), cloud_(cloud), rules_(rules) {}

  std::vector<Finding> run() {
    for (const VersionFiles::File& file : files_.files) {
      if (const auto host = host_of(file.path)) {
        hosts_.insert({*host, file.path});
        read(*host, file);
      }
    }
    if (hosts_.count("default") == 0) report_no_default();
    report_replaced_objects();
    report_portals_without();
    return std::move(findings_);
  }

 private:
  void add(Problem problem) { findings_.push_back(files_.place(std::move(problem))); }
  void error(std::string_view code, const std::string& path, std::string message, std::string hint) {
    add({Severity::error, std::string(code), std::move(message), std::move(hint), {path, 0, 0}, {}});
  }

  void read(const std::string& host, const VersionFiles::File& file) {
    const std::uint64_t limit = hosting::HostingLimits{}.environment_bytes;
    if (file.size_bytes > limit) {
      return error(codes::kEnvironmentNotJson, file.path,
                   "the file has " + base::human_bytes(file.size_bytes) + ", and " +
                       base::human_bytes(limit) + " is the most there may be",
                   "leave out what is no setting");
    }
    auto text = files_.read(file.path);
    if (!text) return;  // the zip's own check says so
    const auto parsed = base::parse_json(*text, base::JsonDialect::strict);
    for (Problem& problem :
         model::json_problems(*text, file.path, codes::kEnvironmentNotJson, parsed.problems)) {
      add(std::move(problem));
    }
    if (!parsed.ok()) return;
    if (parsed.value->kind != base::JsonKind::object) {
      model::Findings findings(*text, file.path);
      findings.error(codes::kEnvironmentNotJson, parsed.value->offset,
                     "settings are a JSON object, not " + std::string(model::describe(*parsed.value)),
                     "put them in { }");
      for (Problem& problem : std::move(findings).take()) add(std::move(problem));
      return;
    }
    good_[host] = *std::move(text);
  }

  void report_no_default() {
    std::string hint =
        "add the file; an empty object {} is enough. What is in the project but not in the zip often lacks "
        "the build action Content";
    const std::string wanted = "/" + base::to_lower(model::kDefaultEnvironmentPath);
    for (const VersionFiles::File& file : files_.files) {
      if (!base::to_lower(file.path).ends_with(wanted)) continue;
      const std::string folder = file.path.substr(0, file.path.size() - wanted.size());
      hint = "there is one in '" + folder + "': what that folder holds belongs at the top";
      break;
    }
    const std::string path(model::kDefaultEnvironmentPath);
    Problem problem;
    problem.severity = rules_.default_may_be_missing ? Severity::warning : Severity::error;
    problem.code = codes::kDefaultEnvironmentMissing;
    problem.message = "there is no " + path + ", which the hosting service requires of every version";
    problem.hint = std::move(hint);
    problem.where.file = path;
    add(std::move(problem));
  }

  /// q9, as the merge itself sees it, for each file that is there.
  void report_replaced_objects() {
    const auto base_text = good_.find("default");
    if (base_text == good_.end()) return;
    for (const auto& [host, text] : good_) {
      if (host == "default") continue;
      const std::string own = base::to_lower(model::environment_file_path(host));
      const auto read = [&](std::string_view path) -> base::Result<std::optional<std::string>> {
        const std::string lower = base::to_lower(path);
        if (lower == own) return std::optional(text);
        if (base::equals_ignoring_case(lower, model::kDefaultEnvironmentPath)) {
          return std::optional(base_text->second);
        }
        return std::optional<std::string>();
      };
      const auto merged = model::load_environment(host, read, rules_);
      if (!merged) continue;  // a name that is no host
      for (const Problem& problem : merged->problems) {
        if (problem.code != codes::kEnvironmentObjectReplaced) continue;
        Problem placed = problem;
        placed.where.file = hosts_.at(host);
        add(std::move(placed));
      }
    }
  }

  bool answers(std::string_view portal_host) const {
    const auto candidates = model::environment_candidates(portal_host);
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](const std::string& host) { return hosts_.count(host) != 0; });
  }

  /// domain.md f, rule 4: no file, HTTP 400.
  void report_portals_without() {
    const std::string host(model::default_portal_environment(cloud_).portal_host);
    if (answers(host)) return;
    std::vector<std::string> answered;
    std::vector<std::string> refused;
    for (const model::PortalEnvironment& environment : model::all_portal_environments()) {
      if (environment.cloud != cloud_) continue;
      if (answers(environment.portal_host)) {
        answered.emplace_back(environment.portal_host);
      } else if (environment.portal_host.ends_with(host)) {
        refused.emplace_back(environment.portal_host);
      }
    }
    Problem problem;
    problem.severity = answered.empty() ? Severity::error : Severity::warning;
    problem.code = codes::kNoEnvironmentFile;
    problem.message = "the version has no configuration for " + model::list_of(refused) +
                      ": the hosting service answers 400 there";
    if (!answered.empty()) problem.message += "; it has one for " + model::list_of(answered);
    problem.hint = "add " + model::environment_file_path(host) +
                   "; an empty object {} is enough. Another cloud is checked with --cloud";
    problem.where.file = model::environment_file_path(host);
    add(std::move(problem));
  }

  const VersionFiles& files_;
  model::Cloud cloud_;
  model::EnvironmentRules rules_;
  std::vector<Finding> findings_;
  std::map<std::string, std::string> hosts_;  // to the path as it is written
  std::map<std::string, std::string> good_;   // host to the text of a JSON object
};

}  // namespace

std::vector<Finding> check_environments(const VersionFiles& files, model::Cloud cloud,
                                        const model::EnvironmentRules& rules) {
  return Judge(files, cloud, rules).run();
}

}  // namespace exthost::check
