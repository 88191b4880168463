#include "emulator/hosting/selection.h"

#include <algorithm>
#include <utility>

#include "emulator/model/cloud.h"
#include "emulator/model/hosting_answer.h"

namespace exthost::hosting {
const RegionDeployment* deployment_in(const ExtensionSnapshot& snapshot,
                                      const std::vector<DataCenter>& centers, std::string_view region) {
  const auto center = std::lower_bound(
      centers.begin(), centers.end(), region,
      [](const DataCenter& candidate, std::string_view name) { return candidate.region < name; });
  if (center != centers.end() && center->region == region) {
    return &snapshot.regions[static_cast<std::size_t>(center - centers.begin())];
  }
  const auto any =
      std::find_if(snapshot.regions.begin(), snapshot.regions.end(),
                   [](const RegionDeployment& deployment) { return deployment.active != nullptr; });
  return any == snapshot.regions.end() ? nullptr : &*any;
}

Selection select_version(const ExtensionSnapshot& snapshot, const std::vector<DataCenter>& centers,
                         std::string_view region, std::string_view stamp, model::StampCase letter_case) {
  Selection selection;
  if (const RegionDeployment* there = deployment_in(snapshot, centers, region))
    selection.revision = there->active;
  if (selection.revision == nullptr) return selection;
  selection.resolution = model::resolve_request(selection.revision->deployment, region, stamp, letter_case);
  if (selection.resolution.found())
    selection.version = find_version(snapshot.versions, selection.resolution.version);
  return selection;
}

StageVersion default_version(const Revision* revision, std::string_view region) {
  if (revision == nullptr) return {};
  model::Resolution resolution = model::resolve_version(revision->deployment, {}, region, {});
  return {std::move(resolution.stage), std::move(resolution.version)};
}

std::optional<std::string> region_of(const http::Request& request, const ServingRules& rules) {
  std::string_view name = request.target.parameter("region").value_or(std::string_view());
  if (name.empty()) name = request.headers.value("x-exthost-region");
  if (name.empty()) name = rules.default_region;
  std::string region = model::normalise_region(name);
  if (!model::is_region_name(region)) return std::nullopt;
  return region;
}

std::string portal_in_force(const http::Request& request, const ServingRules& rules) {
  if (!request.production_host.empty()) {
    const auto* environment = model::find_hosting_environment(request.production_host);
    if (environment != nullptr) return std::string(environment->portal_host);
  }
  return rules.portal_host;
}

}  // namespace exthost::hosting
