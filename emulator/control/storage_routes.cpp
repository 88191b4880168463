#include "emulator/control/storage_routes.h"

#include <functional>
#include <utility>

#include "emulator/control/exchange.h"
#include "emulator/control/json.h"

namespace exthost::control {
namespace {

using http::Response;

constexpr std::size_t kBodyLimit = 4 * 1024;

base::Result<std::string> read_outage(const http::Request& request) {
  const base::Result<base::JsonValue> body = read_object(request, "outage", kBodyLimit);
  if (!body) return body.error();
  for (const base::JsonMember& member : body->members) {
    if (member.key != "outage") {
      return bad_body("only \"outage\" can be changed while the emulator runs, not \"" + member.key + "\"");
    }
  }
  return body->find("outage")->text;
}

Response change_outage(const ControlParts& parts, const http::Request& request) {
  const base::Result<std::string> outage = read_outage(request);
  if (!outage) return problem(outage.error());
  if (const base::Result<void> done = parts.set_outage(*outage); !done) return problem(done.error());
  return Response::json(200, storage_json(parts.storage(), parts.journal.last_seq()));
}

constexpr const char* kAccountSchema =
    R"({"type":"object","additionalProperties":false,"properties":{"account":{"type":"string",)"
    R"("description":"A storage account; without it, all."}}})";

Response move_account(const ControlParts& parts, const http::Request& request,
                      const std::function<base::Result<void>(const std::string&)>& move) {
  const auto body = read_optional_strings(request, {"account"});
  if (!body) return problem(body.error());
  const base::JsonValue* account = body->has_value() ? (*body)->find("account") : nullptr;
  if (account != nullptr && account->text.empty()) return problem(bad_body("\"account\" is empty"));
  if (const base::Result<void> done = move(account == nullptr ? "" : account->text); !done)
    return problem(done.error());
  return Response::json(200, storage_json(parts.storage(), parts.journal.last_seq()));
}

Route move_route(std::string pattern, std::string summary) {
  Route route;
  route.method = "POST";
  route.pattern = std::move(pattern);
  route.summary = std::move(summary);
  route.body_schema = kAccountSchema;
  route.body_optional = true;
  route.blocks = true;
  return route;
}

}  // namespace

std::vector<Route> storage_routes(const ControlParts& parts) {
  std::vector<Route> routes;
  Route& show = routes.emplace_back();
  show.method = "GET";
  show.pattern = "/_emu/v1/storage";
  show.summary = "The storage accounts, what their answers promise, and the outage in force.";
  show.handle = [&parts](const Call&) { return Response::json(200, storage_json(parts.storage())); };
  Route& change = routes.emplace_back();
  change.method = "PUT";
  change.pattern = "/_emu/v1/storage";
  change.summary = "Begins or ends an outage of the storage accounts.";
  change.body_schema =
      R"({"type":"object","required":["outage"],"additionalProperties":false,"properties":{"outage":)"
      R"({"type":"string","enum":["none","primary","secondary","both"],)"
      R"("description":"Which endpoints answer 503."}}})";
  change.blocks = true;
  change.handle = [&parts](const Call& call) { return change_outage(parts, call.request); };
  Route& over = routes.emplace_back(
      move_route("/_emu/v1/storage:failover",
                 "Makes an account's secondary location its primary, as a customer-managed failover does."));
  over.handle = [&parts](const Call& call) { return move_account(parts, call.request, parts.fail_over); };
  Route& back = routes.emplace_back(
      move_route("/_emu/v1/storage:failback",
                 "Makes an account geo-redundant again and its primary location serve it."));
  back.handle = [&parts](const Call& call) { return move_account(parts, call.request, parts.fail_back); };
  return routes;
}

}  // namespace exthost::control
