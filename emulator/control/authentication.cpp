#include "emulator/control/authentication.h"

#include <utility>

#include "emulator/base/hash.h"
#include "emulator/base/result.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::control {
namespace {

std::string cookie_name(const http::Request& request) {
  return "exthost_emu_" + std::to_string(request.port);
}

/// The token of `Authorization: Bearer <token>`, or absent for any other scheme.
std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!base::begins_with_ignoring_case(authorization, kScheme)) return std::nullopt;
  return base::trim(authorization.substr(kScheme.size()));
}

http::Response token_required(std::string_view detail) {
  http::Response response = http::Response::problem(401, model::codes::kTokenRequired, detail);
  response.headers.set("WWW-Authenticate", "Bearer realm=\"exthost-emu\"");
  return response;
}

}  // namespace

Authentication::Authentication(std::string token)
    : token_(std::move(token)),
      session_(base::sha256_hex(base::hmac_sha256(token_, "exthost-emu dashboard session"))) {
  EXTHOST_CHECK(!token_.empty());
}

std::optional<http::Response> Authentication::refuse(const http::Request& request, bool mutates) const {
  if (request.headers.get("Authorization")) {
    if (has_bearer_token(request)) return std::nullopt;
    return token_required("The token in the Authorization header is not the one of this run");
  }
  const bool foreign = is_from_foreign_page(request);
  if (!foreign && has_session(request)) return std::nullopt;
  if (foreign) return token_required("A page of another origin needs \"Authorization: Bearer <token>\"");
  if (mutates) return token_required("What changes state needs \"Authorization: Bearer <token>\"");
  if (request.headers.get("Origin")) {
    return token_required(
        "A request with an Origin header needs \"Authorization: Bearer <token>\" or a session");
  }
  return std::nullopt;
}

bool Authentication::may_open_session(const http::Request& request, std::string_view token) const {
  return !is_from_foreign_page(request) && base::equal_in_constant_time(token, token_);
}

std::string Authentication::session_cookie(const http::Request& request) const {
  return cookie_name(request) + "=" + session_ + "; Path=/; HttpOnly; SameSite=Strict" +
         (request.secure ? "; Secure" : "");
}

bool Authentication::has_bearer_token(const http::Request& request) const {
  const std::optional<std::string_view> token = bearer_token(request.headers.value("Authorization"));
  return token && base::equal_in_constant_time(*token, token_);
}

bool Authentication::has_session(const http::Request& request) const {
  const std::string name = cookie_name(request);
  for (const http::Header& field : request.headers.all()) {
    if (!base::equals_ignoring_case(field.name, "Cookie")) continue;
    for (const std::string& pair : base::split(field.value, ';')) {
      const std::string_view cookie = base::trim(pair);
      const std::size_t equals = cookie.find('=');
      if (equals == std::string_view::npos || cookie.substr(0, equals) != name) continue;
      if (base::equal_in_constant_time(cookie.substr(equals + 1), session_)) return true;
    }
  }
  return false;
}

bool is_from_foreign_page(const http::Request& request) {
  const std::optional<std::string_view> origin = request.headers.get("Origin");
  if (origin && !base::equals_ignoring_case(*origin, request.origin())) return true;
  const std::optional<std::string_view> site = request.headers.get("Sec-Fetch-Site");
  if (!site || *site == "same-origin" || *site == "none") return false;
  return *site != "same-site" || request.headers.value("Sec-Fetch-Mode") != "navigate";
}

}  // namespace exthost::control
