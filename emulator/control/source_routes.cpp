#include "emulator/control/source_routes.h"

#include <utility>

#include "emulator/control/exchange.h"
#include "emulator/control/json.h"

namespace exthost::control {
namespace {

using http::Response;

Response restart(const ControlParts& parts, const Call& call) {
  const base::Result<ExtensionRow> row = find_extension(parts.extensions(), call.captures[0]);
  if (!row) return problem(row.error());
  if (const auto asked = parts.restart_build(row->hosting_service_name); !asked)
    return problem(asked.error());
  return Response::json(202, seq_json(parts.journal.last_seq()));
}

}  // namespace

std::vector<Route> source_routes(const ControlParts& parts) {
  Route again = make_route("POST", "/_emu/v1/extensions/{extension}/source:restart",
                           "Ends the build command of the extension's source and starts it anew.", "");
  again.handle = [&parts](const Call& call) { return restart(parts, call); };
  return {std::move(again)};
}

}  // namespace exthost::control
