#include "emulator/hosting/sync_plan.h"

#include <algorithm>
#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/environment.h"

namespace exthost::hosting {
namespace {

namespace codes = model::codes;
using base::Error;
using base::ErrorKind;
using base::Result;
using model::IncidentCause;
using model::Problem;
using model::Severity;

/// Where a place that is known by line and column begins in `text`; its end if the text is shorter.
std::size_t offset_of(std::string_view text, const base::SourcePosition& where) {
  std::size_t offset = 0;
  for (std::size_t line = 1; line < where.line; ++line) {
    const std::size_t end = text.find('\n', offset);
    if (end == std::string_view::npos) return text.size();
    offset = end + 1;
  }
  for (std::size_t column = 1; column < where.column && offset < text.size(); ++column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xc0u) == 0x80u) ++offset;
  }
  return offset;
}

/// An error at a place in config.json.
Problem problem_at(std::string_view config_text, const base::SourcePosition& where, std::string_view code,
                   std::string message, std::string_view note, std::string hint) {
  Problem problem{Severity::error, std::string(code), std::move(message), std::move(hint), where, {}};
  if (where.known()) problem.frame = base::code_frame(config_text, offset_of(config_text, where), note);
  return problem;
}

/// The first entry that names the version: stages stand before friendly names in most files, and that is what
/// to show.
const model::DeploymentConfig::Entry* entry_naming(const model::DeploymentConfig& config,
                                                   std::string_view version) {
  const auto entry = std::find_if(config.entries.begin(), config.entries.end(),
                                  [&](const auto& candidate) { return candidate.version == version; });
  return entry == config.entries.end() ? nullptr : &*entry;
}

std::string code_or(const Error& error, std::string_view fallback) {
  return error.code.empty() ? std::string(fallback) : error.code;
}

std::vector<Problem> without_errors(std::vector<Problem> problems) {
  std::erase_if(problems, [](const Problem& problem) { return problem.severity == Severity::error; });
  return problems;
}

}  // namespace

SyncFailure failure_of(const std::vector<Problem>& problems, IncidentCause cause) {
  const auto first = std::find_if(problems.begin(), problems.end(),
                                  [](const Problem& problem) { return problem.severity == Severity::error; });
  const bool too_many = first != problems.end() && first->code == codes::kTooManyFriendlyNames;
  const Error error = model::to_error(problems);
  return SyncFailure{too_many ? IncidentCause::too_many_friendly_names : cause, error.code, error.message,
                     problems, false};
}

SyncFailure download_failure(const Error& error, std::string_view blob, std::string_view url) {
  // What is too large was reached: then the document is wrong, not the storage.
  const bool too_large = error.code == codes::kSourceTooLarge;
  return SyncFailure{
      too_large ? IncidentCause::invalid_config : IncidentCause::storage_unavailable,
      code_or(error, codes::kStorageUnavailable),
      "can't download " + std::string(blob) + " from " + std::string(url) + ": " + error.message,
      {},
      !too_large};
}

SyncFailure config_missing(std::string_view url) {
  Problem problem{Severity::error,
                  std::string(codes::kConfigMissing),
                  "the container " + std::string(url) + " has no config.json",
                  "upload config.json beside the version zips; its name is case sensitive",
                  {},
                  {}};
  std::string message = problem.message;
  return SyncFailure{
      IncidentCause::invalid_config, problem.code, std::move(message), {std::move(problem)}, false};
}

SyncFailure config_awaited(std::string_view url, std::string_view awaited) {
  SyncFailure failure = config_missing(url);
  failure.message.append(" yet: ").append(awaited);
  failure.awaited = true;
  return failure;
}

SyncStep<model::DeploymentConfig> plan_config(std::string_view text, const model::ConfigRules& rules) {
  auto checked = model::read_deployment_config(text, rules);
  if (!checked.value || model::has_errors(checked.problems)) {
    return {std::nullopt, failure_of(checked.problems, IncidentCause::invalid_config), {}};
  }
  return {std::move(checked.value), std::nullopt, std::move(checked.problems)};
}

SyncStep<model::Deployment> plan_deployment(model::DeploymentConfig config, std::string_view config_text,
                                            const std::optional<std::string>& definition_text,
                                            model::Cloud cloud, const model::ConfigRules& rules) {
  std::vector<Problem> warnings;
  model::StageDefinition definition = model::default_stage_definition(cloud);
  if (definition_text) {
    auto read = model::read_stage_definition(*definition_text);
    if (!read.value || model::has_errors(read.problems)) {
      return {std::nullopt, failure_of(read.problems, IncidentCause::invalid_stage_definition), {}};
    }
    definition = std::move(*read.value);
    warnings = std::move(read.problems);
  }
  auto checked = model::check_deployment(std::move(config), std::move(definition), config_text, rules);
  if (!checked.value || model::has_errors(checked.problems)) {
    return {std::nullopt, failure_of(checked.problems, IncidentCause::invalid_config), {}};
  }
  for (Problem& problem : without_errors(std::move(checked.problems))) warnings.push_back(std::move(problem));
  return {std::move(checked.value), std::nullopt, std::move(warnings)};
}

SyncFailure definition_fetch_failure(const model::DeploymentConfig& config, std::string_view config_text,
                                     std::string_view url, const Error* error, bool misspelt_exists) {
  std::string message = "config.json asks for a custom stage definition, but ";
  message += error != nullptr
                 ? "stagedefinition.json can't be downloaded from " + std::string(url) + ": " + error->message
                 : "the container " + std::string(url) + " has no stagedefinition.json";
  std::string hint = "upload stagedefinition.json beside config.json, or remove $customStageDefinition";
  if (misspelt_exists) {
    hint = "the container has " + std::string(model::kMisspeltDefinitionBlob) +
           ": rename it to stagedefinition.json";
  }
  Problem problem = problem_at(config_text, config.custom_stage_definition_where,
                               codes::kDefinitionFetchFailed, message, "asked for here", std::move(hint));
  return SyncFailure{IncidentCause::stage_definition_fetch_failed,
                     problem.code,
                     std::move(message),
                     {std::move(problem)},
                     error != nullptr && error->code != codes::kSourceTooLarge};
}

std::vector<std::string> versions_to_fetch(const model::DeploymentConfig& config, const HeldVersions& held) {
  std::vector<std::string> wanted = config.versions();
  std::erase_if(wanted, [&](const std::string& version) {
    return std::any_of(held.begin(), held.end(),
                       [&](const auto& candidate) { return candidate->name == version; });
  });
  return wanted;
}

SyncFailure missing_versions(const model::DeploymentConfig& config, std::string_view config_text,
                             const std::vector<std::string>& missing, std::string_view url,
                             bool development_zip_exists) {
  SyncFailure failure{IncidentCause::missing_version, std::string(codes::kVersionMissing), {}, {}, false};
  for (const std::string& version : missing) {
    const auto* entry = entry_naming(config, version);
    if (entry == nullptr) continue;
    failure.evidence.push_back(problem_at(
        config_text, entry->where, codes::kVersionMissing,
        version + ".zip, which " + entry->name + " refers to, does not exist in " + std::string(url),
        "no " + version + ".zip", "upload " + version + ".zip first, then config.json"));
  }
  if (development_zip_exists) {
    failure.evidence.push_back(Problem{Severity::note,
                                       std::string(codes::kHostingSvcZip),
                                       "the container has HostingSvc.zip, which a build with "
                                       "IsDevelopmentMode=true makes instead of <version>.zip",
                                       "set IsDevelopmentMode to false in web.config and build again",
                                       {},
                                       {}});
  }
  failure.message = model::to_error(failure.evidence).message;
  return failure;
}

SyncFailure invalid_version(const model::DeploymentConfig& config, std::string_view config_text,
                            const std::string& version, const Error& error) {
  const auto* entry = entry_naming(config, version);
  const base::SourcePosition where = entry != nullptr ? entry->where : base::SourcePosition{};
  SyncFailure failure{IncidentCause::validation_failed,
                      code_or(error, codes::kZipCorrupt),
                      "validation of " + version + ".zip failed: " + error.message,
                      {},
                      false};
  failure.evidence.push_back(problem_at(config_text, where, failure.code, failure.message, "this version",
                                        "publish a corrected package under a new version"));
  return failure;
}

namespace {

Result<void> check_default_environment(const HeldVersion& version, const HostingLimits& limits,
                                       const model::EnvironmentRules& rules) {
  const std::string path(model::kDefaultEnvironmentPath);
  const package::Entry* settings = version.find(path);
  if (settings == nullptr && rules.default_may_be_missing) return {};
  if (settings == nullptr) {
    return Error{ErrorKind::invalid_input, "it has no " + path + ", which every version must have",
                 std::string(codes::kDefaultEnvironmentMissing)};
  }
  if (settings->size > limits.environment_bytes) {
    return Error{ErrorKind::invalid_input,
                 path + " is " + base::human_bytes(settings->size) + " long, and " +
                     base::human_bytes(limits.environment_bytes) + " is the most there may be",
                 std::string(codes::kEnvironmentNotJson)};
  }
  auto text = version.package->read(*settings);
  if (!text) return std::move(text).error();
  const base::JsonParse parsed = base::parse_json(*text, base::JsonDialect::strict);
  if (!parsed.ok()) {
    return model::to_error(model::json_problems(*text, path, codes::kEnvironmentNotJson, parsed.problems));
  }
  if (parsed.value->kind != base::JsonKind::object) {
    return Error{ErrorKind::invalid_input, path + " is not a JSON object",
                 std::string(codes::kEnvironmentNotJson)};
  }
  return {};
}

}  // namespace

Result<void> check_version_contents(const HeldVersion& version, const HostingLimits& limits,
                                    const model::EnvironmentRules& rules) {
  if (auto good = check_default_environment(version, limits, rules); !good) return good;
  const package::Entry* page = find_index_page(version);
  if (page != nullptr && page->size > limits.page_bytes) {
    return Error{ErrorKind::invalid_input,
                 "its page " + std::string(page->name) + " is " + base::human_bytes(page->size) +
                     " long, and " + base::human_bytes(limits.page_bytes) + " is the most there may be",
                 std::string(codes::kZipTooLarge)};
  }
  return {};
}

Result<std::shared_ptr<const HeldVersion>> check_version_zip(const std::string& version,
                                                             std::shared_ptr<const void> owner,
                                                             std::string_view bytes,
                                                             const HostingLimits& limits,
                                                             const model::EnvironmentRules& rules) {
  auto opened = package::Package::open(std::move(owner), bytes, limits.package);
  if (!opened) return std::move(opened).error();
  if (auto good = (*opened)->verify(); !good) return std::move(good).error();
  auto held = make_held_version(version, *std::move(opened), {}, {});
  if (auto good = check_version_contents(*held, limits, rules); !good) return std::move(good).error();
  return held;
}

HeldVersions versions_to_keep(const HeldVersions& held, const std::vector<std::string>& referenced,
                              std::size_t retained) {
  HeldVersions kept;
  std::size_t spare = retained;
  for (const auto& version : held) {
    const bool used = std::find(referenced.begin(), referenced.end(), version->name) != referenced.end();
    if (!used && spare == 0) continue;
    if (!used) --spare;
    kept.push_back(version);
  }
  return kept;
}

}  // namespace exthost::hosting
