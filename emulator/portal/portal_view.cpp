#include "emulator/portal/portal_view.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/portal_choice.h"
#include "emulator/portal/manifest_cache.h"

namespace exthost::portal {
namespace {

using base::equals_ignoring_case;

std::string parameter(const model::PortalUrl& url, std::string_view name) {
  return std::string(url.parameter(name).value_or(std::string_view()));
}

/// The origin that an extension must be told: it both selects the environment's settings and equals
/// `event.origin`. A page that is not itself at the environment's origin asks on behalf of one that is.
std::string authority_for(const model::PortalEnvironment& environment, const ViewRequest& request,
                          const PortalSettings& settings) {
  const model::PortalEnvironment* own = model::find_environment_of_host(host_of(request.page_origin));
  if (own == nullptr) own = settings.environment;
  if (own == &environment) return request.page_origin;
  return &environment == settings.environment ? settings.own_origin
                                              : local_origin_of(environment.portal_host, settings.own_origin);
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

std::optional<std::size_t> choose_extension(const model::PortalUrl& url,
                                            const std::vector<ExtensionView>& extensions) {
  const auto first = [&](auto&& matches) -> std::optional<std::size_t> {
    const auto found = std::find_if(extensions.begin(), extensions.end(), matches);
    if (found == extensions.end()) return std::nullopt;
    return static_cast<std::size_t>(found - extensions.begin());
  };
  const std::string blade = model::blade_extension(url.fragment);
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

/// Why `pageVersion` is not the version that answers.
model::Reason page_version_behind(const VersionAnswer& answer) {
  const std::string sent = answer.page_version.empty() ? "no pageVersion is sent"
                                                       : "pageVersion=" + answer.page_version + " is sent";
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(kManifestPoll).count();
  return {std::string(reasons::kManifestCache),
          "The portal asks for versions every " + std::to_string(minutes) +
              " minutes, and not since this changed: " + sent + ", and no browser keeps the page.",
          {}};
}

ExtensionView make_extension_view(model::ExtensionLoad load, const PortalView& portal,
                                  const PortalSettings& settings, const ExplainVersion& explain) {
  ExtensionView view;
  view.load = std::move(load);
  if (!view.load.enabled) return view;

  view.base = locate_frame(view.load.uri, settings.hosting_origin, settings.hosted_names);
  if (view.base.origin == Origin::external) return view;

  std::string version, page_version;
  if (view.base.origin == Origin::hosting) {
    view.answer =
        explain({view.base.hosting_service_name, portal.region, view.base.stamp, portal.trusted_authority});
    version = view.answer->version;
    page_version = view.answer->page_version;
    if (!version.empty() && page_version != version)
      view.answer->reasons.push_back(page_version_behind(*view.answer));
  }
  std::vector<std::pair<std::string, std::string>> parameters = {
      {"l", portal.language},
      {"trustedAuthority", portal.trusted_authority},
      {"extensionName", view.load.name},
      {"region", portal.region}};
  if (!page_version.empty()) parameters.emplace_back("pageVersion", page_version);
  if (view.load.flight) parameters.emplace_back("flight", "1");
  if (portal.no_cdn == model::PortalUrl::NoCdn::portal_and_extensions)
    parameters.emplace_back("nocdn", "force");
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
                            const ExplainVersion& explain, const WhatIf& what_if) {
  const model::PortalUrl url = model::parse_portal_url(request.url);
  PortalView view;
  view.problems = url.problems;
  for (model::Problem& problem : model::misspelt_overrides(url, settings.registrations)) {
    view.problems.push_back(std::move(problem));
  }
  view.language = url.language;
  view.hide_keys = url.hide_keys;
  view.no_cdn = url.no_cdn;
  view.environment = &model::choose_environment(url, request.environment, host_of(request.page_origin),
                                                *settings.environment, view.reasons);
  view.trusted_authority = authority_for(*view.environment, request, settings);
  view.region = model::choose_region(url, {request.region, request.location}, settings.environment->cloud,
                                     settings.default_region, settings.is_up, view.reasons);
  view.page = choose_page(url, view.problems);
  for (model::ExtensionLoad& load :
       model::resolve_portal(url, settings.registrations, *view.environment, request.flight)) {
    std::string flag = missing_flag(url, load);
    view.extensions.push_back(make_extension_view(std::move(load), view, settings, explain));
    view.extensions.back().missing_flag = std::move(flag);
  }
  view.selected = choose_extension(url, view.extensions);
  if (what_if && view.selected) {
    view.counterfactuals = what_if({request.url, view.extensions[*view.selected].load.name, view.region, "",
                                    view.trusted_authority, std::string(view.environment->portal_host)});
  }
  view.regions = make_region_views(view, settings, explain);
  return view;
}

}  // namespace exthost::portal
