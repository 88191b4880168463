#include "emulator/hosting/extension_service.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/hosting/environment_page.h"
#include "emulator/hosting/frame_ancestors.h"
#include "emulator/hosting/missing_content.h"
#include "emulator/hosting/status.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"
#include "emulator/model/environment.h"

namespace exthost::hosting {
namespace {

namespace codes = model::codes;
using http::Request;
using http::Response;

constexpr std::size_t kMostListed = 120;  // more stamps than that help nobody

/// A value as a header may carry it: printable ASCII.
std::string header_safe(std::string_view text) {
  std::string safe(text);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return safe;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMostListed; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostListed) text += " and " + std::to_string(names.size() - kMostListed) + " more";
  return text;
}

/// Which rule chose the version, for whoever reads headers (design.md 1, item 2).
void explain_in_headers(Response& response, const model::Resolution& resolution, const ServingRules& rules) {
  if (rules.fidelity == Fidelity::prod) return;
  response.headers.add("x-exthost-region", header_safe(resolution.region));
  if (!resolution.stage.empty()) response.headers.add("x-exthost-stage", header_safe(resolution.stage));
  if (!resolution.reasons.empty()) {
    response.headers.add("x-exthost-reason", header_safe(resolution.reasons.front().code));
  }
}

Response refuse_answer(const Request& request, const model::HostingAnswer& answer) {
  const base::Error& failure = *answer.failure();
  std::string detail = failure.message;
  if (!answer.resolution.known_stamps.empty())
    detail += " The stamps that exist: " + listed(answer.resolution.known_stamps) + ".";
  Response response = refuse(request, answer.status, failure.code, detail);
  constexpr int kUnavailable = 503;
  if (answer.status == kUnavailable) response.headers.add("Retry-After", "5");
  return response;
}

Response no_region(const Request& request, const base::Error& error) {
  return refuse(request, model::status_of_refusal(error.code), error.code, error.message);
}

bool is_true(std::optional<std::string_view> parameter) {
  return parameter && base::equals_ignoring_case(*parameter, "true");
}

/// Whether the portal caches the page on the server's word, not by its manifest (i6): `cacheability=2`, by
/// the order of the levels of which 3 was seen.
bool is_cached_by_server(const Request& request) {
  const std::string_view level = request.target.parameter("cacheability").value_or(std::string_view());
  return level == "2" || base::equals_ignoring_case(level, "server");
}

/// For ever under the version's own URL; asked for again, and 304 if it is the same, for cacheability Server;
/// else, and always in dev, not at all. `response` has the whole page.
void add_page_caching(Response& response, const Request& request, const std::string& version,
                      Fidelity fidelity) {
  const auto page_version = request.target.parameter("pageVersion");
  const bool shared = fidelity != Fidelity::dev && !request.target.parameter("sessionId");
  if (shared && page_version == std::string_view(version)) {
    response.headers.add("Cache-Control", "public, max-age=31536000, immutable");
    return;
  }
  if (shared && !page_version && is_cached_by_server(request)) {
    const std::string etag = "\"" + base::sha256_hex(std::get<std::string>(response.body)) + "\"";
    response.headers.add("Cache-Control", "no-cache");
    response.headers.add("ETag", etag);
    if (http::evaluate_conditions(request, etag, std::nullopt) == http::Condition::not_modified) {
      response.status = 304;
      response.body = std::string();
    }
    return;
  }
  response.headers.add("Cache-Control", "no-cache, no-store, must-revalidate");
  response.headers.add("Pragma", "no-cache");
  response.headers.add("Expires", "-1");
}

/// What the portal says of itself, and what we read from it.
struct Caller {
  std::string trusted_authority;  ///< As given; the portal in force if there was none.
  std::string host;               ///< Whose settings answer.
  bool given = false;
};

Caller caller_of(const Request& request, const ServingRules& rules) {
  const std::string portal = portal_in_force(request, rules);
  const auto given = request.target.parameter("trustedAuthority");
  if (!given || given->empty()) return {portal, model::normalise_authority(portal, portal), false};
  return {std::string(*given), model::normalise_authority(*given, portal, rules.authority_aliases), true};
}

base::Result<std::string> page_text(const HeldVersion& version, const PageFacts& facts) {
  const package::Entry* page = find_index_page(version);
  if (page == nullptr) return generated_page(facts);
  auto html = version.package->read(*page);
  if (!html) return std::move(html).error();
  return fill_in_page(*html, facts);
}

struct FoundContent {
  Selection selection;
  std::optional<ContentMatch> match;
};

FoundContent locate(const Route& route, const ExtensionSnapshot& snapshot,
                    const std::vector<DataCenter>& centers, std::string_view region,
                    model::StampCase letter_case) {
  FoundContent found;
  // A version in the URL decides alone: what the region serves is asked only for the refusal.
  if (names_version(snapshot.versions, route.path)) {
    found.match = find_content(snapshot.versions, nullptr, route.path);
    if (found.match) return found;
  }
  found.selection = select_version(snapshot, centers, region, route.stamp, letter_case);
  if (!found.match) found.match = find_content(snapshot.versions, found.selection.version, route.path);
  return found;
}

}  // namespace

Response refuse(const Request& request, int status, std::string_view code, const std::string& detail) {
  const bool browser = request.headers.value("Accept").find("text/html") != std::string_view::npos;
  Response response = Response::problem(status, code, detail);
  if (browser) {
    const model::CodeEntry* entry = model::find_code(code);
    const std::string title =
        base::escape_html(entry != nullptr ? entry->title : http::standard_reason(status));
    response = Response::html(
        status, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
                    "</title></head>\n<body style=\"font:14px/1.5 system-ui,sans-serif;"
                    "margin:3rem auto;max-width:40rem;padding:0 1rem\">\n<h1>" +
                    title + "</h1>\n<p>" + base::escape_html(detail) + "</p>\n<p><small>" +
                    std::to_string(status) + " \xc2\xb7 " + base::escape_html(code) +
                    "</small></p>\n</body></html>\n");
  }
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Content-Type-Options", "nosniff");
  return response;
}

void add_open_headers(Response& response) {
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("Timing-Allow-Origin", "*");
  response.headers.set("X-Content-Type-Options", "nosniff");
}

Response serve_page(const Request& request, const Route& route,
                    const std::shared_ptr<const ExtensionSnapshot>& snapshot,
                    const std::vector<DataCenter>& centers, const ServingRules& rules) {
  const base::Result<std::string> region = answering_region(request, rules, *snapshot, centers);
  if (!region) return no_region(request, region.error());
  const bool as_json = is_true(request.target.parameter("environmentjson"));
  const Caller caller = caller_of(request, rules);
  // Refusals too may be framed: they are shown where the page would have been.
  const auto finish = [&](Response response) {
    if (as_json) add_open_headers(response);
    response.headers.set(
        "Content-Security-Policy",
        frame_ancestors(caller.trusted_authority, rules.portal_origins, rules.authority_aliases));
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Timing-Allow-Origin", "*");
    return response;
  };

  model::HostingAnswer answer =
      model::answer_request(hosted_state(snapshot, centers, rules), {*region, route.stamp, caller.host});
  if (!answer.resolution.found()) return finish(refuse_answer(request, answer));
  const HeldVersion& version = *find_version(snapshot->versions, answer.resolution.version);

  const auto annotate = [&](Response response) {
    response.headers.add("x-ms-version", header_safe(version.name));
    explain_in_headers(response, answer.resolution, rules);
    if (rules.fidelity != Fidelity::prod && !caller.given) {
      response.headers.add("x-exthost-warning", "trustedAuthority is missing, so " +
                                                    header_safe(caller.host) + " is assumed (" +
                                                    std::string(codes::kAuthorityMissing) + ")");
    }
    return finish(std::move(response));
  };
  if (!answer.environment) return annotate(refuse_answer(request, answer));
  PageFacts facts;
  facts.extension_name = snapshot->name;
  facts.hosting_service_name = snapshot->hosting_service_name;
  facts.version = version.name;
  facts.region = answer.resolution.region;
  facts.stage = answer.resolution.stage;
  facts.stamp = route.stamp;
  facts.trusted_authority = caller.trusted_authority;
  facts.settings = std::move(answer.environment->settings);
  if (rules.fidelity != Fidelity::prod && !rules.portal_origins.empty())
    facts.portal_origin = rules.portal_origins.front();
  facts.live_reload = rules.fidelity == Fidelity::dev;
  facts.tell_emulator_facts = rules.fidelity != Fidelity::prod;

  Response response;
  if (as_json) {
    facts.bundles = bundle_paths(version, facts.hosting_service_name,
                                 bundle_origins(request, rules.cdn, facts.hosting_service_name));
    response = Response::json(200, environment_json(facts));
  } else {
    auto page = page_text(version, facts);
    if (!page) return annotate(refuse(request, 503, page.error().code, page.error().message));
    response = Response::html(200, std::move(*page));
  }
  add_page_caching(response, request, version.name, rules.fidelity);
  if (rules.fidelity != Fidelity::prod) {
    response.headers.add("x-exthost-config", header_safe(answer.environment->file));
    for (const model::Problem& problem : answer.environment->problems)
      response.headers.add("x-exthost-warning", header_safe(problem.message + " (" + problem.code + ")"));
  }
  return annotate(std::move(response));
}

Response serve_extension_content(const Request& request, const Route& route,
                                 const std::shared_ptr<const ExtensionSnapshot>& snapshot,
                                 const std::vector<DataCenter>& centers, const ServingRules& rules,
                                 const InflatedFiles& inflated) {
  const base::Result<std::string> region = answering_region(request, rules, *snapshot, centers);
  if (!region) return no_region(request, region.error());
  const FoundContent found = locate(route, *snapshot, centers, *region, rules.stamp_case);
  Response response;
  bool chosen_by_region = true;  // rather than by the version or the hash in the URL
  if (found.match) {
    response = serve_content(request, *found.match, inflated);
    response.headers.add("x-ms-version", header_safe(found.match->version->name));
    chosen_by_region = !found.match->immutable;
  } else if (found.selection.version == nullptr) {
    response = refuse_answer(request, model::answer_request(hosted_state(snapshot, centers, rules),
                                                            {*region, route.stamp, std::nullopt}));
  } else {
    const MissingContent missing = describe_missing(snapshot->versions, *found.selection.version, route.path);
    response = refuse(request, 404, codes::kUnknownContent, missing.text);
    response.headers.add("x-ms-version", header_safe(missing.searched->name));
  }
  if (chosen_by_region && found.selection.revision != nullptr)
    explain_in_headers(response, found.selection.resolution, rules);
  add_open_headers(response);
  return response;
}

}  // namespace exthost::hosting
