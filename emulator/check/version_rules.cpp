#include "emulator/check/version_rules.h"

#include <array>
#include <map>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/controller_calls.h"
#include "emulator/check/environment_rules.h"
#include "emulator/check/web_config.h"
#include "emulator/hosting/limits.h"
#include "emulator/hosting/snapshot.h"
#include "emulator/model/codes.h"
#include "emulator/model/compatibility.h"
#include "emulator/model/findings.h"

namespace exthost::check {
namespace {

namespace codes = model::codes;
using model::Problem;
using model::Severity;

constexpr std::uint64_t kLargestScript = 8 << 20;  // a script beyond that is data
constexpr std::uint64_t kLargestWebConfig = 1 << 20;
constexpr std::size_t kMostCalls = 20;

bool ends_with_one_of(const std::string& lower_path, std::initializer_list<std::string_view> suffixes) {
  for (const std::string_view suffix : suffixes) {
    if (lower_path.ends_with(suffix)) return true;
  }
  return false;
}

/// The text of a small file at the root, absent if there is none that can be read.
std::optional<std::string> read_small(const VersionFiles& files, std::string_view name) {
  const VersionFiles::File* file = files.find(name);
  if (file == nullptr || file->size_bytes > kLargestWebConfig) return std::nullopt;
  auto text = files.read(file->path);
  if (!text) return std::nullopt;
  return *std::move(text);
}

/// domain.md d: the build that makes HostingSvc.zip. A transformation for the Release build that turns it off
/// is as good.
void check_development_mode(const VersionFiles& files, std::vector<Finding>& findings) {
  const auto text = read_small(files, "web.config");
  const auto mode = text ? find_development_mode(*text) : std::nullopt;
  if (!mode || !mode->on) return;
  if (const auto release = read_small(files, "web.release.config")) {
    const auto changed = find_development_mode(*release);
    if (changed && !changed->on) return;
  }
  model::Findings found(*text, files.find("web.config")->path);
  found.warning(codes::kHostingSvcZip, mode->offset,
                "IsDevelopmentMode is true: a build makes HostingSvc.zip instead of <version>.zip",
                "set it to false, here or in a web.Release.config, and build again");
  for (Problem& problem : std::move(found).take()) findings.push_back(files.place(std::move(problem)));
}

/// domain.md j and r: controllers of hosted extensions.
void check_controller_calls(const VersionFiles& files, std::vector<Finding>& findings) {
  std::size_t calls = 0;
  for (const VersionFiles::File& file : files.files) {
    const std::string lower = base::to_lower(file.path);
    const bool page = ends_with_one_of(lower, {".html", ".htm"});
    if (!page && !ends_with_one_of(lower, {".js", ".mjs", ".cjs"})) continue;
    if (file.size_bytes > kLargestScript) continue;
    const auto text = files.read(file.path);
    if (!text) continue;  // the zip's own check says so
    if (base::to_lower(*text).find("api/") == std::string::npos) continue;
    model::Findings found(*text, file.path);
    for (const ControllerCall& call :
         page ? relative_controller_calls_in_page(*text) : relative_controller_calls(*text)) {
      if (++calls > kMostCalls) continue;
      found.warning(codes::kRelativeController, call.offset,
                    "a request goes to the relative URL '" + call.url +
                        "', where the hosting service has no controller",
                    "call an absolute URL that Content/Config gives, such as controllerEndpoint");
    }
    for (Problem& problem : std::move(found).take()) findings.push_back(files.place(std::move(problem)));
  }
  if (calls <= kMostCalls) return;
  findings.push_back(files.place(
      {Severity::warning,
       std::string(codes::kRelativeController),
       "there are " + std::to_string(calls - kMostCalls) + " more requests to relative URLs of controllers",
       {},
       {},
       {}}));
}

void check_page_size(const VersionFiles& files, std::vector<Finding>& findings) {
  const std::uint64_t limit = hosting::HostingLimits{}.page_bytes;
  for (const std::string_view name : hosting::kIndexPages) {
    const VersionFiles::File* page = files.find(name);
    if (page == nullptr) continue;
    if (page->size_bytes <= limit) return;
    findings.push_back(files.place({Severity::error,
                                    std::string(codes::kZipTooLarge),
                                    "the page has " + base::human_bytes(page->size_bytes) + ", and " +
                                        base::human_bytes(limit) + " is the most there may be",
                                    "move what is large into scripts",
                                    {page->path, 0, 0},
                                    {}}));
    return;
  }
}

}  // namespace

std::vector<Finding> check_version(const VersionFiles& files, model::Cloud cloud,
                                   const model::EnvironmentRules& rules) {
  std::vector<Finding> findings = check_environments(files, cloud, rules);
  check_development_mode(files, findings);
  check_page_size(files, findings);
  check_controller_calls(files, findings);
  return findings;
}

std::vector<Finding> check_sdk_age(const VersionFiles& files, const SdkDays& days) {
  const auto metadata = read_small(files, model::kSdkMetadataPath);
  const auto build = metadata ? model::find_sdk_build(*metadata) : std::nullopt;
  if (!build) return {};
  auto standing = model::judge_compatibility(*build, days.deployed, days.asked);
  if (!standing.problem) return {};
  standing.problem->where.file = files.find(model::kSdkMetadataPath)->path;
  return {files.place(*std::move(standing.problem))};
}

}  // namespace exthost::check
