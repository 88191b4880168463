#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/http/message.h"

namespace exthost::control {

/// A request with what its path gave for the route's placeholders, in order.
struct Call {
  const http::Request& request;
  std::vector<std::string> captures;
};

/// One thing that the control listener can be asked, with its documentation.
struct Route {
  struct Parameter {
    std::string name;
    std::string text;
  };

  std::string method;  ///< `GET` also answers HEAD.
  /// `/_emu/v1/incidents/{id}:ack`: a placeholder stands for one segment, or for what is before a verb.
  std::string pattern;
  std::string summary;  ///< One sentence. Empty: a page, which the API's description leaves out.
  std::vector<Parameter> query;
  std::string body_schema;  ///< JSON Schema of the request's body as text; empty: it takes none.
  bool blocks = false;      ///< Reads a body, or may take its time.
  std::function<http::Response(const Call&)> handle;
  bool body_optional = false;  ///< A request without a body is as good.
  bool takes_zip = false;      ///< The body is a zip, not JSON.

  bool mutates() const { return method != "GET"; }
};

/// A route of the API, but for its handler. One that changes something blocks.
Route make_route(std::string method, std::string pattern, std::string summary, std::string body_schema);

/// All routes of a listener. Immutable; thread-safe.
class RouteTable {
 public:
  explicit RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {}

  struct Match {
    const Route* route = nullptr;  ///< Null: no route takes this method at this path.
    std::vector<std::string> captures;
    std::string
        allowed;  ///< The path's methods, as an Allow header lists them; empty: there is nothing at the path.
  };
  Match find(std::string_view method, std::string_view path) const;

  /// The route's path that was probably meant, or absent.
  std::optional<std::string> nearest(std::string_view path) const;

  /// The OpenAPI 3.1 description of every route with a summary, as JSON.
  std::string openapi(std::string_view version, std::string_view origin) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace exthost::control
