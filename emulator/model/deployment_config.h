#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/model/container_layout.h"
#include "emulator/model/problem.h"
#include "emulator/model/stage_definition.h"

namespace exthost::model {

/// A `config.json` of schema 3, read but not yet held against a stage definition (domain.md b).
struct DeploymentConfig {
  struct Entry {
    std::string name;  ///< A stage or a friendly name: which of them, the stage definition says (b8).
    std::string version;
    SourcePosition where;          ///< Of the value.
    std::size_t name_offset = 0;   ///< Of the property's name in the text, in bytes: for code frames.
    std::size_t value_offset = 0;  ///< Of the value.
  };
  std::string file;
  std::vector<Entry> entries;  ///< Every property that does not begin with `$`, in file order.
  bool custom_stage_definition = false;
  SourcePosition custom_stage_definition_where;
  std::size_t end_offset = 0;  ///< Of the closing brace, where what is missing would go.
  /// Every property with its value as text, in file order: what diagnostics show (domain.md g).
  std::vector<std::pair<std::string, std::string>> raw;

  const Entry* find(std::string_view name) const;
  /// Each version named, once, in order of first mention.
  std::vector<std::string> versions() const;
};

enum class RequiredStages { all, last };  // q1

struct ConfigRules {
  RequiredStages required_stages = RequiredStages::all;
  bool lenient_json = false;  // q17: comments and trailing commas become warnings
  bool strict_names = false;  // q4, q5: what is a warning about a friendly name becomes an error
};

/// Reads config.json and reports every problem that needs no stage definition. The text is what was
/// downloaded.
///
/// Errors: anything but strict JSON of at most 256 KiB with one object (q17); `$version` other than `"3"`,
/// and schema 2 by name (b3, b4); a value that is not a string, or not a version's name.
/// `$customStageDefinition` is `true` or `false`; their string forms get a warning. Warnings: unknown `$`
/// names, a byte-order mark.
Checked<DeploymentConfig> read_deployment_config(std::string_view text, const ConfigRules& rules = {},
                                                 const std::string& file = kConfigBlob);

/// A config.json together with the stage definition it is read by. Immutable once made.
struct Deployment {
  DeploymentConfig config;
  StageDefinition stages;

  bool is_stage(std::string_view name) const { return stages.find(name) != nullptr; }
  std::vector<const DeploymentConfig::Entry*> friendly_names() const;
};

inline constexpr std::size_t kMaxFriendlyNames = 100;  // b10

/// Holds a config against a definition: required stages (q1), number and spelling of friendly names (b9, b10,
/// q4, q5). `text` is the config's text, for code frames.
Checked<Deployment> check_deployment(DeploymentConfig config, StageDefinition stages, std::string_view text,
                                     const ConfigRules& rules = {});

/// Both of the above in one: every problem of a config.json, also those of its stages when a value has the
/// wrong form.
Checked<Deployment> read_deployment(std::string_view text, const StageDefinition& stages,
                                    const ConfigRules& rules = {}, const std::string& file = kConfigBlob);

}  // namespace exthost::model
