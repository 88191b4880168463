#include "emulator/http/gate.h"

#include <algorithm>
#include <charconv>

#include "emulator/base/text.h"
#include "emulator/http/conditions.h"
#include "emulator/model/codes.h"

namespace exthost::http {

namespace {

constexpr std::string_view kLocalSuffix = ".localhost";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex_or_colon(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

/// Lower-cased already: labels of letters, digits, `-` and `_`, none of them empty.
bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  bool label_begins = true;
  for (const char c : name) {
    if (c == '.') {
      if (label_begins) return false;
      label_begins = true;
      continue;
    }
    if (!is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-' && c != '_') return false;
    label_begins = false;
  }
  return !label_begins;
}

/// Empty stands for "no port" (RFC 3986, 3.2.3). False if it is no port number.
bool read_port(std::string_view digits, std::optional<std::uint16_t>& port) {
  if (digits.empty()) return true;
  std::uint16_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return false;
  port = value;
  return true;
}

/// 127.0.0.0/8 in dotted form: a literal address, so no name server can point it elsewhere.
bool is_loopback_address(std::string_view name) {
  if (name == "::1") return true;
  constexpr std::string_view kFirst = "127.";
  if (!name.starts_with(kFirst)) return false;
  const auto is_part = [](std::string_view part) {
    int value = 0;
    const bool digits = !part.empty() && part.size() <= 3 && std::all_of(part.begin(), part.end(), is_digit);
    return digits && std::from_chars(part.data(), part.data() + part.size(), value).ec == std::errc() &&
           value <= 255;
  };
  std::string_view rest = name.substr(kFirst.size());
  for (int dots = 0; dots < 2; ++dots) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos || !is_part(rest.substr(0, dot))) return false;
    rest.remove_prefix(dot + 1);
  }
  return is_part(rest);
}

bool is_name_of_ours(std::string_view name, const GateRules& rules) {
  if (is_local_name(name)) return true;
  return std::any_of(rules.allowed_hosts.begin(), rules.allowed_hosts.end(),
                     [&](const std::string& allowed) { return base::equals_ignoring_case(allowed, name); });
}

Response refuse_host(std::string_view detail) {
  return Response::problem(421, model::codes::kHostRefused, detail);
}

/// Header text within a sentence: short, and without bytes that a terminal or a log would act upon.
std::string quoted(std::string_view text) {
  std::string safe = "'";
  for (const char c : text.substr(0, 100)) safe += c >= 0x20 && c < 0x7f ? c : '?';
  return safe + "'";
}

std::optional<Response> refuse_by_host(const Request& request, const std::optional<HostAndPort>& host,
                                       const GateRules& rules) {
  const std::size_t fields = request.headers.count("Host");
  if (fields > 1) {
    return Response::problem(400, model::codes::kHostRefused, "the request has more than one Host header");
  }
  if (fields == 0) {
    // HTTP/1.0 clients need send none; browsers, which this check is about, always do.
    if (request.http_minor == 0) return std::nullopt;
    return refuse_host("the request has no Host header");
  }
  const std::string_view value = request.headers.value("Host");
  if (!host)
    return refuse_host("the Host header " + quoted(value) + " is not a host name with an optional port");
  if (!is_name_of_ours(host->name, rules)) {
    return refuse_host(
        "the host " + quoted(host->name) +
        " is not served here; use localhost, a name that ends in .localhost, or allow the name with "
        "--allow-host");
  }
  const std::uint16_t default_port = request.secure ? 443 : 80;
  const std::uint16_t port = host->port.value_or(default_port);
  if (rules.check_port && port != request.port) {
    return refuse_host("the Host header " + quoted(value) + " names port " + std::to_string(port) +
                       ", but this listener's port is " + std::to_string(request.port));
  }
  return std::nullopt;
}

bool is_top_level_navigation(const Request& request) {
  return is_read(request) && request.headers.value("Sec-Fetch-Mode") == "navigate" &&
         request.headers.value("Sec-Fetch-Dest") == "document";
}

Response refuse_origin(std::string_view detail) {
  return Response::problem(403, model::codes::kOriginRefused, detail);
}

std::optional<Response> refuse_by_origin(const Request& request) {
  if (const auto site = request.headers.get("Sec-Fetch-Site")) {
    if (*site == "cross-site" && !is_top_level_navigation(request)) {
      return refuse_origin("a page of another site may link here, but may not load this");
    }
    if (*site == "same-site" && request.headers.value("Sec-Fetch-Dest") == "script") {
      return refuse_origin("a page of another origin may not load scripts from here");
    }
    return std::nullopt;
  }
  // Clients without fetch metadata: older browsers still name the origin of what is not a plain GET.
  const std::optional<std::string_view> origin = request.headers.get("Origin");
  if (origin && !base::equals_ignoring_case(*origin, request.origin())) {
    return refuse_origin("requests from the origin " + quoted(*origin) + " are not answered here");
  }
  return std::nullopt;
}

}  // namespace

std::string_view production_name(std::string_view name) {
  if (name.size() <= kLocalSuffix.size() || !name.ends_with(kLocalSuffix)) return {};
  return name.substr(0, name.size() - kLocalSuffix.size());
}

bool is_local_name(std::string_view name) {
  if (name == "localhost" || is_loopback_address(name)) return true;
  return !production_name(name).empty();
}

std::optional<HostAndPort> parse_host(std::string_view host_header) {
  const std::string lowered = base::to_lower(base::trim(host_header));
  std::string_view rest = lowered;
  HostAndPort host;
  if (!rest.empty() && rest.front() == '[') {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view address = rest.substr(1, close - 1);
    if (address.find(':') == std::string_view::npos ||
        !std::all_of(address.begin(), address.end(), is_hex_or_colon)) {
      return std::nullopt;
    }
    host.name = std::string(address);
    rest.remove_prefix(close + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
  } else {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    std::string_view name = rest.substr(0, colon);
    if (!name.empty() && name.back() == '.') name.remove_suffix(1);  // a fully qualified name
    if (!is_host_name(name)) return std::nullopt;
    host.name = std::string(name);
    rest.remove_prefix(colon);
  }
  if (!rest.empty() && !read_port(rest.substr(1), host.port)) return std::nullopt;
  return host;
}

std::optional<Response> refuse_at_gate(const Request& request, const std::optional<HostAndPort>& host,
                                       const GateRules& rules) {
  if (std::optional<Response> refusal = refuse_by_host(request, host, rules)) return refusal;
  return rules.refuse_cross_site ? refuse_by_origin(request) : std::nullopt;
}

}  // namespace exthost::http
