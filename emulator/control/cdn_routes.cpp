#include "emulator/control/cdn_routes.h"

#include "emulator/control/exchange.h"
#include "emulator/control/json.h"

namespace exthost::control {
namespace {

using http::Response;

constexpr std::size_t kBodyLimit = 16 * 1024;  // twice the longest URL

base::Result<bool> read_outage(const http::Request& request) {
  const base::Result<base::JsonValue> body = read_object(request, "outage", kBodyLimit);
  if (!body) return body.error();
  for (const base::JsonMember& member : body->members) {
    if (member.key != "outage") {
      return bad_body("only \"outage\" can be changed while the emulator runs, not \"" + member.key + "\"");
    }
  }
  const std::string& outage = body->find("outage")->text;
  if (outage != "on" && outage != "off") return bad_body("\"outage\" must be on or off");
  return outage == "on";
}

Response change_outage(const ControlParts& parts, const http::Request& request) {
  const base::Result<bool> outage = read_outage(request);
  if (!outage) return problem(outage.error());
  if (const base::Result<void> done = parts.set_cdn_outage(*outage); !done) return problem(done.error());
  return Response::json(200, cdn_json(parts.cdn(), parts.journal.last_seq()));
}

/// A request without a body purges everything.
base::Result<CdnPurgeOrder> read_order(const http::Request& request) {
  CdnPurgeOrder order;
  if (request.body == nullptr || request.content_length == 0) return order;
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
  std::vector<Route> routes;
  Route& show = routes.emplace_back();
  show.method = "GET";
  show.pattern = "/_emu/v1/cdn";
  show.summary = "The CDN edge: what it keeps, hits and misses, and whether it is down.";
  show.handle = [&parts](const Call&) { return Response::json(200, cdn_json(parts.cdn())); };
  Route& change = routes.emplace_back();
  change.method = "PUT";
  change.pattern = "/_emu/v1/cdn";
  change.summary = "Begins or ends an outage of the CDN edge.";
  change.body_schema =
      R"({"type":"object","required":["outage"],"additionalProperties":false,"properties":{"outage":)"
      R"({"type":"string","enum":["on","off"],"description":"on: every host of the CDN answers 503."}}})";
  change.blocks = true;
  change.handle = [&parts](const Call& call) { return change_outage(parts, call.request); };
  Route& forget = routes.emplace_back();
  forget.method = "POST";
  forget.pattern = "/_emu/v1/cdn:purge";
  forget.summary = "Makes the CDN edge forget what it keeps: everything, a URL, or an extension's.";
  forget.body_schema =
      R"({"type":"object","additionalProperties":false,"properties":{"url":{"type":"string","description":)"
      R"("A URL of the edge, or a path; a * at the end stands for anything, and queries do not matter."},)"
      R"("extension":{"type":"string","description":"By its hosting service name or its portal name."}}})";
  forget.blocks = true;
  forget.handle = [&parts](const Call& call) { return purge(parts, call.request); };
  return routes;
}

}  // namespace exthost::control
