#include "emulator/control/region_routes.h"

#include <algorithm>
#include <utility>

#include "emulator/control/exchange.h"
#include "emulator/control/json.h"

namespace exthost::control {
namespace {

using http::Response;

constexpr std::size_t kBodyLimit = 4 * 1024;

/// The extension that the query names, by its hosting service name; empty if it names none.
base::Result<std::string> wanted_extension(const ControlParts& parts, const http::Request& request) {
  const std::string name = parameter(request, "extension");
  if (name.empty()) return std::string();
  base::Result<ExtensionRow> row = find_extension(parts.extensions(), name);
  if (!row) return std::move(row).error();
  return std::move(row->hosting_service_name);
}

Response show_regions(const ControlParts& parts, const http::Request& request) {
  const base::Result<std::string> extension = wanted_extension(parts, request);
  if (!extension) return problem(extension.error());
  std::vector<RegionRow> rows = parts.regions();
  if (!extension->empty())
    std::erase_if(rows, [&](const RegionRow& row) { return row.extension != *extension; });
  return Response::json(200, regions_json(rows));
}

base::Result<bool> read_down(const http::Request& request) {
  const base::Result<base::JsonValue> body = read_object(request, kBodyLimit);
  if (!body) return body.error();
  const base::JsonValue* down = body->find("down");
  if (down == nullptr || down->kind != base::JsonKind::boolean || body->members.size() != 1) {
    return bad_body("the body must be {\"down\": true} or {\"down\": false}");
  }
  return down->boolean;
}

Response change_region(const ControlParts& parts, const Call& call) {
  const base::Result<bool> down = read_down(call.request);
  if (!down) return problem(down.error());
  const std::string& region = call.captures[0];
  if (const auto done = parts.set_region_down(region, *down); !done) return problem(done.error());
  std::vector<RegionRow> rows = parts.regions();
  std::erase_if(rows, [&](const RegionRow& row) { return row.region != region; });
  return Response::json(200, regions_json(rows, parts.journal.last_seq()));
}

Response sync(const ControlParts& parts, const http::Request& request) {
  base::Result<std::string> extension = wanted_extension(parts, request);
  if (!extension) return problem(extension.error());
  const base::Result<std::vector<SyncOutcome>> outcomes =
      parts.sync({*std::move(extension), parameter(request, "region")});
  if (!outcomes) return problem(outcomes.error());
  return Response::json(200, sync_json(*outcomes, parts.journal.last_seq()));
}

}  // namespace

std::vector<Route> region_routes(const ControlParts& parts) {
  const Route::Parameter extension = {"extension",
                                      "An extension, by its hosting service name or its portal name."};
  Route show = make_route(
      "GET", "/_emu/v1/regions",
      "What every region serves of every extension, what is on its way, and how its polls went.", "");
  show.query = {extension};
  show.handle = [&parts](const Call& call) { return show_regions(parts, call.request); };
  Route change =
      make_route("PUT", "/_emu/v1/regions/{region}", "Takes a region's data centre down, or brings it back.",
                 R"({"type":"object","required":["down"],"additionalProperties":false,"properties":{"down":)"
                 R"({"type":"boolean","description":"Whether it polls nothing and answers nobody."}}})");
  change.handle = [&parts](const Call& call) { return change_region(parts, call); };
  Route now = make_route(
      "POST", "/_emu/v1/sync",
      "Syncs now, lets every data centre take the result at once, and answers when it is done.", "");
  now.query = {extension, {"region", "Only the data centre of this region polls."}};
  now.handle = [&parts](const Call& call) { return sync(parts, call.request); };
  return {std::move(show), std::move(change), std::move(now)};
}

}  // namespace exthost::control
