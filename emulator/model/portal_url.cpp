#include "emulator/model/portal_url.h"

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/test_extensions.h"

namespace exthost::model {
namespace {

constexpr std::string_view kTestExtensions = "testExtensions";
constexpr std::size_t kLongestUrl = 64 * 1024;  // far beyond what browsers and servers take

void warn(PortalUrl& url, std::string_view code, std::string message, std::string hint = {}) {
  url.problems.push_back({Severity::warning,
                          std::string(code),
                          std::move(message),
                          std::move(hint),
                          SourcePosition{"portal URL", 0, 0},
                          {}});
}

/// Takes scheme, host and port off the front of `text`; what is left begins with `/`, `?` or `#`, or is
/// empty.
void take_origin(std::string_view& text, PortalUrl& url) {
  const std::size_t scheme_end = text.find("://");
  const bool has_scheme = scheme_end != std::string_view::npos && text.find_first_of("/?#") == scheme_end + 1;
  if (has_scheme) {
    url.scheme = base::to_lower(text.substr(0, scheme_end));
    text.remove_prefix(scheme_end + 3);
  } else if (text.starts_with("//")) {
    text.remove_prefix(2);
  }
  std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  text.remove_prefix(authority.size());
  if (const auto user_end = authority.rfind('@'); user_end != std::string_view::npos) {
    authority.remove_prefix(user_end + 1);
  }
  authority = base::trim(authority);
  const std::size_t host_end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  url.host = base::to_lower(base::trim(authority.substr(0, host_end)));
  std::string_view port = base::trim(authority.substr(std::min(host_end, authority.size())));
  if (port.starts_with(':')) port.remove_prefix(1);
  const bool is_number = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (is_number) url.port = std::string(port);
}

std::string decoded(std::string_view text, PortalUrl& url) {
  if (auto plain = base::percent_decode(text)) return std::move(*plain);
  warn(url, codes::kOverrideIgnored,
       quoted(text) + " in the URL is not well percent-encoded and is taken as it is",
       "write a percent sign as %25");
  return std::string(text);
}

/// Calls `use(name, value)` for each `name=value` of a query or fragment, both still encoded. A
/// testExtensions value is kept whole, whatever its JSON holds.
template <class Use>
void for_each_parameter(std::string_view text, std::string_view separators, const Use& use) {
  while (!text.empty()) {
    const std::size_t name_end = std::min(text.find_first_of(std::string(separators) + "="), text.size());
    const std::string_view name = text.substr(0, name_end);
    text.remove_prefix(name_end);
    std::string_view value;
    if (text.starts_with('=')) {
      text.remove_prefix(1);
      const bool is_json = base::equals_ignoring_case(name, kTestExtensions);
      const std::size_t length = is_json ? test_extensions_length(text, separators)
                                         : std::min(text.find_first_of(separators), text.size());
      value = text.substr(0, length);
      text.remove_prefix(length);
    }
    if (!name.empty()) use(name, value);
    if (!text.empty()) text.remove_prefix(1);
  }
}

/// A `feature.` switch: on if it is `true`, or stands there without a value as old documents have it
/// (Appendix A).
bool read_switch(PortalUrl& url, std::string_view name) {
  const auto value = url.parameter(name);
  if (!value) return false;
  if (value->empty()) {
    warn(url, codes::kOverrideIgnored, std::string(name) + " has no value and is read as true",
         "write " + std::string(name) + "=true");
    return true;
  }
  if (base::equals_ignoring_case(*value, "true")) return true;
  if (!base::equals_ignoring_case(*value, "false")) {
    warn(url, codes::kOverrideIgnored,
         std::string(name) + " is " + quoted(*value) + ", which is read as false",
         "write " + std::string(name) + "=true");
  }
  return false;
}

/// `clientOptimizations=…`, how the portal bundles and minifies scripts (h3).
void read_client_optimizations(PortalUrl& url) {
  const auto value = url.parameter("clientOptimizations");
  if (!value) return;
  if (is_client_optimizations(*value)) {
    url.client_optimizations = base::to_lower(*value);
  } else {
    warn(url, codes::kOverrideIgnored, "clientOptimizations is " + quoted(*value) + ", which changes nothing",
         "write true, false, bundle or minify");
  }
}

/// `feature.prewarming=true,<ext>` and `feature.webworker=…`: lists of extensions to load in workers (h3).
void read_prewarming(PortalUrl& url) {
  for (const std::string_view name : {"feature.prewarming", "feature.webworker"}) {
    const auto value = url.parameter(name);
    if (!value) continue;
    if (value->empty()) url.prewarmed.emplace_back("true");
    for (const auto& part : base::split(*value, ',')) {
      const std::string_view word = base::trim(part);
      if (!word.empty() && !base::equals_ignoring_case(word, "false")) url.prewarmed.emplace_back(word);
    }
  }
}

void read_known_parameters(PortalUrl& url) {
  url.can_modify_stamps = read_switch(url, "feature.canmodifystamps");
  url.can_modify_extensions = read_switch(url, "feature.canmodifyextensions");
  url.disable_extensions = read_switch(url, "feature.disableextensions");
  if (const auto language = url.parameter("l"); language && !language->empty())
    url.language = std::string(*language);
  if (const auto no_cdn = url.parameter("nocdn")) {
    if (base::equals_ignoring_case(*no_cdn, "true")) url.no_cdn = PortalUrl::NoCdn::portal;
    if (base::equals_ignoring_case(*no_cdn, "force")) url.no_cdn = PortalUrl::NoCdn::portal_and_extensions;
  }
  read_client_optimizations(url);
  read_prewarming(url);
  if (const auto keys = url.parameter("microsoft_azure_marketplace_ItemHideKey")) {
    for (const auto& key : base::split(*keys, ',')) {
      if (!base::trim(key).empty()) url.hide_keys.emplace_back(base::trim(key));
    }
  }
}

}  // namespace

bool is_client_optimizations(std::string_view value) {
  constexpr std::array<std::string_view, 4> kValues = {"true", "false", "bundle", "minify"};
  return std::any_of(kValues.begin(), kValues.end(),
                     [value](std::string_view known) { return base::equals_ignoring_case(known, value); });
}

std::optional<std::string_view> PortalUrl::parameter(std::string_view name) const {
  const auto found = std::find_if(query.rbegin(), query.rend(), [name](const auto& parameter) {
    return base::equals_ignoring_case(parameter.first, name);
  });
  return found == query.rend() ? std::nullopt : std::optional<std::string_view>(found->second);
}

PortalUrl parse_portal_url(std::string_view text) {
  PortalUrl url;
  if (text.size() > kLongestUrl) {
    warn(url, codes::kOverrideIgnored,
         "the URL is longer than " + std::to_string(kLongestUrl) + " bytes and not read");
    return url;
  }
  text = base::trim(text);
  take_origin(text, url);

  const std::size_t fragment_start = text.find('#');
  if (fragment_start != std::string_view::npos) {
    url.fragment = std::string(text.substr(fragment_start + 1));
    text = text.substr(0, fragment_start);
  }
  const std::size_t query_start = text.find('?');
  url.path = std::string(base::trim(text.substr(0, query_start)));
  const std::string_view query = query_start == std::string_view::npos ? "" : text.substr(query_start + 1);

  for_each_parameter(query, "&", [&url](std::string_view name, std::string_view value) {
    std::string plain_name = decoded(name, url);
    std::string plain_value = decoded(value, url);
    if (base::equals_ignoring_case(plain_name, kTestExtensions)) read_test_extensions(plain_value, url);
    url.query.emplace_back(std::move(plain_name), std::move(plain_value));
  });
  // In the fragment it stands behind `?`, or behind `?` or `&` of a deep link (h4).
  for_each_parameter(url.fragment, "?&", [&url](std::string_view name, std::string_view value) {
    if (base::equals_ignoring_case(name, kTestExtensions)) read_test_extensions(decoded(value, url), url);
  });
  read_known_parameters(url);
  return url;
}

}  // namespace exthost::model
