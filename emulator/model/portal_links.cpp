// URLs that the portal makes, and hints about URLs that it is given.

#include <algorithm>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/portal_url.h"

namespace exthost::model {

std::string extension_url(const ExtensionLoad& load, std::string_view language,
                          std::string_view trusted_authority) {
  std::string url = load.uri.starts_with("//") ? "https:" + load.uri : load.uri;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url +=
      "l=" + base::percent_encode(language) + "&trustedAuthority=" + base::percent_encode(trusted_authority);
  for (const auto& [name, value] : load.forwarded) {
    url += "&" + base::percent_encode(name) + "=" + base::percent_encode(value);
  }
  if (!load.client_optimizations.empty()) url += "&clientOptimizations=" + load.client_optimizations;
  if (load.flight) url += "&flight=1";
  return url;
}

std::string sideload_url(std::string_view portal_host, std::string_view extension_name,
                         std::string_view extension_url) {
  const std::string object =
      "{" + base::json_quote(extension_name) + ":" + base::json_quote(extension_url) + "}";
  return "https://" + std::string(portal_host) +
         "/?feature.canmodifyextensions=true#?testExtensions=" + base::percent_encode(object);
}

std::vector<Problem> misspelt_overrides(const PortalUrl& url,
                                        const std::vector<Registration>& registrations) {
  constexpr std::size_t kShortest = 6;  // shorter words are near to too many others
  std::vector<std::string> names;
  for (const auto& registration : registrations) names.push_back(registration.name);
  std::vector<Problem> problems;
  for (const auto& parameter : url.query) {
    const std::string& name = parameter.first;
    const bool is_known = std::any_of(names.begin(), names.end(), [&name](const std::string& known) {
      return base::equals_ignoring_case(name, known);
    });
    const bool is_flag = std::any_of(names.begin(), names.end(), [&name](const std::string& known) {
      return base::to_lower(name).starts_with(base::to_lower(known) + "_") ||
             base::equals_ignoring_case(name, known + "-cacheability");
    });
    const bool is_sideloaded = std::any_of(
        url.test_extensions.begin(), url.test_extensions.end(),
        [&name](const auto& extension) { return base::equals_ignoring_case(name, extension.name); });
    if (name.size() < kShortest || is_flag || is_known || is_sideloaded) continue;
    const auto nearest = base::nearest_word(name, names);
    if (!nearest) continue;
    problems.push_back({Severity::warning,
                        std::string(codes::kOverrideIgnored),
                        quoted(name) + " is no registered extension and changes nothing",
                        "did you mean " + *nearest + "?",
                        SourcePosition{"portal URL", 0, 0},
                        {}});
  }
  return problems;
}

}  // namespace exthost::model
