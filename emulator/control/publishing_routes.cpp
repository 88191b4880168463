#include "emulator/control/publishing_routes.h"

#include <utility>

#include "emulator/base/text.h"
#include "emulator/control/exchange.h"
#include "emulator/control/json.h"
#include "emulator/control/publishing_json.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"

namespace exthost::control {
namespace {

using base::Error;
using base::ErrorKind;
using base::JsonKind;
using base::JsonValue;
using base::Result;
using http::Condition;
using http::Response;
namespace codes = model::codes;

/// Above what a config may have: the service's own limit is judged, and explained, with the rest of it.
constexpr std::size_t kConfigBodyLimit = 1024 * 1024;
constexpr std::size_t kStagesBodyLimit = 64 * 1024;
constexpr const char* kPrefix = "/_emu/v1/extensions/{extension}/";

Error bad_query(std::string message) {
  return {ErrorKind::invalid_input, std::move(message), std::string(codes::kBadTarget)};
}

Error not_that_etag() {
  return {ErrorKind::conflict, "config.json does not have the ETag that the request names",
          std::string(codes::kConfigChanged)};
}

Result<bool> read_switch(const http::Request& request, const char* name) {
  const std::string text = parameter(request, name);
  if (text == "true") return true;
  if (text.empty() || text == "false") return false;
  return bad_query(std::string(name) + " must be true or false, not " + text);
}

Result<std::vector<std::string>> read_stages(const http::Request& request) {
  std::vector<std::string> stages;
  if (!has_body(request)) return stages;
  const auto body = read_object(request, kStagesBodyLimit);
  if (!body) return body.error();
  const auto wrong = bad_body("the body must be an object with \"stages\", a list of stages' names");
  for (const base::JsonMember& member : body->members) {
    if (member.key != "stages" || member.value.kind != JsonKind::array) return wrong;
    for (const JsonValue& stage : member.value.items) {
      if (stage.kind != JsonKind::string) return wrong;
      stages.push_back(stage.text);
    }
  }
  return stages;
}

Response answer(const Result<ContainerChange>& change) {
  return change ? Response::json(200, change_json(*change)) : problem(change.error());
}

/// Each method answers a request whose path names the extension first.
class PublishingApi {
 public:
  explicit PublishingApi(const ControlParts& parts) : parts_(parts) {}

  Response config(const Call& call) const {
    const auto name = extension(call);
    if (!name) return problem(name.error());
    const auto document = parts_.publishing.config(*name);
    if (!document) return problem(document.error());
    const Condition asked = http::evaluate_conditions(call.request, document->etag, std::nullopt);
    if (asked == Condition::failed) return problem(not_that_etag());
    Response response = Response::json(200, document->text);
    response.headers.set("ETag", document->etag);
    if (asked == Condition::not_modified) {
      response.status = 304;
      response.body = std::string();
    }
    return response;
  }

  Response put_config(const Call& call) const {
    auto wish = begin(call);
    if (!wish) return problem(wish.error());
    ConfigText text;
    if (call.request.headers.get("If-Match") || call.request.headers.get("If-None-Match")) {
      auto document = parts_.publishing.config(wish->extension);
      if (!document && document.error().code != codes::kConfigMissing) return problem(document.error());
      text.etag = document ? std::move(document->etag) : std::string();
      if (http::evaluate_conditions(call.request, *text.etag, std::nullopt) != Condition::proceed)
        return problem(not_that_etag());
    }
    auto body = http::read_body(call.request, kConfigBodyLimit);
    if (!body) return problem(body.error());
    if (body->empty()) return problem(bad_body("the body must be the text of the new config.json"));
    text.text = *std::move(body);
    wish->edit = std::move(text);
    return answer(parts_.publishing.edit_config(*wish));
  }

  Response friendly_names(const Call& call) const {
    const auto name = extension(call);
    if (!name) return problem(name.error());
    const auto names = parts_.publishing.friendly_names(*name);
    return names ? Response::json(200, friendly_names_json(*names)) : problem(names.error());
  }

  Response set_friendly(const Call& call) const {
    auto wish = begin(call);
    if (!wish) return problem(wish.error());
    const auto body = read_optional_strings(call.request, {"version"});
    if (!body) return problem(body.error());
    const JsonValue* version = *body ? (*body)->find("version") : nullptr;
    if (version == nullptr || version->text.empty())
      return problem(bad_body("the body must be an object with the string \"version\""));
    wish->edit = FriendlyWish{call.captures[1], version->text};
    return answer(parts_.publishing.edit_config(*wish));
  }

  Response remove_friendly(const Call& call) const {
    auto wish = begin(call);
    if (!wish) return problem(wish.error());
    wish->edit = FriendlyWish{call.captures[1], {}};
    return answer(parts_.publishing.edit_config(*wish));
  }

  Response promote(const Call& call) const {
    auto wish = begin(call);
    if (!wish) return problem(wish.error());
    const auto body = read_optional_strings(call.request, {"from", "to", "version"});
    if (!body) return problem(body.error());
    const auto field = [&](const char* name) {
      const JsonValue* value = *body ? (*body)->find(name) : nullptr;
      return value == nullptr ? std::string() : value->text;
    };
    wish->edit = model::PromotionWish{field("from"), field("to"), field("version")};
    return answer(parts_.publishing.edit_config(*wish));
  }

  Response roll_back(const Call& call) const {
    auto wish = begin(call);
    if (!wish) return problem(wish.error());
    auto stages = read_stages(call.request);
    if (!stages) return problem(stages.error());
    wish->edit = RollbackWish{*std::move(stages)};
    return answer(parts_.publishing.edit_config(*wish));
  }

  Response versions(const Call& call) const {
    const auto name = extension(call);
    if (!name) return problem(name.error());
    const auto versions = parts_.publishing.versions(*name);
    return versions ? Response::json(200, versions_json(*versions)) : problem(versions.error());
  }

  Response publish(const Call& call) const {
    const auto wish = begin(call);
    if (!wish) return problem(wish.error());
    const auto force = read_switch(call.request, "force");
    if (!force) return problem(force.error());
    PublishOrder order{wish->extension, parameter(call.request, "version"), {}, *force, wish->dry_run};
    if (order.version.empty()) return problem(bad_query("a publish needs ?version=<version>"));
    for (std::string& name : base::split(parameter(call.request, "to"), ',')) {
      if (!name.empty()) order.names.push_back(std::move(name));
    }
    const bool brings_zip = has_body(call.request);
    if (!brings_zip && order.names.empty()) {
      return problem(
          bad_query("a publish needs a zip as its body, or, if the zip is there, names: ?to=stage1,preview"));
    }
    return answer(parts_.publishing.publish(order, brings_zip ? call.request.body : nullptr));
  }

  Response remove_version(const Call& call) const {
    const auto name = extension(call);
    if (!name) return problem(name.error());
    const auto seq = parts_.publishing.remove_version(*name, call.captures[1]);
    return seq ? Response::json(200, seq_json(*seq)) : problem(seq.error());
  }

 private:
  Result<std::string> extension(const Call& call) const {
    auto row = find_extension(parts_.extensions(), call.captures[0]);
    if (!row) return std::move(row).error();
    return std::move(row->hosting_service_name);
  }

  /// The extension, and whether it is a rehearsal.
  Result<ConfigWish> begin(const Call& call) const {
    auto name = extension(call);
    if (!name) return std::move(name).error();
    const auto dry_run = read_switch(call.request, "dryRun");
    if (!dry_run) return dry_run.error();
    return ConfigWish{*std::move(name), {}, *dry_run};
  }

  const ControlParts& parts_;
};

constexpr const char* kConfigSchema =
    R"({"type":"object","description":"The new config.json, as it is to be stored."})";
constexpr const char* kZipSchema = R"({"type":"string","format":"binary"})";
constexpr const char* kPromotionSchema =
    R"({"type":"object","additionalProperties":false,"properties":{"from":{"type":"string","description":)"
    R"("A stage; with to, any name of config.json."},"to":{"type":"string","description":"A stage."},)"
    R"("version":{"type":"string","description":"Instead of the one that from has."}}})";
constexpr const char* kRollbackSchema =
    R"({"type":"object","additionalProperties":false,"properties":{"stages":{"type":"array","items":)"
    R"({"type":"string"},"description":"Without them, all stages."}}})";
constexpr const char* kFriendlySchema =
    R"({"type":"object","required":["version"],"additionalProperties":false,"properties":{"version":)"
    R"({"type":"string"}}})";

}  // namespace

std::vector<Route> publishing_routes(const ControlParts& parts) {
  using Handler = Response (PublishingApi::*)(const Call&) const;
  const auto api = std::make_shared<const PublishingApi>(parts);
  std::vector<Route> routes;
  const auto add = [&](const char* method, const char* path, const char* summary, const char* schema,
                       Handler handler) -> Route& {
    Route& route = routes.emplace_back(make_route(method, std::string(kPrefix) + path, summary, schema));
    route.blocks = true;
    route.handle = [api, handler](const Call& call) { return ((*api).*handler)(call); };
    if (route.mutates()) route.query.push_back({"dryRun", "true: judge and plan, and write nothing."});
    return route;
  };
  add("GET", "config", "The container's config.json as it lies there, with its ETag.", "",
      &PublishingApi::config);
  add("PUT", "config", "Replaces config.json; with If-Match, only the one that was read.", kConfigSchema,
      &PublishingApi::put_config);
  add("GET", "friendly", "The friendly names of the container's config.json.", "",
      &PublishingApi::friendly_names);
  add("PUT", "friendly/{name}", "Points a friendly name to a version.", kFriendlySchema,
      &PublishingApi::set_friendly);
  add("DELETE", "friendly/{name}", "Takes a friendly name out of config.json.", "",
      &PublishingApi::remove_friendly);
  add("POST", "stages:promote", "Gives a stage the version of another; by default one step of the roll-out.",
      kPromotionSchema, &PublishingApi::promote)
      .body_optional = true;
  add("POST", "stages:rollback",
      "Gives stages the versions that they had before the last change of any of them.", kRollbackSchema,
      &PublishingApi::roll_back)
      .body_optional = true;
  add("GET", "versions", "The version zips in the container.", "", &PublishingApi::versions);
  Route& publish = add("POST", "versions", "Puts a version's zip, then points names to it.", kZipSchema,
                       &PublishingApi::publish);
  publish.takes_zip = true;
  publish.body_optional = true;
  publish.query.push_back({"version", "The version's name."});
  publish.query.push_back({"to", "Stages and friendly names that shall have it, separated by commas."});
  publish.query.push_back({"force", "true: put the zip although the hosting service will refuse it."});
  add("DELETE", "versions/{version}", "Removes a version's zip that config.json does not refer to.", "",
      &PublishingApi::remove_version)
      .query.clear();
  return routes;
}

}  // namespace exthost::control
