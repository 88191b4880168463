#include "emulator/check/container_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/findings.h"
#include "emulator/model/stage_definition.h"
#include "emulator/model/version.h"

namespace exthost::check {
namespace {

namespace codes = model::codes;
using model::Problem;
using model::Severity;

constexpr std::string_view kCustomDefinition = "$customStageDefinition";
constexpr std::size_t kMostNamed = 10;

void add(std::vector<Finding>& findings, std::vector<Problem> problems) {
  for (Problem& problem : problems) findings.push_back({std::move(problem), {}});
}

Finding at_file(Severity severity, std::string_view code, const std::string& file, std::string message,
                std::string hint) {
  return {{severity, std::string(code), std::move(message), std::move(hint), {file, 0, 0}, {}}, {}};
}

/// The container's blob of that name in another letter case.
std::optional<std::string> blob_in_other_case(const ContainerDocuments& documents, std::string_view name) {
  if (!documents.blobs) return std::nullopt;
  for (const BlobName& blob : *documents.blobs) {
    if (blob.name != name && base::equals_ignoring_case(blob.name, name)) return blob.name;
  }
  return std::nullopt;
}

bool has_blob(const ContainerDocuments& documents, std::string_view name) {
  return documents.blobs && std::any_of(documents.blobs->begin(), documents.blobs->end(),
                                        [&](const BlobName& blob) { return blob.name == name; });
}

std::string some_of(const std::vector<std::string>& names) {
  if (names.size() <= kMostNamed) return model::list_of(names);
  std::vector<std::string> some(names.begin(), names.begin() + kMostNamed);
  return model::list_of(some) + ", and " + std::to_string(names.size() - kMostNamed) + " more";
}

/// The finding that a custom definition is asked for and not there, at the place that asks.
void report_no_definition(const ContainerDocuments& documents, std::vector<Finding>& findings) {
  const auto parsed = base::parse_json(*documents.config, base::JsonDialect::strict);
  const base::JsonValue* asked = parsed.value ? parsed.value->find(kCustomDefinition) : nullptr;
  const std::size_t offset = asked != nullptr ? asked->offset : 0;
  model::Findings found(*documents.config, documents.config_file);
  if (documents.alone) {
    found.note(codes::kDefinitionFetchFailed, offset,
               "there is no stagedefinition.json beside the file, so its stages were not checked",
               "check the folder that has both");
  } else {
    const std::string misspelt(model::kMisspeltDefinitionBlob);
    const auto other_case = blob_in_other_case(documents, model::kDefinitionBlob);
    std::string hint = "add stagedefinition.json beside config.json, or remove $customStageDefinition";
    if (has_blob(documents, misspelt)) hint = "rename " + misspelt + " to stagedefinition.json";
    if (other_case) hint = "rename " + *other_case + " to stagedefinition.json; names are case sensitive";
    found.error(codes::kDefinitionFetchFailed, offset,
                "config.json asks for a custom stage definition, but there is no stagedefinition.json",
                std::move(hint));
  }
  add(findings, std::move(found).take());
}

}  // namespace

std::vector<NamedVersion> named_versions(std::string_view config) {
  std::vector<NamedVersion> versions;
  const auto parsed = base::parse_json(config, base::JsonDialect::strict);
  if (!parsed.value || parsed.value->kind != base::JsonKind::object) return versions;
  const base::JsonValue* schema = parsed.value->find("$version");
  if (schema == nullptr || schema->text != "3") return versions;
  for (const base::JsonMember& member : parsed.value->members) {
    if (member.key.starts_with('$') || member.value.kind != base::JsonKind::string) continue;
    if (!model::check_version_name(member.value.text)) continue;
    const auto known = std::find_if(versions.begin(), versions.end(), [&](const NamedVersion& version) {
      return version.version == member.value.text;
    });
    if (known != versions.end()) {
      known->names.push_back(member.key);
    } else {
      versions.push_back({member.value.text, {member.key}, member.value.offset});
    }
  }
  return versions;
}

bool asks_for_definition(std::string_view config) {
  const auto parsed = base::parse_json(config, base::JsonDialect::strict);
  const base::JsonValue* asked = parsed.value ? parsed.value->find(kCustomDefinition) : nullptr;
  if (asked == nullptr) return false;
  return asked->boolean || (asked->kind == base::JsonKind::string && asked->text == "true");
}

std::vector<Finding> check_documents(const ContainerDocuments& documents, model::Cloud cloud,
                                     const model::ConfigRules& rules) {
  std::vector<Finding> findings;
  if (!documents.config) {
    const auto other_case = blob_in_other_case(documents, model::kConfigBlob);
    findings.push_back(at_file(
        Severity::error, codes::kConfigMissing, documents.config_file, "the container has no config.json",
        other_case ? "rename " + *other_case + " to config.json; its name is case sensitive"
        : !documents.blobs
            ? "check the URL, and that the container allows anonymous read access: one that does "
              "not looks as if it were empty"
            : "add config.json beside the version zips; its name is case sensitive"));
    return findings;
  }
  const bool custom = asks_for_definition(*documents.config);
  std::optional<model::StageDefinition> definition;
  std::vector<Problem> definition_problems;
  if (!custom) {
    definition = model::default_stage_definition(cloud);
  } else if (documents.definition) {
    auto read = model::read_stage_definition(*documents.definition, documents.definition_file);
    definition = std::move(read.value);
    if (definition) definition->source = model::kDefinitionBlob;  // shorter than its path, in messages
    definition_problems = std::move(read.problems);
  }
  // Without stages to hold it against, config.json is judged for itself.
  add(findings,
      definition
          ? model::read_deployment(*documents.config, *definition, rules, documents.config_file).problems
          : model::read_deployment_config(*documents.config, rules, documents.config_file).problems);
  if (custom && !documents.definition) report_no_definition(documents, findings);
  add(findings, std::move(definition_problems));
  if (!custom && documents.definition && !documents.alone) {
    findings.push_back(at_file(Severity::warning, codes::kDefinitionUnused, documents.definition_file,
                               "config.json does not ask for a stage definition, so this file is not used",
                               "add \"$customStageDefinition\": true to config.json, or remove the file"));
  }
  return findings;
}

std::vector<Finding> check_missing_versions(const ContainerDocuments& documents,
                                            const std::vector<NamedVersion>& missing) {
  model::Findings found(*documents.config, documents.config_file);
  for (const NamedVersion& version : missing) {
    const std::string zip = model::zip_of(version.version);
    std::string hint = "put " + zip + " into the container first, then config.json";
    if (const auto other_case = blob_in_other_case(documents, zip)) {
      hint = "the container has " + *other_case + "; names are case sensitive";
    } else if (has_blob(documents, model::kDevelopmentZipBlob)) {
      hint += "; the HostingSvc.zip in it is a build in development mode";
    } else if (documents.blobs) {
      for (const BlobName& blob : *documents.blobs) {
        if (blob.name.ends_with("/" + zip)) hint = "the container has " + blob.name + "; move it to the top";
      }
    }
    found.error(codes::kVersionMissing, version.offset,
                zip + ", which " + some_of(version.names) + (version.names.size() == 1 ? " needs" : " need") +
                    ", is not in the container",
                std::move(hint));
  }
  std::vector<Finding> findings;
  add(findings, std::move(found).take());
  return findings;
}

std::vector<Finding> check_blob_names(const ContainerDocuments& documents, const std::string& shown) {
  std::vector<Finding> findings;
  if (!documents.blobs) {
    findings.push_back(at_file(
        Severity::note, codes::kContainerNotListed, shown,
        "the container does not tell what it holds, so zips that nothing refers to were not looked for",
        "set its access level to Container"));
    return findings;
  }
  std::set<std::string> wanted;
  if (documents.config) {
    for (const NamedVersion& version : named_versions(*documents.config)) wanted.insert(version.version);
  }
  std::vector<std::string> unreferenced;
  std::map<std::string, std::string> by_lower_name;
  for (const BlobName& blob : *documents.blobs) {
    const auto [known, is_new] = by_lower_name.emplace(base::to_lower(blob.name), blob.name);
    if (!is_new) {
      findings.push_back(at_file(
          Severity::warning, codes::kBlobsDifferByCase, join_shown(shown, blob.name),
          model::quoted(known->second) + " and " + model::quoted(blob.name) + " differ only by letter case",
          "keep one of them"));
    }
    const auto version = model::version_of_zip(blob.name);
    if (blob.name == model::kDevelopmentZipBlob) {
      findings.push_back(at_file(Severity::warning, codes::kHostingSvcZip, join_shown(shown, blob.name),
                                 "HostingSvc.zip is what a build in development mode makes instead of "
                                 "<version>.zip",
                                 "set IsDevelopmentMode to false in web.config, build again, and remove it"));
    } else if (version && model::check_version_name(*version) && wanted.count(*version) == 0) {
      unreferenced.push_back(blob.name);
    }
  }
  // Nothing is known to be unreferenced by a config.json that cannot be read.
  if (!unreferenced.empty() && !wanted.empty()) {
    findings.push_back(at_file(Severity::note, codes::kUnreferencedZip, shown,
                               "config.json does not name " + some_of(unreferenced),
                               "fine for old versions; a new one is served once config.json names it"));
  }
  return findings;
}

}  // namespace exthost::check
