#include "emulator/hosting/selection.h"

#include <algorithm>
#include <utility>

#include "emulator/model/cloud.h"
#include "emulator/model/codes.h"
#include "emulator/model/hosting_answer.h"
#include "emulator/model/traffic_manager.h"

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

namespace {

/// The region that a request names, or empty.
std::string_view named_region(const http::Request& request) {
  const std::string_view name = request.target.parameter("region").value_or(std::string_view());
  return name.empty() ? request.headers.value("x-exthost-region") : name;
}

}  // namespace

std::optional<std::string> region_of(const http::Request& request, const ServingRules& rules) {
  const std::string_view name = named_region(request);
  if (name.empty()) return rules.default_region;
  std::string region = model::normalise_region(name);
  if (!model::is_region_name(region)) return std::nullopt;
  return region;
}

base::Result<std::string> answering_region(const http::Request& request, const ServingRules& rules,
                                           const ExtensionSnapshot& snapshot,
                                           const std::vector<DataCenter>& centers) {
  std::optional<std::string> region = region_of(request, rules);
  if (!region) {
    return base::Error{base::ErrorKind::invalid_input,
                       "the region must be a name of letters and digits, such as westus: query parameter "
                       "region, or header x-exthost-region",
                       std::string(model::codes::kBadTarget)};
  }
  const auto is_up = [&](std::string_view name) {
    const RegionDeployment* deployment = deployment_in(snapshot, centers, name);
    return deployment == nullptr || !deployment->down;
  };
  if (is_up(*region)) return *std::move(region);
  const std::string_view nearest = model::answering_region(*region, is_up);
  if (named_region(request).empty() && !nearest.empty()) return std::string(nearest);
  return base::Error{base::ErrorKind::unavailable,
                     "the data centre in " + *region + " is down" +
                         (nearest.empty() ? ", and so is every other"
                                          : "; the nearest that is up is " + std::string(nearest)),
                     std::string(model::codes::kRegionDown)};
}

std::string portal_in_force(const http::Request& request, const ServingRules& rules) {
  if (!request.production_host.empty()) {
    const auto* environment = model::find_hosting_environment(request.production_host);
    if (environment != nullptr) return std::string(environment->portal_host);
  }
  return rules.portal_host;
}

}  // namespace exthost::hosting
