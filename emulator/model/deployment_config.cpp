#include "emulator/model/deployment_config.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/deployment_scan.h"
#include "emulator/model/version.h"

namespace exthost::model {
namespace {

using base::JsonFault;
using base::JsonKind;
using base::JsonMember;
using base::JsonValue;

constexpr base::JsonLimits kLimits{256 * 1024, 32};  // limits.md, JSON
constexpr std::string_view kVersionKey = "$version";
constexpr std::string_view kCustomKey = "$customStageDefinition";
constexpr std::string_view kLatestSchema = "3";

/// A value as diagnostics show it: strings bare, everything else as written.
std::string raw_text(const JsonValue& value, std::string_view text) {
  return value.kind == JsonKind::string ? value.text : std::string(text.substr(value.offset, value.length));
}

/// Schema 2 of 2016: `{"$version":"2","active":"name","versions":{…}}` (b4).
bool is_schema_2(const JsonValue& root) {
  const JsonValue* version = root.find(kVersionKey);
  if (version != nullptr) return version->text == "2";
  return root.find("active") != nullptr && root.find("versions") != nullptr;
}

void judge_schema(const JsonValue& root, Findings& findings) {
  const JsonValue* version = root.find(kVersionKey);
  if (is_schema_2(root)) {
    findings.error(
        codes::kConfigSchemaVersion, version != nullptr ? version->offset : root.offset,
        "this is schema 2, with active and versions, which schema 3 replaced in February 2017",
        "set \"$version\": \"3\", give each stage a property with its version, and move the friendly names "
        "from versions to the top level");
  } else if (version == nullptr) {
    const auto other_case = std::find_if(
        root.members.begin(), root.members.end(),
        [](const JsonMember& member) { return base::equals_ignoring_case(member.key, kVersionKey); });
    const bool misspelt = other_case != root.members.end();
    findings.error(codes::kConfigSchemaVersion, misspelt ? other_case->key_offset : root.offset,
                   "$version is missing",
                   misspelt ? "names are case sensitive: write $version" : "add \"$version\": \"3\"");
  } else if (version->kind == JsonKind::number && version->text == kLatestSchema) {
    findings.error(codes::kConfigSchemaVersion, version->offset,
                   "$version is a number; it must be the string \"3\"", "put the 3 in double quotes");
  } else if (version->kind != JsonKind::string || version->text != kLatestSchema) {
    findings.error(codes::kConfigSchemaVersion, version->offset,
                   "$version must be \"3\", the only schema that the hosting service accepts",
                   "write \"$version\": \"3\"");
  }
}

void read_custom_definition(const JsonMember& member, DeploymentConfig& config, Findings& findings) {
  const JsonValue& value = member.value;
  config.custom_stage_definition_where = findings.at(value.offset);
  if (value.kind == JsonKind::boolean) {
    config.custom_stage_definition = value.boolean;
  } else if (value.kind == JsonKind::string && (value.text == "true" || value.text == "false")) {
    config.custom_stage_definition = value.text == "true";
    findings.warning(codes::kConfigWrongShape, value.offset,
                     "$customStageDefinition is the string \"" + value.text + "\"; the documentation has " +
                         value.text + " without quotes",
                     "remove the quotes");
  } else {
    findings.error(codes::kConfigWrongShape, value.offset,
                   "$customStageDefinition must be true or false, not " + std::string(describe(value)));
  }
}

void read_dollar_key(const JsonMember& member, DeploymentConfig& config, Findings& findings) {
  if (member.key == kVersionKey) return;
  if (member.key == kCustomKey) return read_custom_definition(member, config, findings);
  findings.warning(codes::kUnknownDollarKey, member.key_offset,
                   quoted(member.key) + " is not known and ignored",
                   did_you_mean(member.key, {std::string(kVersionKey), std::string(kCustomKey)}));
}

void read_entry(const JsonMember& member, DeploymentConfig& config, Findings& findings) {
  const JsonValue& value = member.value;
  DeploymentConfig::Entry entry;
  entry.name = member.key;
  entry.where = findings.at(value.offset);
  entry.name_offset = member.key_offset;
  entry.value_offset = value.offset;
  if (value.kind != JsonKind::string) {
    findings.error(codes::kConfigWrongShape, value.offset,
                   quoted(member.key) + " must be a version as a string, not " + std::string(describe(value)),
                   "write the version in double quotes");
  } else if (const auto good = check_version_name(value.text); !good) {
    findings.error(
        codes::kVersionName, value.offset, quoted(member.key) + ": " + good.error().message,
        value.text.ends_with(".zip") ? "leave .zip out" : "a version is the zip's name without .zip");
  } else {
    entry.version = value.text;
    if (value.text.ends_with(".zip")) {
      findings.warning(codes::kVersionName, value.offset,
                       quoted(member.key) + " names " + value.text + ", for which the service looks for " +
                           value.text + ".zip",
                       "leave .zip out");
    }
  }
  config.entries.push_back(std::move(entry));
}

/// Under `lenient_json` comments and trailing commas are only warned about (q17).
void add_json_problems(std::string_view text, const ConfigRules& rules, const std::string& file,
                       const std::vector<base::JsonProblem>& faults, Findings& findings) {
  for (const auto& fault : faults) {
    auto problems = json_problems(text, file, codes::kConfigNotJson, {fault});
    const bool tolerable = fault.fault == JsonFault::trailing_comma || fault.fault == JsonFault::comment;
    if (rules.lenient_json && tolerable) problems.front().severity = Severity::warning;
    findings.add(std::move(problems));
  }
}

}  // namespace

const DeploymentConfig::Entry* DeploymentConfig::find(std::string_view name) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [name](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

std::vector<std::string> DeploymentConfig::versions() const {
  std::vector<std::string> versions;
  for (const auto& entry : entries) {
    if (std::find(versions.begin(), versions.end(), entry.version) == versions.end())
      versions.push_back(entry.version);
  }
  return versions;
}

std::optional<DeploymentConfig> scan_deployment_config(std::string_view text, const ConfigRules& rules,
                                                       const std::string& file, Findings& findings) {
  const auto parsed = base::parse_json(text, base::JsonDialect::strict, kLimits);
  add_json_problems(text, rules, file, parsed.problems, findings);
  if (!parsed.value) return std::nullopt;
  const JsonValue& root = *parsed.value;
  if (root.kind != JsonKind::object) {
    findings.error(codes::kConfigWrongShape, root.offset,
                   "config.json is a JSON object, not " + std::string(describe(root)));
    return std::nullopt;
  }
  judge_schema(root, findings);
  // The stages and names of schema 2 are elsewhere; to judge its properties by schema 3 would only confuse.
  if (is_schema_2(root)) return std::nullopt;

  DeploymentConfig config;
  config.file = file;
  config.end_offset = root.offset + root.length - 1;
  for (const auto& member : root.members) {
    config.raw.emplace_back(member.key, raw_text(member.value, text));
    if (member.key.starts_with('$')) {
      read_dollar_key(member, config, findings);
    } else {
      read_entry(member, config, findings);
    }
  }
  return config;
}

Checked<DeploymentConfig> read_deployment_config(std::string_view text, const ConfigRules& rules,
                                                 const std::string& file) {
  Findings findings(text, file);
  auto config = scan_deployment_config(text, rules, file, findings);
  Checked<DeploymentConfig> checked;
  if (!findings.has_errors()) checked.value = std::move(config);
  checked.problems = std::move(findings).take();
  return checked;
}

}  // namespace exthost::model
