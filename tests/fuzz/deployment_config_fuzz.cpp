// config.json: what is accepted serves every region, and each of its names, with a version that it names.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/model/deployment_config.h"
#include "emulator/model/resolution.h"

namespace {

using namespace exthost::model;

void check_served(const Deployment& deployment) {
  const auto versions = deployment.config.versions();
  const auto is_named = [&versions](const std::string& version) {
    return std::find(versions.begin(), versions.end(), version) != versions.end();
  };
  for (const auto& region : all_regions()) {
    EXTHOST_CHECK(is_named(resolve_version(deployment, versions, region.name, "").version));
  }
  for (const auto& entry : deployment.config.entries) {
    EXTHOST_CHECK(resolve_version(deployment, versions, "westus", entry.name).version == entry.version);
  }
}

void check(std::string_view text, const ConfigRules& rules, Cloud cloud) {
  const StageDefinition& stages = default_stage_definition(cloud);
  const auto whole = read_deployment(text, stages, rules);
  EXTHOST_CHECK(whole.value.has_value() == !has_errors(whole.problems));

  // In two steps the answer is the same.
  const auto config = read_deployment_config(text, rules);
  const bool accepted = config.value && check_deployment(*config.value, stages, text, rules).value;
  EXTHOST_CHECK(accepted == whole.value.has_value());
  if (whole.value) check_served(*whole.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text, {}, Cloud::public_cloud);
  check(text, {RequiredStages::last, true, true}, Cloud::fairfax);
  return 0;
}
