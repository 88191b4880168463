#include "emulator/control/cdn_routes.h"

#include <utility>

#include "emulator/control/exchange.h"
#include "emulator/control/json.h"

namespace exthost::control {
namespace {

using http::Response;

constexpr std::size_t kBodyLimit = 16 * 1024;  // twice the longest URL

Response change_outage(const ControlParts& parts, const http::Request& request) {
  const base::Result<std::string> outage = read_changed_string(request, "outage", kBodyLimit);
  if (!outage) return problem(outage.error());
  if (*outage != "on" && *outage != "off") return problem(bad_body("\"outage\" must be on or off"));
  if (const base::Result<void> done = parts.set_cdn_outage(*outage == "on"); !done)
    return problem(done.error());
  return Response::json(200, cdn_json(parts.cdn(), parts.journal.last_seq()));
}

/// A request without a body purges everything.
base::Result<CdnPurgeOrder> read_order(const http::Request& request) {
  CdnPurgeOrder order;
  if (!has_body(request)) return order;
  const base::Result<base::JsonValue> body = read_object(request, kBodyLimit);
  if (!body) return body.error();
  for (const base::JsonMember& member : body->members) {
    std::string* target = member.key == "url"         ? &order.url
                          : member.key == "extension" ? &order.extension
                                                      : nullptr;
    if (target == nullptr)
      return bad_body("a purge has \"url\" and \"extension\", not \"" + member.key + "\"");
    if (member.value.kind != base::JsonKind::string || member.value.text.empty())
      return bad_body("\"" + member.key + "\" must be a string that is not empty");
    *target = member.value.text;
  }
  return order;
}

Response purge(const ControlParts& parts, const http::Request& request) {
  base::Result<CdnPurgeOrder> order = read_order(request);
  if (!order) return problem(order.error());
  if (!order->extension.empty()) {
    base::Result<ExtensionRow> row = find_extension(parts.extensions(), order->extension);
    if (!row) return problem(row.error());
    order->extension = std::move(row->hosting_service_name);
  }
  const base::Result<std::uint64_t> purged = parts.purge_cdn(*order);
  if (!purged) return problem(purged.error());
  return Response::json(200, cdn_json(parts.cdn(), *purged, parts.journal.last_seq()));
}

}  // namespace

std::vector<Route> cdn_routes(const ControlParts& parts) {
  Route show = make_route("GET", "/_emu/v1/cdn",
                          "The CDN edge: what it keeps, hits and misses, and whether it is down.", "");
  show.handle = [&parts](const Call&) { return Response::json(200, cdn_json(parts.cdn())); };
  Route change = make_route(
      "PUT", "/_emu/v1/cdn", "Begins or ends an outage of the CDN edge.",
      R"({"type":"object","required":["outage"],"additionalProperties":false,"properties":{"outage":)"
      R"({"type":"string","enum":["on","off"],"description":"on: every host of the CDN answers 503."}}})");
  change.handle = [&parts](const Call& call) { return change_outage(parts, call.request); };
  Route forget = make_route(
      "POST", "/_emu/v1/cdn:purge",
      "Makes the CDN edge forget what it keeps: everything, a URL, or an extension's.",
      R"({"type":"object","additionalProperties":false,"properties":{"url":{"type":"string","description":)"
      R"("A URL of the edge, or a path; a * at the end stands for anything, and queries do not matter."},)"
      R"("extension":{"type":"string","description":"By its hosting service name or its portal name."}}})");
  forget.body_optional = true;
  forget.handle = [&parts](const Call& call) { return purge(parts, call.request); };
  return {std::move(show), std::move(change), std::move(forget)};
}

}  // namespace exthost::control
