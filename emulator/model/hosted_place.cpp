#include "emulator/model/hosted_place.h"

#include <vector>

#include "emulator/base/text.h"
#include "emulator/model/cloud.h"

namespace exthost::model {

std::optional<HostedPlace> hosted_place(std::string_view url, std::string_view own_authority) {
  url = url.substr(0, url.find('#'));
  if (const auto slashes = url.find("//"); slashes != std::string_view::npos) url.remove_prefix(slashes + 2);
  url = url.substr(0, url.find('?'));
  const std::string_view authority = url.substr(0, url.find('/'));
  const bool is_own = !own_authority.empty() && base::equals_ignoring_case(authority, own_authority);
  const std::string_view host = authority.substr(0, authority.find(':'));
  if (!is_own && find_hosting_environment(host) == nullptr) return std::nullopt;
  std::vector<std::string> segments = base::split(url.substr(authority.size()), '/');
  std::erase(segments, std::string());
  HostedPlace place;
  if (!segments.empty()) place.hosting_service_name = base::to_lower(segments[0]);
  if (segments.size() > 1) place.stamp = base::percent_decode(segments[1]).value_or(segments[1]);
  return place;
}

}  // namespace exthost::model
