#include "emulator/control/control_api.h"

#include <algorithm>
#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/control/authentication.h"
#include "emulator/control/cdn_routes.h"
#include "emulator/control/clock_routes.h"
#include "emulator/control/dashboard.h"
#include "emulator/control/event_stream.h"
#include "emulator/control/exchange.h"
#include "emulator/control/incident_routes.h"
#include "emulator/control/json.h"
#include "emulator/control/publishing_routes.h"
#include "emulator/control/region_routes.h"
#include "emulator/control/routes.h"
#include "emulator/control/source_routes.h"
#include "emulator/control/storage_routes.h"
#include "emulator/model/codes.h"

namespace exthost::control {
namespace {

using http::Response;
namespace codes = model::codes;

constexpr std::size_t kPlanBodyLimit = 2 * 1024 * 1024;  // two documents of 256 KiB, with room for escapes
constexpr std::string_view kSessionPath = "/_emu/session";

std::string media_type(std::string_view content_type) {
  return base::to_lower(base::trim(content_type.substr(0, content_type.find(';'))));
}

/// As programs that send zips name them.
bool is_zip_type(std::string_view content_type) {
  const std::string type = media_type(content_type);
  return type == "application/zip" || type == "application/octet-stream" ||
         type == "application/x-zip-compressed";
}

bool is_json_type(std::string_view content_type) {
  const std::string type = media_type(content_type);
  return type == "application/json" || (type.rfind("application/", 0) == 0 && type.size() > 5 &&
                                        type.compare(type.size() - 5, 5, "+json") == 0);
}

}  // namespace

class ControlService::Impl {
 public:
  explicit Impl(ControlParts parts)
      : parts_(std::move(parts)),
        authentication_(parts_.token),
        streams_(parts_.journal, parts_.heartbeats),
        routes_(make_routes()) {}

  void stop() { streams_.stop(); }

  bool may_block(const http::Request& request) const {
    const RouteTable::Match match = routes_.find(request.method, request.target.path);
    return match.route != nullptr && match.route->blocks;
  }

  Response handle(const http::Request& request) {
    Response response = route(request);
    add_protective_headers(response);
    return response;
  }

 private:
  Response route(const http::Request& request) {
    const RouteTable::Match match = routes_.find(request.method, request.target.path);
    if (match.allowed.empty()) return unknown_path(request.target.path);
    if (match.route == nullptr) {
      Response response = Response::problem(
          405, codes::kMethodRefused,
          request.target.path + " does not take " + request.method + "; it takes " + match.allowed);
      response.headers.set("Allow", match.allowed);
      return response;
    }
    const bool is_page = match.route->summary.empty();
    const bool opens_session = request.target.path == kSessionPath;
    if (!is_page &&
        !opens_session) {  // pages hold no secret, and the session's route judges the token itself
      if (auto refusal = authentication_.refuse(request, match.route->mutates())) return std::move(*refusal);
    }
    const std::string_view type = request.headers.value("Content-Type");
    const bool zip = match.route->takes_zip;
    if (match.route->mutates() && has_body(request) && !(zip ? is_zip_type(type) : is_json_type(type))) {
      return Response::problem(415, codes::kBadRequestBody,
                               zip ? "The body must be a zip: Content-Type: application/zip"
                                   : "The body must be JSON: Content-Type: application/json");
    }
    return match.route->handle({request, match.captures});
  }

  Response unknown_path(const std::string& path) const {
    std::string detail = "There is nothing at " + path;
    if (const auto meant = routes_.nearest(path)) {
      detail += "; did you mean " + *meant + "?";
    } else {
      detail += "; /_emu/openapi.json lists what there is";
    }
    return Response::problem(404, codes::kUnknownRoute, detail);
  }

  // ---- this run

  bool is_ready() const { return parts_.waiting_for().empty(); }

  Response ready() const {
    const std::vector<std::string> waiting_for = parts_.waiting_for();
    Response response = Response::json(waiting_for.empty() ? 200 : 503, readiness_json(waiting_for));
    if (!waiting_for.empty()) response.headers.set("Retry-After", "1");
    return response;
  }

  Response open_session(const http::Request& request) {
    const base::Result<std::string> token = read_string_field(request, "token");
    if (!token) return problem(token.error());
    if (!authentication_.may_open_session(request, *token)) {
      return Response::problem(
          401, codes::kTokenRequired,
          "That is not the token of this run: open the dashboard by the link that the terminal shows");
    }
    Response response = Response::json(200, seq_json(parts_.journal.last_seq()));
    response.headers.set("Set-Cookie", authentication_.session_cookie(request));
    return response;
  }

  Response shut_down() {
    const std::uint64_t seq =
        parts_.journal.append("shutdown.requested", "", "The control API was asked to stop the emulator.");
    parts_.shut_down();
    return Response::json(202, seq_json(seq));
  }

  // ---- what is hosted

  base::Result<ExtensionRow> find_extension(const std::string& name) const {
    return control::find_extension(parts_.extensions(), name);
  }

  Response extension(const std::string& name) const {
    const base::Result<ExtensionRow> row = find_extension(name);
    return row ? Response::json(200, extension_json(*row)) : problem(row.error());
  }

  Response explain(const http::Request& request) const {
    ExplainQuestion question;
    question.url = parameter(request, "url");
    question.extension = parameter(request, "extension");
    question.region = parameter(request, "region");
    question.stamp = parameter(request, "stamp");
    question.authority = parameter(request, "authority");
    question.environment = parameter(request, "cloud");
    if (const auto refusal = model::refuse_question(question)) return problem(*refusal);
    if (!question.url.empty()) return Response::json(200, explain_json(parts_.explain(question)));
    std::vector<std::string> names;
    if (question.extension.empty()) {
      for (const ExtensionRow& row : parts_.extensions()) names.push_back(row.hosting_service_name);
    } else {
      const base::Result<ExtensionRow> row = find_extension(question.extension);
      if (!row) return problem(row.error());
      names.push_back(row->hosting_service_name);
    }
    std::vector<Explanation> explanations;
    for (std::string& name : names) {
      question.extension = std::move(name);
      for (Explanation& one : parts_.explain(question)) explanations.push_back(std::move(one));
    }
    return Response::json(200, explain_json(explanations));
  }

  Response plan(const http::Request& request) const {
    const std::string name = parameter(request, "extension");
    if (name.empty()) return Response::problem(400, codes::kBadTarget, "plan needs ?extension=<name>");
    const base::Result<ExtensionRow> row = find_extension(name);
    if (!row) return problem(row.error());
    const base::Result<base::JsonValue> body = read_object(request, "config", kPlanBodyLimit);
    if (!body) return problem(body.error());
    PlanQuestion question{row->hosting_service_name, body->find("config")->text, std::nullopt};
    if (const base::JsonValue* definition = body->find("definition")) {
      if (definition->kind != base::JsonKind::string) {
        return problem(bad_body("\"definition\" must be a string: the text of stagedefinition.json"));
      }
      question.definition_text = definition->text;
    }
    const base::Result<PlanAnswer> answer = parts_.plan(question);
    return answer ? Response::json(200, plan_json(question.extension, *answer)) : problem(answer.error());
  }

  // ---- events

  Response events(const http::Request& request) {
    base::Result<EventQuery> query = read_event_query(request);
    return query ? streams_.follow(*std::move(query)) : problem(query.error());
  }

  Response event_lines(const http::Request& request) {
    base::Result<EventQuery> query = read_event_query(request);
    if (!query) return problem(query.error());
    query->format = EventFormat::lines;
    const std::string follow = parameter(request, "follow");
    if (!follow.empty() && follow != "true" && follow != "false") {
      return Response::problem(400, codes::kBadTarget, "follow must be true or false");
    }
    return follow == "true" ? streams_.follow(*std::move(query)) : streams_.recent(*query);
  }

  std::vector<Route> make_routes();

  ControlParts parts_;
  Authentication authentication_;
  EventStreams streams_;
  RouteTable routes_;
};

std::vector<Route> ControlService::Impl::make_routes() {
  std::vector<Route> routes;
  const auto page = [&](std::string pattern, std::function<Response(const Call&)> handle) {
    routes.push_back({"GET", std::move(pattern), "", {}, "", false, std::move(handle)});
  };
  const auto get = [&](std::string pattern, std::string summary, std::vector<Route::Parameter> query,
                       std::function<Response(const Call&)> handle) -> Route& {
    routes.push_back(
        {"GET", std::move(pattern), std::move(summary), std::move(query), "", false, std::move(handle)});
    return routes.back();
  };
  const auto post = [&](std::string pattern, std::string summary, std::vector<Route::Parameter> query,
                        std::string body_schema, std::function<Response(const Call&)> handle) {
    routes.push_back({"POST", std::move(pattern), std::move(summary), std::move(query),
                      std::move(body_schema), true, std::move(handle)});
  };
  const auto one_string = [](const std::string& name, const std::string& description) {
    return R"({"type":"object","required":[")" + name + R"("],"properties":{")" + name +
           R"(":{"type":"string","description":)" + base::json_quote(description) + "}}}";
  };
  const Route::Parameter extension_parameter = {
      "extension", "An extension, by its hosting service name or its portal name."};
  const std::vector<Route::Parameter> event_parameters = {
      {"since", "Only events with a higher number; without it, only those to come."},
      {"types", "Prefixes of the wanted types, separated by commas."}};

  page("/", [](const Call&) { return dashboard_page(); });
  page("/_emu/dashboard/{file}", [](const Call& call) { return dashboard_file(call.captures[0]); });

  get("/_emu/live", "Whether the process answers.", {},
      [](const Call&) { return Response::json(200, "{\"live\":true}\n"); });
  get("/_emu/ready", "200 once start-up is done; until then 503 and what it waits for.", {},
      [this](const Call&) { return ready(); });
  get("/_emu/health", "Whether anything is wrong: open incidents, or a start-up under way.", {},
      [this](const Call&) {
        return Response::json(200, health_json(parts_.waiting_for(), parts_.incidents()));
      });
  get("/_emu/info", "This run: version, addresses, profile, limits.", {},
      [this](const Call&) { return Response::json(200, info_json(parts_.info(), is_ready())); });
  get("/_emu/openapi.json", "This description.", {}, [this](const Call& call) {
    return Response::json(200, routes_.openapi(parts_.info().version, call.request.origin()));
  });
  post(std::string(kSessionPath), "Gives the dashboard its cookie in exchange for the run's token.", {},
       one_string("token", "The run's token."),
       [this](const Call& call) { return open_session(call.request); });

  get("/_emu/v1/extensions", "Every extension: its stages, friendly names, versions and last error.", {},
      [this](const Call&) { return Response::json(200, extensions_json(parts_.extensions())); });
  get("/_emu/v1/extensions/{extension}", "One extension.", {},
      [this](const Call& call) { return extension(call.captures[0]); });
  for (Route& route : publishing_routes(parts_)) routes.push_back(std::move(route));
  for (Route& route : incident_routes(parts_)) routes.push_back(std::move(route));
  get("/_emu/v1/explain",
      "What a portal URL, or a request to the hosting service, would get, why, and what would change it.",
      {{"extension",
        "By its hosting service name or its portal name; without it, each one that the URL names, or all."},
       {"url", "A portal URL, percent-encoded; without it, a request to the hosting service is meant."},
       {"region", "A region; without it, the URL's or the default one."},
       {"cloud",
        "A cloud or portal environment, such as fairfax or MPAC; without it, that of the URL's host."},
       {"stamp",
        "A stage, friendly name or build number; without it, the region's stage decides. Not with url."},
       {"authority", "As trustedAuthority; without it, the environment's portal."}},
      [this](const Call& call) { return explain(call.request); })
      .blocks = true;  // reads the version's environment files
  post("/_emu/v1/plan", "What a new config.json would change; nothing is published.", {extension_parameter},
       R"({"type":"object","required":["config"],"properties":{"config":{"type":"string",)"
       R"("description":"The text of the new config.json."},"definition":{"type":"string",)"
       R"("description":"The text of a new stagedefinition.json; without it, the container's."}}})",
       [this](const Call& call) { return plan(call.request); });

  std::vector<Route::Parameter> stream_parameters = event_parameters;
  stream_parameters.push_back({"unnamed", "true leaves out the event: lines, for EventSource.onmessage."});
  get("/_emu/v1/events", "The event log as server-sent events, without end.", stream_parameters,
      [this](const Call& call) { return events(call.request); });
  std::vector<Route::Parameter> line_parameters = event_parameters;
  line_parameters.push_back({"follow", "true keeps the answer open for events to come."});
  get("/_emu/v1/events.ndjson", "The event log as one JSON object a line.", line_parameters,
      [this](const Call& call) { return event_lines(call.request); });

  for (Route& route : region_routes(parts_)) routes.push_back(std::move(route));
  for (Route& route : storage_routes(parts_)) routes.push_back(std::move(route));
  for (Route& route : cdn_routes(parts_)) routes.push_back(std::move(route));
  for (Route& route : source_routes(parts_)) routes.push_back(std::move(route));
  for (Route& route : clock_routes(parts_)) routes.push_back(std::move(route));

  post("/_emu/v1/shutdown", "Ends the emulator.", {}, "", [this](const Call&) { return shut_down(); });
  return routes;
}

ControlService::ControlService(ControlParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
ControlService::~ControlService() = default;

void ControlService::stop() {
  impl_->stop();
}
bool ControlService::may_block(const http::Request& request) const {
  return impl_->may_block(request);
}
Response ControlService::handle(const http::Request& request) {
  return impl_->handle(request);
}

}  // namespace exthost::control
