#include "emulator/control/dashboard.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/web/assets.h"

namespace exthost::control {
namespace {

/// The asset's bytes are part of the program: nobody has to keep them alive.
http::Response serve(const web::Asset& asset) {
  http::Response response;
  response.headers.set("Content-Type", std::string(asset.content_type));
  response.body = std::vector<http::Slice>{{nullptr, asset.bytes}};
  return response;
}

}  // namespace

http::Response dashboard_page() {
  return dashboard_file("index.html");
}

http::Response dashboard_file(std::string_view name) {
  const std::optional<web::Asset> asset = web::find_asset("dashboard/" + std::string(name));
  if (asset) return serve(*asset);
  return http::Response::problem(404, model::codes::kUnknownRoute, "The dashboard has no file of that name");
}

void add_protective_headers(http::Response& response) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kHeaders = {{
      {"Cache-Control", "no-store"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
       "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
  }};
  for (const auto& [name, value] : kHeaders) {
    if (!response.headers.get(name)) response.headers.add(std::string(name), std::string(value));
  }
}

}  // namespace exthost::control
