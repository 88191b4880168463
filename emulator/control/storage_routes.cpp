#include "emulator/control/storage_routes.h"

#include <functional>
#include <utility>

#include "emulator/control/exchange.h"
#include "emulator/control/json.h"

namespace exthost::control {
namespace {

using http::Response;

constexpr std::size_t kBodyLimit = 4 * 1024;

Response change_outage(const ControlParts& parts, const http::Request& request) {
  const base::Result<std::string> outage = read_changed_string(request, "outage", kBodyLimit);
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

}  // namespace

std::vector<Route> storage_routes(const ControlParts& parts) {
  Route show = make_route("GET", "/_emu/v1/storage",
                          "The storage accounts, what their answers promise, and the outage in force.", "");
  show.handle = [&parts](const Call&) { return Response::json(200, storage_json(parts.storage())); };
  Route change = make_route(
      "PUT", "/_emu/v1/storage", "Begins or ends an outage of the storage accounts.",
      R"({"type":"object","required":["outage"],"additionalProperties":false,"properties":{"outage":)"
      R"({"type":"string","enum":["none","primary","secondary","both"],)"
      R"("description":"Which endpoints answer 503."}}})");
  change.handle = [&parts](const Call& call) { return change_outage(parts, call.request); };
  Route over =
      make_route("POST", "/_emu/v1/storage:failover",
                 "Makes an account's secondary location its primary, as a customer-managed failover does.",
                 kAccountSchema);
  over.body_optional = true;
  over.handle = [&parts](const Call& call) { return move_account(parts, call.request, parts.fail_over); };
  Route back =
      make_route("POST", "/_emu/v1/storage:failback",
                 "Makes an account geo-redundant again and its primary location serve it.", kAccountSchema);
  back.body_optional = true;
  back.handle = [&parts](const Call& call) { return move_account(parts, call.request, parts.fail_back); };
  return {std::move(show), std::move(change), std::move(over), std::move(back)};
}

}  // namespace exthost::control
