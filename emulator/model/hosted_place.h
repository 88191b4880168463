#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exthost::model {

/// What a page's URL on the hosting service names (domain.md f, "Extension URLs").
struct HostedPlace {
  std::string hosting_service_name;  ///< The first segment of the path, lower-cased.
  std::string stamp;                 ///< The second one, decoded, or empty.
};

/// Reads a protocol-relative or absolute URL; absent if its host is neither one of production's hosting hosts
/// nor `own_authority` (`localhost:14431`), where an emulator has its hosting service.
std::optional<HostedPlace> hosted_place(std::string_view url, std::string_view own_authority = {});

}  // namespace exthost::model
