#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/portal/portal_view.h"

namespace exthost::portal {
namespace {

using Json = nlohmann::ordered_json;

/// The languages that the portal offers, by the code that its `l` parameter has for them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kLanguages = {{
    {"en", "English"},
    {"cs", "Čeština"},
    {"de", "Deutsch"},
    {"es", "Español"},
    {"fr", "Français"},
    {"hu", "Magyar"},
    {"id", "Bahasa Indonesia"},
    {"it", "Italiano"},
    {"ja", "日本語"},
    {"ko", "한국어"},
    {"nl", "Nederlands"},
    {"pl", "Polski"},
    {"pt-br", "Português (Brasil)"},
    {"pt-pt", "Português (Portugal)"},
    {"ru", "Русский"},
    {"sv", "Svenska"},
    {"tr", "Türkçe"},
    {"zh-hans", "中文(简体)"},
    {"zh-hant", "中文(繁體)"},
}};

/// How long production waits for an extension before it gives up (domain.md h7).
constexpr int kLoadTimeoutSeconds = 40;

/// As `nocdn` says it; empty for off.
std::string_view no_cdn_text(model::PortalUrl::NoCdn no_cdn) {
  switch (no_cdn) {
    case model::PortalUrl::NoCdn::off:
      return "";
    case model::PortalUrl::NoCdn::portal:
      return "true";
    case model::PortalUrl::NoCdn::portal_and_extensions:
      return "force";
  }
  return "";
}

Json reasons_json(const std::vector<model::Reason>& reasons) {
  Json list = Json::array();
  for (const model::Reason& reason : reasons) {
    Json entry = {{"code", reason.code}, {"text", reason.text}};
    if (!reason.source.file.empty()) entry["source"] = reason.source.to_string();
    list.push_back(std::move(entry));
  }
  return list;
}

Json counterfactuals_json(const std::vector<model::Counterfactual>& counterfactuals) {
  Json list = Json::array();
  for (const model::Counterfactual& one : counterfactuals) {
    list.push_back({{"text", one.text},
                    {"change",
                     {{"kind", model::to_string(one.change.kind)},
                      {"where", one.change.where},
                      {"value", one.change.value}}},
                    {"version", one.version}});
  }
  return list;
}

Json answer_json(const VersionAnswer& answer) {
  Json stamps = Json::array();
  for (const model::KnownStamp& stamp : answer.known_stamps) {
    stamps.push_back(
        {{"name", stamp.name}, {"version", stamp.version}, {"kind", model::to_string(stamp.kind)}});
  }
  Json json = {{"version", answer.version},       {"pageVersion", answer.page_version},
               {"region", answer.region},         {"stage", answer.stage},
               {"stamp", answer.stamp},           {"environmentFile", answer.environment_file},
               {"incident", answer.incident},     {"reasons", reasons_json(answer.reasons)},
               {"knownStamps", std::move(stamps)}};
  if (answer.failure)
    json["failure"] = {{"code", answer.failure->code}, {"message", answer.failure->message}};
  return json;
}

Json extension_json(const ExtensionView& view, const std::string& session_id) {
  Json json = {{"name", view.load.name},
               {"hostingServiceName", view.load.hosting_service_name},
               {"enabled", view.load.enabled},
               {"sideloaded", view.load.sideloaded},
               {"stamp", view.load.stamp},
               {"flight", view.load.flight},
               {"cacheability", view.load.cacheability},
               {"origin", to_string(view.base.origin)},
               {"uri", view.load.uri},
               {"baseUrl", view.base.url},
               {"frameUrl", view.frame_url.empty() ? std::string() : view.frame_url + '#' + session_id},
               {"settingsUrl", view.settings_url},
               {"realPortalUrl", view.real_portal_url},
               {"missingFlag", view.missing_flag},
               {"reasons", reasons_json(view.load.reasons)}};
  if (view.answer) json["answer"] = answer_json(*view.answer);
  return json;
}

Json environment_json(const model::PortalEnvironment& environment, const PortalSettings& settings) {
  // The one in force needs no name of its own: bare localhost stands for it.
  const bool in_force = &environment == settings.environment;
  return {{"name", environment.name},
          {"portalHost", environment.portal_host},
          {"cloud", model::to_string(environment.cloud)},
          {"origin",
           in_force ? settings.own_origin : local_origin_of(environment.portal_host, settings.own_origin)},
          {"inForce", in_force}};
}

}  // namespace

std::string to_json(const PortalView& view, const PortalSettings& settings, const std::string& session_id,
                    std::uint64_t journal_seq) {
  Json extensions = Json::array();
  for (const ExtensionView& extension : view.extensions)
    extensions.push_back(extension_json(extension, session_id));
  Json environments = Json::array();
  for (const model::PortalEnvironment& environment : model::all_portal_environments()) {
    environments.push_back(environment_json(environment, settings));
  }
  Json regions = Json::array();
  for (const RegionView& region : view.regions) {
    regions.push_back({{"name", region.region->name},
                       {"displayName", region.region->display_name},
                       {"hasPortal", region.region->has_portal},
                       {"stage", region.stage},
                       {"version", region.version}});
  }
  Json languages = Json::array();
  for (const auto& [code, name] : kLanguages) languages.push_back({{"code", code}, {"name", name}});
  Json problems = Json::array();
  for (const model::Problem& problem : view.problems) {
    problems.push_back({{"code", problem.code}, {"message", problem.message}, {"hint", problem.hint}});
  }
  const Json json = {{"environment", environment_json(*view.environment, settings)},
                     {"region", view.region},
                     {"language", view.language},
                     {"page", view.page},
                     {"hideKeys", view.hide_keys},
                     {"noCdn", no_cdn_text(view.no_cdn)},
                     {"reasons", reasons_json(view.reasons)},
                     {"problems", std::move(problems)},
                     {"selected", view.selected ? view.extensions[*view.selected].load.name : std::string()},
                     {"extensions", std::move(extensions)},
                     {"counterfactuals", counterfactuals_json(view.counterfactuals)},
                     {"trustedAuthority", view.trusted_authority},
                     {"sessionId", session_id},
                     {"loadTimeoutSeconds", kLoadTimeoutSeconds},
                     {"fidelity", model::to_string(settings.fidelity)},
                     {"liveReload", settings.live_reload},
                     {"trustSideloads", settings.trust_sideloads},
                     {"seq", journal_seq},
                     {"environments", std::move(environments)},
                     {"regions", std::move(regions)},
                     {"languages", std::move(languages)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace exthost::portal
