#include "emulator/control/incident_routes.h"

#include <charconv>
#include <utility>

#include "emulator/control/exchange.h"
#include "emulator/control/json.h"
#include "emulator/model/codes.h"

namespace exthost::control {
namespace {

namespace codes = model::codes;
using http::Response;

constexpr std::size_t kNameLimit = 200;   // bytes
constexpr std::size_t kNoteLimit = 2000;  // bytes: a note stands in the journal, and in what hooks are sent
constexpr const char* kRemarkSchema =
    R"({"type":"object","additionalProperties":false,"properties":{"by":{"type":"string",)"
    R"("description":"Who does it."},"note":{"type":"string","description":"In their words."}}})";

using Change = std::function<base::Result<model::Incident>(std::uint64_t, model::IncidentRemark)>;

base::Error no_incident(const std::string& id) {
  return {base::ErrorKind::not_found, "there is no incident " + id, std::string(codes::kUnknownRoute)};
}

base::Result<model::IncidentRemark> read_remark(const http::Request& request) {
  const auto body = read_optional_strings(request, {"by", "note"});
  if (!body) return body.error();
  model::IncidentRemark remark;
  if (!body->has_value()) return remark;
  if (const base::JsonValue* by = (*body)->find("by")) remark.by = by->text;
  if (const base::JsonValue* note = (*body)->find("note")) remark.note = note->text;
  if (remark.by.size() > kNameLimit || remark.note.size() > kNoteLimit) {
    return bad_body("\"by\" may have " + std::to_string(kNameLimit) + " bytes and \"note\" " +
                    std::to_string(kNoteLimit));
  }
  return remark;
}

Response list(const ControlParts& parts, const http::Request& request) {
  const std::string state = parameter(request, "state");
  if (!state.empty() && state != "open" && state != "resolved") {
    return Response::problem(400, codes::kBadTarget, "state must be open or resolved");
  }
  std::vector<model::Incident> incidents = parts.incidents();
  if (!state.empty()) {
    const bool wants_open = state == "open";
    std::erase_if(incidents,
                  [&](const model::Incident& one) { return one.resolved.has_value() == wants_open; });
  }
  return Response::json(200, incidents_json(incidents));
}

Response show(const ControlParts& parts, const std::string& id) {
  for (const model::Incident& one : parts.incidents()) {
    if (std::to_string(one.id) == id) return Response::json(200, incident_json(one));
  }
  return problem(no_incident(id));
}

Response change(const ControlParts& parts, const Call& call, const Change& act) {
  const std::string& text = call.captures[0];
  std::uint64_t id = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (fault != std::errc() || end != text.data() + text.size()) return problem(no_incident(text));
  base::Result<model::IncidentRemark> remark = read_remark(call.request);
  if (!remark) return problem(remark.error());
  const base::Result<model::Incident> changed = act(id, *std::move(remark));
  if (!changed) return problem(changed.error());
  return Response::json(200, incident_json(*changed, parts.journal.last_seq()));
}

}  // namespace

std::vector<Route> incident_routes(const ControlParts& parts) {
  Route all =
      make_route("GET", "/_emu/v1/incidents", "What production would open against the owning team.", "");
  all.query = {{"state", "open or resolved; without it, both."}};
  all.handle = [&parts](const Call& call) { return list(parts, call.request); };
  Route one = make_route("GET", "/_emu/v1/incidents/{id}", "One incident.", "");
  one.handle = [&parts](const Call& call) { return show(parts, call.captures[0]); };
  Route acknowledge =
      make_route("POST", "/_emu/v1/incidents/{id}:ack",
                 "Says that somebody has seen an open incident; nothing else changes.", kRemarkSchema);
  acknowledge.body_optional = true;
  acknowledge.handle = [&parts](const Call& call) { return change(parts, call, parts.acknowledge_incident); };
  Route resolve = make_route(
      "POST", "/_emu/v1/incidents/{id}:resolve",
      "Resolves an open incident by hand; if its cause persists, the next failing sync opens a new one.",
      kRemarkSchema);
  resolve.body_optional = true;
  resolve.handle = [&parts](const Call& call) { return change(parts, call, parts.resolve_incident); };
  return {std::move(all), std::move(one), std::move(acknowledge), std::move(resolve)};
}

}  // namespace exthost::control
