#include "emulator/portal/portal_view.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/portal/traffic_manager.h"

namespace exthost::portal {
namespace {

using base::equals_ignoring_case;

std::string parameter(const model::PortalUrl& url, std::string_view name) {
  return std::string(url.parameter(name).value_or(std::string_view()));
}

void note(std::vector<model::Reason>& notes, std::string_view code, std::string text) {
  notes.push_back({std::string(code), std::move(text), {}});
}

/// `ms.portal.azure.com.localhost` to `ms.portal.azure.com`; a host that is only local to nothing.
std::string production_host(std::string_view host) {
  if (host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "::1") return {};
  constexpr std::string_view kSuffix = ".localhost";
  if (host.size() > kSuffix.size() && host.substr(host.size() - kSuffix.size()) == kSuffix) {
    host.remove_suffix(kSuffix.size());
  }
  return std::string(host);
}

/// The environment whose portal a host is; null if it is none's, or only local.
const model::PortalEnvironment* environment_of(std::string_view host) {
  const std::string production = production_host(host);
  return production.empty() ? nullptr : model::find_portal_environment(production);
}

/// The origin that an extension must be told: it both selects the environment's settings and equals
/// `event.origin`. A page that is not itself at the environment's origin asks on behalf of one that is.
std::string authority_for(const model::PortalEnvironment& environment, const ViewRequest& request,
                          const PortalSettings& settings) {
  const model::PortalEnvironment* own = environment_of(host_of(request.page_origin));
  if (own == nullptr) own = settings.environment;
  if (own == &environment) return request.page_origin;
  return &environment == settings.environment ? settings.own_origin
                                              : local_origin_of(environment.portal_host, settings.own_origin);
}

const model::PortalEnvironment& choose_environment(const ViewRequest& request, const model::PortalUrl& url,
                                                   const PortalSettings& settings,
                                                   std::vector<model::Reason>& notes) {
  const std::string wanted = request.environment.empty()
                                 ? production_host(url.host)
                                 : production_host(base::to_lower(request.environment));
  const model::PortalEnvironment* environment =
      wanted.empty() ? nullptr : model::find_portal_environment(wanted);
  if (environment == nullptr) {
    environment = settings.environment;
    // A name that the page itself is reached by, such as that of a development machine, names no environment.
    const bool is_own_name = wanted == host_of(request.page_origin);
    if (!wanted.empty() && !is_own_name) {
      note(notes, reasons::kEnvironmentUnknown,
           "There is no portal environment '" + wanted + "', so this is " + std::string(environment->name) +
               ".");
    }
  }
  note(notes, reasons::kEnvironment,
       std::string(environment->name) + ": the portal is " + std::string(environment->portal_host) + ".");
  if (environment->cloud != settings.environment->cloud) {
    note(notes, reasons::kCloudNotEmulated,
         "This run's data centres are those of the " +
             std::string(model::to_string(settings.environment->cloud)) +
             " cloud, so its regions and stages apply; start with --cloud " +
             std::string(model::to_string(environment->cloud)) + " for the other's.");
  }
  return *environment;
}

/// The region with that name in the emulated cloud; else null, with a reason.
const model::Region* usable_region(std::string_view name, model::Cloud cloud,
                                   std::vector<model::Reason>& notes) {
  const model::Region* region = model::find_region(name);
  if (region != nullptr && region->cloud == cloud) return region;
  const std::string why = region == nullptr ? "is not in the catalogue" : "belongs to another cloud";
  note(notes, reasons::kRegionIgnored,
       "The region '" + std::string(name) + "' " + why + ", so it is ignored.");
  return nullptr;
}

std::string choose_region(const ViewRequest& request, const model::PortalUrl& url,
                          const PortalSettings& settings, std::vector<model::Reason>& notes) {
  const model::Cloud cloud = settings.environment->cloud;
  const std::string chosen = request.region.empty() ? parameter(url, "region") : request.region;
  if (!chosen.empty()) {
    if (const model::Region* region = usable_region(chosen, cloud, notes)) {
      note(notes, reasons::kRegionChosen, std::string(region->display_name) + " was chosen.");
      if (!region->has_portal) {
        note(notes, reasons::kRegionWithoutUsers,
             "In production no user reaches a portal in " + std::string(region->display_name) + ".");
      }
      return std::string(region->name);
    }
  }
  const std::string location = request.location.empty() ? parameter(url, "location") : request.location;
  if (!location.empty()) {
    const std::optional<Location> place = parse_location(location);
    const model::Region* nearest =
        place ? nearest_region(*place, cloud, model::all_regions(), [](const model::Region&) { return true; })
              : nullptr;
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
       "No region was chosen, so the default applies: " + settings.default_region + ".");
  return settings.default_region;
}

std::string choose_page(const model::PortalUrl& url, std::vector<model::Problem>& problems) {
  std::string page = parameter(url, "page");
  if (page.empty() || is_content_page(page)) return page;
  model::Problem problem;
  problem.severity = model::Severity::warning;
  problem.code = model::codes::kBadTarget;
  problem.message =
      "page '" + page + "' does not name a file of a version's content, so the index page is shown";
  problem.hint = "give a path such as Content/Blades/frame.html";
  problems.push_back(std::move(problem));
  return {};
}

/// `#blade/<extension>/…` names the extension to show (domain.md h4).
std::string blade_extension(std::string_view fragment) {
  constexpr std::string_view kBlade = "blade/";
  if (!fragment.empty() && fragment.front() == '/') fragment.remove_prefix(1);
  if (!equals_ignoring_case(fragment.substr(0, kBlade.size()), kBlade)) return {};
  fragment.remove_prefix(kBlade.size());
  const std::string name(fragment.substr(0, fragment.find_first_of("/?&")));
  return base::percent_decode(name).value_or(name);
}

std::optional<std::size_t> choose_extension(const model::PortalUrl& url,
                                            const std::vector<ExtensionView>& extensions) {
  const auto first = [&](auto&& matches) -> std::optional<std::size_t> {
    const auto found = std::find_if(extensions.begin(), extensions.end(), matches);
    if (found == extensions.end()) return std::nullopt;
    return static_cast<std::size_t>(found - extensions.begin());
  };
  const std::string blade = blade_extension(url.fragment);
  std::optional<std::size_t> index =
      first([&](const ExtensionView& view) { return equals_ignoring_case(view.load.name, blade); });
  if (!index) {
    index = first([&](const ExtensionView& view) {  // also one that is refused, so that the user sees why
      return std::any_of(url.test_extensions.begin(), url.test_extensions.end(),
                         [&](const auto& test) { return equals_ignoring_case(test.name, view.load.name); });
    });
  }
  if (!index) {
    index = first([&](const ExtensionView& view) {
      return std::any_of(url.query.begin(), url.query.end(), [&](const auto& given) {
        return equals_ignoring_case(given.first, view.load.name);
      });
    });
  }
  if (!index) index = first([](const ExtensionView& view) { return view.load.enabled; });
  if (!index && !extensions.empty()) index = 0;
  return index;
}

/// The flag without which an override of this extension does not count (q11, h4), if that is why one was
/// ignored.
std::string missing_flag(const model::PortalUrl& url, const model::ExtensionLoad& load) {
  const auto has = [&](std::string_view code) {
    return std::any_of(load.reasons.begin(), load.reasons.end(),
                       [code](const model::Reason& reason) { return reason.code == code; });
  };
  if (has(model::reasons::kSideloadRefused))
    return url.can_modify_extensions ? "" : "feature.canmodifyextensions";
  if (!has(model::reasons::kOverrideIgnoredNoFlag)) return {};
  constexpr std::string_view kCacheability = "cacheability-";
  const std::string value = base::to_lower(parameter(url, load.name));
  const bool is_stamp = !value.empty() && value.compare(0, kCacheability.size(), kCacheability) != 0;
  return is_stamp && !url.can_modify_stamps ? "feature.canmodifystamps" : "feature.canmodifyextensions";
}

ExtensionView make_extension_view(model::ExtensionLoad load, const PortalView& portal,
                                  const PortalSettings& settings, const ExplainVersion& explain) {
  ExtensionView view;
  view.load = std::move(load);
  if (!view.load.enabled) return view;

  view.base = locate_frame(view.load.uri, settings.hosting_origin);
  if (view.base.origin == Origin::external) return view;

  std::string version;
  if (view.base.origin == Origin::hosting) {
    view.answer =
        explain({view.base.hosting_service_name, portal.region, view.base.stamp, portal.trusted_authority});
    version = view.answer->version;
  }
  std::vector<std::pair<std::string, std::string>> parameters = {
      {"l", portal.language},
      {"trustedAuthority", portal.trusted_authority},
      {"extensionName", view.load.name},
      {"region", portal.region}};
  if (!version.empty()) parameters.emplace_back("pageVersion", version);
  if (view.load.flight) parameters.emplace_back("flight", "1");
  parameters.insert(parameters.end(), view.load.forwarded.begin(), view.load.forwarded.end());

  view.frame_url = with_query(
      portal.page.empty() ? view.base.url : content_url(view.base, version, portal.page), parameters);
  if (view.base.origin == Origin::hosting) {
    view.settings_url = with_query(with_query(view.base.url, parameters), {{"environmentjson", "true"}});
  }
  constexpr std::string_view kSecure = "https://";  // the real portal takes no other scheme (h4)
  if (view.base.url.compare(0, kSecure.size(), kSecure) == 0) {
    view.real_portal_url =
        model::sideload_url(portal.environment->portal_host, view.load.name, view.base.url);
  }
  return view;
}

std::vector<RegionView> make_region_views(const PortalView& portal, const PortalSettings& settings,
                                          const ExplainVersion& explain) {
  const ExtensionView* selected = portal.selected ? &portal.extensions[*portal.selected] : nullptr;
  const bool hosted = selected != nullptr && selected->base.origin == Origin::hosting;
  std::vector<RegionView> views;
  for (const model::Region& region : model::all_regions()) {
    if (region.cloud != settings.environment->cloud) continue;
    RegionView view;
    view.region = &region;
    if (hosted) {
      VersionAnswer answer = explain({selected->base.hosting_service_name, std::string(region.name), {}, {}});
      view.stage = std::move(answer.stage);
      view.version = std::move(answer.version);
    }
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace

PortalView make_portal_view(const ViewRequest& request, const PortalSettings& settings,
                            const ExplainVersion& explain) {
  const model::PortalUrl url = model::parse_portal_url(request.url);
  PortalView view;
  view.problems = url.problems;
  for (model::Problem& problem : model::misspelt_overrides(url, settings.registrations)) {
    view.problems.push_back(std::move(problem));
  }
  view.language = url.language;
  view.environment = &choose_environment(request, url, settings, view.reasons);
  view.trusted_authority = authority_for(*view.environment, request, settings);
  view.region = choose_region(request, url, settings, view.reasons);
  view.page = choose_page(url, view.problems);
  for (model::ExtensionLoad& load : model::resolve_portal(url, settings.registrations, *view.environment)) {
    std::string flag = missing_flag(url, load);
    view.extensions.push_back(make_extension_view(std::move(load), view, settings, explain));
    view.extensions.back().missing_flag = std::move(flag);
  }
  view.selected = choose_extension(url, view.extensions);
  view.regions = make_region_views(view, settings, explain);
  return view;
}

}  // namespace exthost::portal
