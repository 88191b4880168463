#include "emulator/portal/portal_service.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"
#include "emulator/portal/frame_url.h"
#include "emulator/portal/portal_view.h"

namespace exthost::portal {
namespace {

constexpr std::string_view kAssetPrefix = "/_emu/portal/";
constexpr std::string_view kViewPath = "/_emu/v1/portal";
/// Keeps a browser in its half of MPAC's flights (domain.md h2), as production does in local storage.
constexpr std::string_view kTicketCookie = "exthost-emu-flight";
constexpr std::size_t kTicketBytes = 4;

/// Everything on this machine that a page may frame and ask for settings: the hosting service and local
/// servers, which a sideload names in the fragment, where no server sees it.
std::string local_sources(const PortalSettings& settings) {
  const std::string scheme = settings.own_origin.substr(0, settings.own_origin.find("://"));
  return settings.hosting_origin + ' ' + scheme + "://localhost:* " + scheme + "://*.localhost:* " + scheme +
         "://127.0.0.1:*";
}

/// The page runs its own script and style and nothing else.
std::string content_security_policy(const PortalSettings& settings) {
  const std::string local = local_sources(settings);
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' " +
         local + "; frame-src " + local + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

/// What no answer of the portal goes without: nothing of it is for other origins (limits.md, HTTP).
http::Response guarded(http::Response response) {
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.set("Referrer-Policy", "no-referrer");
  if (!response.headers.get("Cache-Control")) response.headers.set("Cache-Control", "no-store");
  return response;
}

/// As a registration's `cacheability` appears in diagnostics: an enumeration that ends with Manifest = 3
/// (domain.md h2).
int cacheability_number(std::string_view cacheability) {
  if (cacheability == "none") return 1;
  if (cacheability == "server") return 2;
  return 3;
}

http::Response diagnostics(const PortalSettings& settings) {
  using Json = nlohmann::ordered_json;
  Json extensions = Json::array();
  for (const model::Registration& registration : settings.registrations) {
    const model::RegistrationUris uris = model::effective_uris(registration, *settings.environment);
    extensions.push_back({{"name", registration.name},
                          {"uri", uris.uri},
                          {"uriFormat", uris.uri_format},
                          {"disabled", registration.disabled},
                          {"feedbackEmail", registration.feedback_email},
                          {"cacheability", cacheability_number(registration.cacheability)},
                          {"azExtension", false}});
  }
  const Json json = {{"buildInfo", {{"buildVersion", EXTHOST_VERSION}}},
                     {"extensions", std::move(extensions)}};
  return http::Response::json(200, json.dump(2, ' ', false, Json::error_handler_t::replace));
}

/// The flight ticket that this browser was given before; absent if it has none that is ours.
std::optional<std::string> flight_ticket(const http::Request& request) {
  for (const http::Header& field : request.headers.all()) {
    if (!base::equals_ignoring_case(field.name, "Cookie")) continue;
    for (const std::string& pair : base::split(field.value, ';')) {
      const std::string_view cookie = base::trim(pair);
      const std::size_t equals = cookie.find('=');
      if (equals == std::string_view::npos || cookie.substr(0, equals) != kTicketCookie) continue;
      const std::string_view ticket = cookie.substr(equals + 1);
      const bool ours = ticket.size() == 2 * kTicketBytes &&
                        ticket.find_first_not_of("0123456789abcdef") == std::string_view::npos;
      if (ours) return std::string(ticket);
    }
  }
  return std::nullopt;
}

/// From 0 to below 1: the ticket's digits as a fraction.
double ticket_value(std::string_view ticket) {
  double value = 0;
  double digit_worth = 1;
  for (const char c : ticket) {
    digit_worth /= 16;
    value += digit_worth * (c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return value;
}

}  // namespace

PortalService::PortalService(Parts parts, std::shared_ptr<const PortalSettings> settings)
    : parts_(std::move(parts)), settings_(std::move(settings)) {}

void PortalService::publish(std::shared_ptr<const PortalSettings> settings) {
  EXTHOST_CHECK(settings != nullptr && settings->environment != nullptr);
  settings_.set(std::move(settings));
}

bool PortalService::may_block(const http::Request& request) const {
  return request.target.path == kViewPath;  // asks the hosting service once for every region
}

http::Response PortalService::handle(const http::Request& request) {
  if (!http::is_read(request)) {
    http::Response refusal =
        http::Response::problem(405, model::codes::kMethodRefused, "the portal answers only GET and HEAD");
    refusal.headers.set("Allow", "GET, HEAD");
    return guarded(std::move(refusal));
  }
  const std::shared_ptr<const PortalSettings> settings = settings_.get();
  const std::string_view path = request.target.path;
  if (path == "/") return guarded(page(*settings));
  if (path.substr(0, kAssetPrefix.size()) == kAssetPrefix)
    return guarded(asset(path.substr(kAssetPrefix.size())));
  if (path == kViewPath) return guarded(view(request, *settings));
  if (path == "/_emu/v1/events" || path == "/_emu/v1/clock") return guarded(parts_.control(request));
  if (path == "/api/diagnostics") return guarded(diagnostics(*settings));
  return guarded(
      http::Response::problem(404, model::codes::kUnknownRoute,
                              "the portal has its page at /, /api/diagnostics and what is below /_emu/"));
}

http::Response PortalService::page(const PortalSettings& settings) const {
  const std::optional<std::string_view> html = parts_.find_asset("portal/index.html");
  EXTHOST_CHECK(html.has_value());
  http::Response response = http::Response::html(200, std::string(*html));
  response.headers.set("Content-Security-Policy", content_security_policy(settings));
  return response;
}

http::Response PortalService::asset(std::string_view name) const {
  const std::optional<std::string_view> bytes = parts_.find_asset("portal/" + std::string(name));
  if (!bytes)
    return http::Response::problem(404, model::codes::kUnknownRoute, "the portal's page has no such file");
  http::Response response;
  response.headers.set("Content-Type", std::string(http::content_type_for(name)));
  response.headers.set("Cache-Control", "no-cache");
  response.body = std::vector<http::Slice>{{nullptr, *bytes}};
  return response;
}

http::Response PortalService::view(const http::Request& request, const PortalSettings& settings) {
  const auto parameter = [&](std::string_view name) {
    return std::string(request.target.parameter(name).value_or(std::string_view()));
  };
  ViewRequest asked;
  asked.page_origin = request.origin();
  asked.url = parameter("url");
  if (asked.url.empty()) asked.url = asked.page_origin + "/";
  asked.region = parameter("region");
  asked.environment = parameter("environment");
  asked.location = parameter("location");
  const std::optional<std::string> ticket = flight_ticket(request);
  const std::string drawn = ticket ? *ticket : parts_.ids.hex(kTicketBytes);
  asked.flight = {ticket_value(drawn)};
  const std::uint64_t seq =
      parts_.journal.last_seq();  // before deciding: what comes later is an event to follow
  const PortalView view = make_portal_view(asked, settings, parts_.explain, parts_.what_if);
  http::Response response = http::Response::json(200, to_json(view, settings, parts_.ids.hex(16), seq));
  if (!ticket) {
    response.headers.set("Set-Cookie", std::string(kTicketCookie) + "=" + drawn +
                                           "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
  }
  return response;
}

}  // namespace exthost::portal
