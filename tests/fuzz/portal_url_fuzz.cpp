// Portal URLs: whatever they say, an extension is only ever loaded from where its registration or a permitted
// sideload points.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/text.h"
#include "emulator/model/portal_url.h"
#include "emulator/model/traffic_manager.h"

namespace {

using namespace exthost::model;

std::vector<Registration> registrations() {
  Registration hosted;
  hosted.name = "Microsoft_Azure_MyExtension";
  hosted.hosting_service_name = "myextension";
  Registration self_hosted;
  self_hosted.name = "Microsoft_Azure_DevTestLab";
  self_hosted.uri = "//main.devtest.ext.azure.com";
  self_hosted.uri_format = "//{0}.devtest.ext.azure.com";
  self_hosted.disabled = true;
  return {hosted, self_hosted};
}

void check(const PortalUrl& url, const ExtensionLoad& load) {
  EXTHOST_CHECK(load.enabled == !load.uri.empty());
  EXTHOST_CHECK(!load.reasons.empty());
  EXTHOST_CHECK(load.stamp.empty() || url.can_modify_stamps);
  if (!load.enabled) return;
  if (load.sideloaded) {
    EXTHOST_CHECK(url.can_modify_extensions);
    const std::string uri = exthost::base::to_lower(load.uri);
    const std::string_view authority = std::string_view(uri).substr(uri.find("//") + 2);
    const std::string_view host_and_port = authority.substr(0, authority.find_first_of("/?#\\"));
    EXTHOST_CHECK(host_and_port.substr(host_and_port.rfind('@') + 1).substr(0, 9) == "localhost");
  } else if (load.name == "Microsoft_Azure_MyExtension") {
    EXTHOST_CHECK(load.uri.starts_with("//myextension.hosting.portal.azure.net/myextension"));
  } else {
    const std::string_view host = std::string_view(load.uri).substr(2);
    EXTHOST_CHECK(host.find('/') == std::string_view::npos);
    EXTHOST_CHECK(host.ends_with(".devtest.ext.azure.com"));
  }
}

/// A URL that is printed and read again is the same URL. (Encoding can make it too long to be read.)
void check_printing(const PortalUrl& url) {
  const std::string printed = print_portal_url(url);
  if (printed.size() > 64 * 1024) return;
  const PortalUrl again = parse_portal_url(printed);
  EXTHOST_CHECK(again.scheme == url.scheme && again.host == url.host && again.port == url.port);
  EXTHOST_CHECK(again.path == url.path && again.query == url.query && again.fragment == url.fragment);
  EXTHOST_CHECK(print_portal_url(again) == printed);

  const PortalUrl changed = with_parameter(url, "Microsoft_Azure_MyExtension", "a&b=c");
  if (print_portal_url(changed).size() < 32 * 1024) {
    EXTHOST_CHECK(changed.parameter("microsoft_azure_myextension") == "a&b=c");
    EXTHOST_CHECK(changed.fragment == url.fragment);
  }
}

/// A location is on Earth, and its user is sent to some region (the page's parameter `location`).
void check_location(const std::string& text) {
  const auto location = parse_location(text);
  if (!location) return;
  EXTHOST_CHECK(location->latitude >= -90 && location->latitude <= 90);
  EXTHOST_CHECK(location->longitude >= -180 && location->longitude <= 180);
  EXTHOST_CHECK(nearest_region(*location, Cloud::public_cloud, all_regions(),
                               [](const Region&) { return true; }) != nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const PortalUrl url = parse_portal_url(text);
  const auto known = registrations();
  const auto loads = resolve_portal(url, known, default_portal_environment(Cloud::public_cloud));
  EXTHOST_CHECK(loads.size() >= known.size());
  for (const auto& load : loads) check(url, load);
  misspelt_overrides(url, known);
  check_printing(url);
  check_location(text);
  return 0;
}
