#include "emulator/app/explain_wiring.h"

#include <utility>

#include "emulator/app/portal_wiring.h"

namespace exthost::app {

model::ExplainBasis explain_basis(const Settings& settings, const hosting::HostingService& hosting,
                                  const std::string& hosting_origin) {
  portal::PortalSettings portal = portal_settings(settings, "", hosting_origin);
  model::ExplainBasis basis;
  basis.registrations = std::move(portal.registrations);
  basis.environment = portal.environment;
  basis.default_region = std::move(portal.default_region);
  basis.authority_aliases = settings.authority_aliases;
  basis.is_up = [&hosting](std::string_view region) { return !hosting.is_down(region); };
  basis.hosting_origin = hosting_origin;
  basis.hosted = [&hosting](std::string_view name) -> std::optional<model::HostedState> {
    auto state = hosting.state_of(name);
    return state ? std::optional(*std::move(state)) : std::nullopt;
  };
  return basis;
}

}  // namespace exthost::app
