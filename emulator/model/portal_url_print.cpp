// Portal URLs as text, and with a parameter changed.

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/portal_url.h"

namespace exthost::model {
namespace {

constexpr std::string_view kReadable = "/:,@";  // allowed in a query as they are (RFC 3986, 3.4)

/// Without scheme and host `//x` would be read as a host, and `http` be forgotten.
bool needs_origin(const PortalUrl& url) {
  return !url.host.empty() || !url.port.empty() || url.scheme != "https" || url.path.starts_with("//");
}

}  // namespace

std::string print_portal_url(const PortalUrl& url) {
  std::string text;
  if (needs_origin(url)) {
    text = url.scheme + "://" + url.host;
    if (!url.port.empty()) text += ":" + url.port;
  }
  text += url.path;
  char separator = '?';
  for (const auto& [name, value] : url.query) {
    text += separator;
    text += base::percent_encode(name, kReadable);
    if (!value.empty()) text += "=" + base::percent_encode(value, kReadable);
    separator = '&';
  }
  if (!url.fragment.empty()) text += "#" + url.fragment;
  return text;
}

PortalUrl with_parameter(const PortalUrl& url, std::string_view name, std::string_view value) {
  PortalUrl changed = url;
  const auto is_named = [name](const auto& parameter) {
    return base::equals_ignoring_case(parameter.first, name);
  };
  auto& query = changed.query;
  const auto first = std::find_if(query.begin(), query.end(), is_named);
  if (first == query.end()) {
    query.emplace_back(name, value);
  } else {
    *first = {std::string(name), std::string(value)};
    query.erase(std::remove_if(first + 1, query.end(), is_named), query.end());
  }
  return parse_portal_url(print_portal_url(changed));
}

}  // namespace exthost::model
