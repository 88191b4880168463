#include "emulator/portal/frame_url.h"

#include <algorithm>

#include "emulator/base/text.h"
#include "emulator/model/hosted_place.h"

namespace exthost::portal {
namespace {

/// A URL's parts as they stand in it. `scheme` is empty for protocol-relative URLs.
struct UrlParts {
  std::string_view scheme;
  std::string_view authority;
  std::string_view host;  ///< Without port; brackets kept.
  std::string_view path;  ///< From the first `/`, with query, without fragment; may be empty.
};

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  url = url.substr(0, url.find('#'));
  const std::size_t slashes = url.find("//");
  if (slashes != std::string_view::npos) {
    if (slashes > 0) parts.scheme = url.substr(0, slashes - 1);
    url.remove_prefix(slashes + 2);
  }
  const std::size_t end = url.find_first_of("/?");
  parts.authority = url.substr(0, end);
  parts.path = end == std::string_view::npos ? std::string_view() : url.substr(end);
  const std::size_t bracket = parts.authority.rfind(']');
  const std::size_t colon = parts.authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = parts.authority.substr(0, colon);
  return parts;
}

bool is_local_host(std::string_view host) {
  const std::string lower = base::to_lower(host);
  constexpr std::string_view kSuffix = ".localhost";
  return lower == "localhost" || lower == "127.0.0.1" || lower == "[::1]" ||
         (lower.size() > kSuffix.size() &&
          std::string_view(lower).substr(lower.size() - kSuffix.size()) == kSuffix);
}

}  // namespace

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::none:
      return "none";
    case Origin::hosting:
      return "hosting";
    case Origin::local:
      return "local";
    case Origin::external:
      return "external";
  }
  return "none";
}

FrameBase locate_frame(std::string_view uri, std::string_view hosting_origin,
                       const std::optional<std::vector<std::string>>& hosted_names) {
  FrameBase base;
  if (uri.empty()) return base;
  const UrlParts parts = split_url(uri);
  const UrlParts ours = split_url(hosting_origin);
  const auto in_production = model::hosted_place(uri);
  const bool elsewhere = in_production && hosted_names &&
                         std::find(hosted_names->begin(), hosted_names->end(),
                                   in_production->hosting_service_name) == hosted_names->end();
  if (auto place = model::hosted_place(uri, ours.authority); place && !elsewhere) {
    base.origin = Origin::hosting;
    base.url = std::string(hosting_origin) + std::string(parts.path);
    base.hosting_service_name = std::move(place->hosting_service_name);
    base.stamp = std::move(place->stamp);
    return base;
  }
  const bool is_http = parts.scheme.empty() || base::equals_ignoring_case(parts.scheme, "https") ||
                       base::equals_ignoring_case(parts.scheme, "http");
  const bool names_user = parts.authority.find('@') != std::string_view::npos;  // what follows is the host
  base.origin = is_http && !names_user && is_local_host(parts.host) ? Origin::local : Origin::external;
  base.url = std::string(parts.scheme.empty() ? ours.scheme : parts.scheme) + "://" +
             std::string(parts.authority) + std::string(parts.path);
  return base;
}

std::string with_query(std::string base, const std::vector<std::pair<std::string, std::string>>& parameters) {
  char separator = base.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : parameters) {
    base += separator;
    base += base::percent_encode(name);
    base += '=';
    base += base::percent_encode(value);
    separator = '&';
  }
  return base;
}

std::string content_url(const FrameBase& base, std::string_view version, std::string_view page) {
  const UrlParts parts = split_url(base.url);
  const std::string_view path = parts.path.substr(0, parts.path.find('?'));
  std::string url(base.url.substr(0, base.url.size() - parts.path.size()));
  if (base.origin == Origin::hosting) {
    url += '/' + base::percent_encode(base.hosting_service_name);
  } else {
    url += path.substr(0, path.find_last_not_of('/') + 1);
  }
  url += "/Content/";
  if (base.origin == Origin::hosting && !version.empty()) url += base::percent_encode(version) + '/';
  return url + base::percent_encode(page.substr(page.find('/') + 1), "/");
}

bool is_content_page(std::string_view page) {
  constexpr std::string_view kFolder = "Content/";
  if (page.size() <= kFolder.size() || !base::begins_with_ignoring_case(page, kFolder)) return false;
  if (page.find('\\') != std::string_view::npos) return false;
  if (std::any_of(page.begin(), page.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return false;
  }
  const std::vector<std::string> segments = base::split(page, '/');
  return std::none_of(segments.begin(), segments.end(),
                      [](const std::string& s) { return s == "." || s == ".."; });
}

std::string host_of(std::string_view url) {
  return base::to_lower(split_url(url).host);
}

std::string local_origin_of(std::string_view host, std::string_view own_origin) {
  const UrlParts parts = split_url(own_origin);
  return std::string(parts.scheme) + "://" + std::string(host) + ".localhost" +
         std::string(parts.authority.substr(parts.host.size()));
}

}  // namespace exthost::portal
