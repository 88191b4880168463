// Registration files: what is accepted has usable names, and a URI in every environment.

#include <cstddef>
#include <cstdint>
#include <string>

#include "emulator/model/portal_url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exthost::model;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto checked = read_registrations(text, "Extensions.prod.json");
  EXTHOST_CHECK(checked.value.has_value() == !has_errors(checked.problems));
  if (!checked.value) return 0;

  const PortalUrl url = parse_portal_url("https://ms.portal.azure.com");
  for (const auto& environment : all_portal_environments()) {
    for (const auto& registration : *checked.value) {
      EXTHOST_CHECK(check_extension_name(registration.name).has_value());
      const auto uris = effective_uris(registration, environment);
      EXTHOST_CHECK(!uris.uri.empty() || !registration.redirect_to.empty());
      EXTHOST_CHECK(uris.uri_format.empty() || uris.uri_format.find("{0}") != std::string::npos);
    }
    const auto loads = resolve_portal(url, *checked.value, environment, FlightTicket{0.25});
    EXTHOST_CHECK(loads.size() == checked.value->size());
  }
  return 0;
}
