#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/cloud.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/problem.h"

namespace exthost::model {

/// Which regions each stage covers, in rollout order (domain.md c).
///
/// Invariant of a value made here: at least one stage, the last covers all remaining regions, no region
/// twice.
struct StageDefinition {
  struct Stage {
    std::string name;
    std::vector<std::string> regions;              ///< Normalised; empty for the last stage.
    SourcePosition where;                          ///< Of the region array; unknown for built-in definitions.
    std::vector<SourcePosition> region_positions;  ///< As `regions`; empty for built-in definitions.
  };
  std::vector<Stage> stages;
  std::string source;  ///< `stagedefinition.json`, or `built-in definition of the public cloud`.

  const Stage* find(std::string_view stage) const;
  /// The stage that lists the region, else the last one (c4). `region` is normalised.
  const Stage& stage_for(std::string_view region) const;
  bool covers_rest(const Stage& stage) const { return &stage == &stages.back(); }
};

/// The definition of a cloud for extensions without their own (domain.md c, second table).
const StageDefinition& default_stage_definition(Cloud cloud);

/// The rules of a stage definition (domain.md c1 to c3 and the recommendations below its tables), all of them
/// errors:
/// `$sequence` names each stage once; each has an array of regions; the last has exactly `["*"]`, no other
/// has `*`; no region stands twice. Warnings: regions that are not in the catalogue, stages outside
/// `$sequence` (which are ignored), stages without regions, unknown `$` names. At most 256 KiB of strict
/// JSON. Every problem is reported.
Checked<StageDefinition> read_stage_definition(std::string_view text,
                                               const std::string& file = kDefinitionBlob);

}  // namespace exthost::model
