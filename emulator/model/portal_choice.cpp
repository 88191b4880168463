#include "emulator/model/portal_choice.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/traffic_manager.h"

namespace exthost::model {
namespace {

using base::equals_ignoring_case;

std::string parameter(const PortalUrl& url, std::string_view name) {
  return std::string(url.parameter(name).value_or(std::string_view()));
}

void note(std::vector<Reason>& notes, std::string_view code, std::string text) {
  notes.push_back({std::string(code), std::move(text), {}});
}

/// The region with that name in the emulated cloud; else null, with a reason.
const Region* usable_region(std::string_view name, Cloud cloud, std::vector<Reason>& notes) {
  const Region* region = find_region(name);
  if (region != nullptr && region->cloud == cloud) return region;
  const std::string why = region == nullptr ? "is not in the catalogue" : "belongs to another cloud";
  note(notes, reasons::kRegionIgnored,
       "The region '" + std::string(name) + "' " + why + ", so it is ignored.");
  return nullptr;
}

}  // namespace

std::string production_host(std::string_view host) {
  if (host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "::1") return {};
  constexpr std::string_view kSuffix = ".localhost";
  if (host.size() > kSuffix.size() && host.ends_with(kSuffix)) host.remove_suffix(kSuffix.size());
  return std::string(host);
}

const PortalEnvironment* find_environment_of_host(std::string_view host) {
  const std::string production = production_host(host);
  return production.empty() ? nullptr : find_portal_environment(production);
}

const PortalEnvironment* find_environment(std::string_view wanted) {
  if (wanted.empty()) return nullptr;
  if (const PortalEnvironment* environment = find_portal_environment(wanted)) return environment;
  const std::optional<Cloud> cloud = parse_cloud(wanted);
  return cloud ? &default_portal_environment(*cloud) : nullptr;
}

const PortalEnvironment& choose_environment(const PortalUrl& url, std::string_view wanted,
                                            std::string_view own_host, const PortalEnvironment& in_force,
                                            std::vector<Reason>& notes) {
  std::string name = wanted.empty() ? production_host(url.host) : production_host(base::to_lower(wanted));
  if (name.empty()) name = base::to_lower(parameter(url, "env"));  // as the portal adds it to its URL
  const PortalEnvironment* environment = find_environment(name);
  if (environment == nullptr) {
    environment = &in_force;
    // A name that the page itself is reached by, such as that of a development machine, names no environment.
    if (!name.empty() && name != own_host) {
      note(notes, reasons::kEnvironmentUnknown,
           "There is no portal environment '" + name + "', so this is " + std::string(in_force.name) + ".");
    }
  }
  note(notes, reasons::kEnvironment,
       std::string(environment->name) + ": the portal is " + std::string(environment->portal_host) + ".");
  if (environment->cloud != in_force.cloud) {
    note(notes, reasons::kCloudNotEmulated,
         "This run's data centres are those of the " + std::string(to_string(in_force.cloud)) +
             " cloud, so its regions and stages apply; start with --cloud " +
             std::string(to_string(environment->cloud)) + " for the other's.");
  }
  return *environment;
}

std::string choose_region(const PortalUrl& url, const RegionWish& wish, Cloud cloud,
                          const std::string& default_region, const RegionIsUp& is_up,
                          std::vector<Reason>& notes) {
  const std::string chosen = wish.region.empty() ? parameter(url, "region") : wish.region;
  if (!chosen.empty()) {
    if (const Region* region = usable_region(chosen, cloud, notes)) {
      note(notes, reasons::kRegionChosen, std::string(region->display_name) + " was chosen.");
      if (!region->has_portal) {
        note(notes, reasons::kRegionWithoutUsers,
             "In production no user reaches a portal in " + std::string(region->display_name) + ".");
      }
      return std::string(region->name);
    }
  }
  const std::string location = wish.location.empty() ? parameter(url, "location") : wish.location;
  if (!location.empty()) {
    const std::optional<Location> place = parse_location(location);
    const auto is_healthy = [&](const Region& region) { return !is_up || is_up(region.name); };
    const Region* nearest = place ? nearest_region(*place, cloud, all_regions(), is_healthy) : nullptr;
    if (nearest != nullptr) {
      note(notes, reasons::kRegionNearest,
           "Traffic Manager sends a user at " + location + " to the nearest portal, in " +
               std::string(nearest->display_name) + ".");
      return std::string(nearest->name);
    }
    note(notes, reasons::kLocationIgnored,
         "The location '" + location +
             "' is not a latitude and a longitude, such as 47.6,-122.3, so it is ignored.");
  }
  note(notes, reasons::kRegionDefault,
       "No region was chosen, so the default applies: " + default_region + ".");
  const std::string_view answering = answering_region(default_region, is_up);
  if (answering.empty() || answering == default_region) return default_region;
  note(notes, reasons::kRegionDown,
       default_region + " is down, so Traffic Manager sends its users to " + std::string(answering) + ".");
  return std::string(answering);
}

std::string blade_extension(std::string_view fragment) {
  constexpr std::string_view kBlade = "blade/";
  if (!fragment.empty() && fragment.front() == '/') fragment.remove_prefix(1);
  if (!base::begins_with_ignoring_case(fragment, kBlade)) return {};
  fragment.remove_prefix(kBlade.size());
  const std::string name(fragment.substr(0, fragment.find_first_of("/?&")));
  return base::percent_decode(name).value_or(name);
}

bool names_extension(const PortalUrl& url, std::string_view extension) {
  const auto same = [extension](std::string_view name) { return equals_ignoring_case(name, extension); };
  return same(blade_extension(url.fragment)) || url.parameter(extension).has_value() ||
         std::any_of(url.test_extensions.begin(), url.test_extensions.end(),
                     [&](const auto& test) { return same(test.name); });
}

}  // namespace exthost::model
