// stagedefinition.json: what is accepted keeps StageDefinition's invariant, so every region has exactly one
// stage.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "emulator/base/result.h"
#include "emulator/model/stage_definition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost::model;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto checked = read_stage_definition(text);
  EXTHOST_CHECK(checked.value.has_value() == !has_errors(checked.problems));
  if (!checked.value) return 0;

  const StageDefinition& definition = *checked.value;
  EXTHOST_CHECK(!definition.stages.empty());
  EXTHOST_CHECK(definition.stages.back().regions.empty());
  std::set<std::string> seen;
  for (const auto& stage : definition.stages) {
    EXTHOST_CHECK(definition.find(stage.name) == &stage);
    EXTHOST_CHECK(stage.regions.size() == stage.region_positions.size());
    for (const auto& region : stage.regions) {
      EXTHOST_CHECK(region == normalise_region(region));
      EXTHOST_CHECK(seen.insert(region).second);
      EXTHOST_CHECK(&definition.stage_for(region) == &stage);
    }
  }
  return 0;
}
