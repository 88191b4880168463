#include "emulator/hosting/cdn_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/http/gate.h"
#include "emulator/http/url.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::array<std::string_view, 2> kHostForms = {".vo.msecnd.net", ".azureedge.net"};
constexpr std::int64_t kLongestSeconds = 10LL * 366 * 24 * 3600;  // as good as for ever, and adds up safely

/// What Cache-Control says, of all its fields.
struct Directives {
  bool no_store = false;
  bool no_cache = false;
  bool is_private = false;
  std::optional<std::int64_t> max_age, shared_max_age;
};

/// Digits only; what is no number is none, and one too large is the largest.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? std::min(value, kLongestSeconds) : kLongestSeconds;
}

Directives directives_of(const http::Headers& headers) {
  Directives found;
  for (const http::Header& field : headers.all()) {
    if (!base::equals_ignoring_case(field.name, "Cache-Control")) continue;
    for (const std::string& item : base::split(field.value, ',')) {
      const std::string_view text = base::trim(item);
      const std::size_t equals = std::min(text.find('='), text.size());
      const std::string name = base::to_lower(base::trim(text.substr(0, equals)));
      const std::string_view value = equals < text.size() ? base::trim(text.substr(equals + 1)) : "";
      if (name == "no-store") found.no_store = true;
      if (name == "no-cache") found.no_cache = true;
      if (name == "private") found.is_private = true;
      if (name == "max-age") found.max_age = seconds_of(value);
      if (name == "s-maxage") found.shared_max_age = seconds_of(value);
    }
  }
  return found;
}

/// Takes the next segment of a raw path and the slashes ahead of it.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool matches_path(std::string_view path, std::string_view pattern) {
  if (!pattern.empty() && pattern.back() == '*') {
    pattern.remove_suffix(1);
    path = path.substr(0, pattern.size());
  }
  return base::equals_ignoring_case(path, pattern);
}

}  // namespace

std::optional<std::string> cdn_namespace(std::string_view production_host) {
  for (const std::string_view form : kHostForms) {
    if (production_host.size() <= form.size() || !production_host.ends_with(form)) continue;
    const std::string_view name = production_host.substr(0, production_host.size() - form.size());
    return std::string(name.substr(0, name.find('.')));
  }
  return std::nullopt;
}

std::string extension_of_namespace(const CdnSettings& settings, const std::string& name) {
  const auto found = settings.namespaces.find(name);
  return found == settings.namespaces.end() ? name : found->second;
}

std::string cdn_host_for(const CdnSettings& settings, const std::string& hosting_service_name) {
  const auto named = std::find_if(settings.namespaces.begin(), settings.namespaces.end(),
                                  [&](const auto& entry) { return entry.second == hosting_service_name; });
  return (named == settings.namespaces.end() ? hosting_service_name : named->first) +
         std::string(kHostForms.front());
}

std::string origin_target(const http::Target& target, const std::string& extension) {
  std::string_view rest = target.raw_path;
  std::string_view first = take_segment(rest);
  if (base::equals_ignoring_case(first, "cdn")) first = take_segment(rest);
  std::string path = "/CDN/";
  if (base::equals_ignoring_case(first, "content")) path += extension + "/";
  path += std::string(first) + std::string(rest);
  return target.raw_query.empty() ? path : path + "?" + target.raw_query;
}

std::optional<base::Duration> time_to_keep(const http::Response& response) {
  constexpr int kOk = 200;
  if (response.status != kOk) return std::nullopt;
  const Directives said = directives_of(response.headers);
  if (said.no_store || said.no_cache || said.is_private) return std::nullopt;
  const std::int64_t seconds = said.shared_max_age ? *said.shared_max_age : said.max_age.value_or(0);
  if (seconds == 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

bool is_private(const http::Response& response) {
  const Directives said = directives_of(response.headers);
  return said.no_store || said.is_private;
}

Result<CdnPurge> parse_purge(std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    return Error{ErrorKind::invalid_input, "\"" + std::string(text) + "\" " + why,
                 std::string(model::codes::kBadRequestBody)};
  };
  CdnPurge purge;
  std::string target(text);
  if (text.find("://") != std::string_view::npos) {
    const auto url = http::parse_url(text);
    if (!url) return refuse("is no URL: " + url.error().message);
    const std::string_view production = http::production_name(url->host);
    purge.host = production.empty() ? url->host : std::string(production);
    if (!cdn_namespace(purge.host)) return refuse("is no URL of the CDN's edge");
    target = url->target;
  } else if (text.empty() || text.front() != '/') {
    return refuse("is neither a URL nor a path that begins with '/'");
  }
  const auto parsed = http::parse_target(target);
  if (!parsed) return refuse("can't be purged: " + parsed.error().message);
  purge.path = parsed->path;
  return purge;
}

bool is_purged(const CdnAddress& address, const CdnPurge& purge) {
  if (!purge.host.empty() && purge.host != address.host) return false;
  if (!purge.extension.empty() && purge.extension != address.extension) return false;
  return purge.path.empty() || matches_path(address.path, purge.path) ||
         matches_path(address.full_path, purge.path);
}

}  // namespace exthost::hosting
