#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/http/message.h"

namespace exthost::control {

/// Who may do what on the control listener (ux.md 6, Auth; limits.md, HTTP).
///
/// Reading is open to whoever is on this machine and no web page: no Origin header, not cross-site.
/// Everything else takes the run's bearer token, or the dashboard's cookie sent by the dashboard itself. The
/// cookie alone is not enough for other pages: ports do not part sites, so that SameSite lets a page on
/// another port of localhost send it.
///
/// Immutable; thread-safe.
class Authentication {
 public:
  /// `token` must not be empty.
  explicit Authentication(std::string token);

  /// The refusal, or nothing if the request may go on.
  std::optional<http::Response> refuse(const http::Request& request, bool mutates) const;

  /// Whether this opens a session: `token` is right, and no other origin's page asks.
  bool may_open_session(const http::Request& request, std::string_view token) const;

  /// The Set-Cookie value of a session: named after the port, because cookies do not keep ports apart.
  std::string session_cookie(const http::Request& request) const;

 private:
  bool has_bearer_token(const http::Request& request) const;
  bool has_session(const http::Request& request) const;

  std::string token_;
  std::string session_;  ///< The cookie's value: derived from the token, and does not reveal it.
};

/// Whether a page of another origin made the request, as far as its browser says. A link that is followed
/// within the site is no page's request: the answer goes to the user, not to the page.
bool is_from_foreign_page(const http::Request& request);

}  // namespace exthost::control
