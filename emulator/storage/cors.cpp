#include "emulator/storage/cors.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "emulator/base/text.h"

namespace exthost::storage {
namespace {

template <class Matches>
bool any_of_list(std::string_view list, Matches matches) {
  const auto entries = base::split(list, ',');
  return std::any_of(entries.begin(), entries.end(),
                     [&](const std::string& entry) { return matches(base::trim(entry)); });
}

// `*`, an origin, `https://*.contoso.com`, or `*.contoso.com`, which stands for any scheme.
bool origin_matches(std::string_view pattern, std::string_view origin) {
  if (pattern == "*" || base::equals_ignoring_case(pattern, origin)) return true;
  const std::size_t star = pattern.find("*.");
  if (star == std::string_view::npos) return false;
  const std::string_view scheme = pattern.substr(0, star);
  const std::string_view domain = pattern.substr(star + 1);
  return origin.size() > scheme.size() + domain.size() && base::begins_with_ignoring_case(origin, scheme) &&
         base::ends_with_ignoring_case(origin, domain);
}

// `*`, a name, or the beginning of names: `x-ms-meta*`.
bool header_matches(std::string_view pattern, std::string_view name) {
  if (!pattern.empty() && pattern.back() == '*') {
    pattern.remove_suffix(1);
    return base::begins_with_ignoring_case(name, pattern);
  }
  return base::equals_ignoring_case(pattern, name);
}

bool allows(const CorsRule& rule, std::string_view origin, std::string_view method) {
  return any_of_list(rule.origins,
                     [&](std::string_view pattern) { return origin_matches(pattern, origin); }) &&
         any_of_list(rule.methods,
                     [&](std::string_view name) { return base::equals_ignoring_case(name, method); });
}

bool allows_headers(const CorsRule& rule, std::string_view asked) {
  const auto names = base::split(asked, ',');
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    const std::string_view header = base::trim(name);
    return header.empty() || any_of_list(rule.allowed_headers, [&](std::string_view pattern) {
             return header_matches(pattern, header);
           });
  });
}

}  // namespace

Rest<http::Headers> answer_preflight(const std::vector<CorsRule>& rules, const http::Headers& request) {
  const std::string_view origin = request.value("Origin");
  const std::string_view method = request.value("Access-Control-Request-Method");
  const std::string_view asked = request.value("Access-Control-Request-Headers");
  if (origin.empty() || method.empty()) {
    return rest_error("InvalidHeaderValue", "A preflight has Origin and Access-Control-Request-Method.");
  }
  for (const CorsRule& rule : rules) {
    if (!allows(rule, origin, method) || !allows_headers(rule, asked)) continue;
    http::Headers headers;
    headers.set("Access-Control-Allow-Origin", std::string(origin));
    headers.set("Access-Control-Allow-Methods", std::string(method));
    if (!asked.empty()) headers.set("Access-Control-Allow-Headers", std::string(asked));
    headers.set("Access-Control-Max-Age", rule.max_age_seconds);
    headers.set("Access-Control-Allow-Credentials", "true");
    headers.set("Vary", "Origin");
    return headers;
  }
  return rest_error("CorsPreflightFailure");
}

http::Headers cors_headers(const std::vector<CorsRule>& rules, const http::Request& request) {
  http::Headers headers;
  const std::string_view origin = request.headers.value("Origin");
  if (origin.empty() || rules.empty()) return headers;
  for (const CorsRule& rule : rules) {
    if (!allows(rule, origin, request.method)) continue;
    const bool for_all = any_of_list(rule.origins, [](std::string_view pattern) { return pattern == "*"; });
    headers.set("Access-Control-Allow-Origin", for_all ? "*" : std::string(origin));
    if (!rule.exposed_headers.empty()) headers.set("Access-Control-Expose-Headers", rule.exposed_headers);
    if (!for_all) {
      headers.set("Access-Control-Allow-Credentials", "true");
      headers.set("Vary", "Origin");
    }
    return headers;
  }
  headers.set("Vary", "Origin");
  return headers;
}

}  // namespace exthost::storage
