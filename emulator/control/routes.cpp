#include "emulator/control/routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::control {
namespace {

using Json = nlohmann::ordered_json;

/// A segment of a pattern, taken apart: `{id}:ack` is the placeholder `id` and the verb `:ack`.
struct Placeholder {
  std::string_view name;
  std::string_view verb;  ///< With its colon; empty if there is none.
};

std::optional<Placeholder> placeholder(std::string_view segment) {
  const std::size_t end = segment.find('}');
  if (segment.size() < 3 || segment.front() != '{' || end == std::string_view::npos) return std::nullopt;
  return Placeholder{segment.substr(1, end - 1), segment.substr(end + 1)};
}

/// What stands for the pattern's placeholders, or absent if the path is another one.
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path) {
  const std::vector<std::string> wanted = base::split(pattern, '/');
  const std::vector<std::string> given = base::split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> captures;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (const auto part = placeholder(wanted[i])) {
      if (given[i].size() <= part->verb.size() || !given[i].ends_with(part->verb)) return std::nullopt;
      // `3:ack` is another route than `3`: what stands behind a colon is a verb, never part of a name.
      if (part->verb.empty() && given[i].find(':') != std::string::npos) return std::nullopt;
      captures.push_back(given[i].substr(0, given[i].size() - part->verb.size()));
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return captures;
}

Json parameters_of(const Route& route) {
  Json parameters = Json::array();
  for (const std::string& segment : base::split(route.pattern, '/')) {
    const auto part = placeholder(segment);
    if (!part) continue;
    parameters.push_back(
        {{"name", part->name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  for (const Route::Parameter& parameter : route.query) {
    parameters.push_back({{"name", parameter.name},
                          {"in", "query"},
                          {"description", parameter.text},
                          {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

Json operation_of(const Route& route) {
  Json operation = {{"summary", route.summary}, {"parameters", parameters_of(route)}};
  if (!route.body_schema.empty()) {
    const Json schema = Json::parse(route.body_schema, nullptr, false);
    operation["requestBody"] = {
        {"required", !route.body_optional},
        {"content", {{route.takes_zip ? "application/zip" : "application/json", {{"schema", schema}}}}}};
  }
  operation["responses"] = {
      {"200", {{"description", "Done."}}},
      {"default",
       {{"description", "A problem: code, title and detail."},
        {"content",
         {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}}}};
  if (route.mutates()) operation["security"] = Json::array({{{"bearer", Json::array()}}});
  return operation;
}

}  // namespace

Route make_route(std::string method, std::string pattern, std::string summary, std::string body_schema) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.summary = std::move(summary);
  route.body_schema = std::move(body_schema);
  route.blocks = route.mutates();
  return route;
}

RouteTable::Match RouteTable::find(std::string_view method, std::string_view path) const {
  const std::string_view asked = method == "HEAD" ? "GET" : method;
  Match match;
  for (const Route& route : routes_) {
    std::optional<std::vector<std::string>> captures = match_path(route.pattern, path);
    if (!captures) continue;
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += route.method == "GET" ? "GET, HEAD" : route.method;
    if (route.method == asked) {
      match.route = &route;
      match.captures = std::move(*captures);
    }
  }
  return match;
}

std::optional<std::string> RouteTable::nearest(std::string_view path) const {
  std::vector<std::string> patterns;
  for (const Route& route : routes_) patterns.push_back(route.pattern);
  return base::nearest_word(path, patterns);
}

std::string RouteTable::openapi(std::string_view version, std::string_view origin) const {
  Json paths = Json::object();
  for (const Route& route : routes_) {
    if (!route.summary.empty()) paths[route.pattern][base::to_lower(route.method)] = operation_of(route);
  }
  const Json text = {{"type", "string"}};
  const Json problem = {
      {"type", "object"},
      {"properties", {{"status", {{"type", "integer"}}}, {"code", text}, {"title", text}, {"detail", text}}}};
  const Json description = {{"openapi", "3.1.0"},
                            {"info", {{"title", "exthost-emu control API"}, {"version", version}}},
                            {"servers", Json::array({{{"url", origin}}})},
                            {"paths", paths},
                            {"components",
                             {{"schemas", {{"Problem", problem}}},
                              {"securitySchemes", {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
  return description.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exthost::control
