#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exthost::portal {

/// Where an extension's page comes from.
enum class Origin {
  none,      ///< Nowhere: the extension is disabled.
  hosting,   ///< The hosting service: its production host became our hosting listener.
  local,     ///< Another server on this machine: sideloaded, or registered with a local `uri`.
  external,  ///< A server elsewhere; the emulator loads nothing from there.
};
std::string_view to_string(Origin origin);

/// The base URL of an extension as the browser will load it.
struct FrameBase {
  Origin origin = Origin::none;
  std::string url;                   ///< Absolute, without a fragment; of an external server as registered.
  std::string hosting_service_name;  ///< Hosting only: the first segment of the path.
  std::string stamp;                 ///< Hosting only: the second segment, decoded, or empty.
};

/// Turns the URI that the portal has for an extension (protocol-relative or absolute) into one that works
/// here. Any production hosting host becomes `hosting_origin`; local URLs stay as they are (domain.md h4), a
/// missing scheme becomes that of `hosting_origin`. With `hosted_names`, production's pages of an extension
/// that is not among them are external.
FrameBase locate_frame(std::string_view uri, std::string_view hosting_origin,
                       const std::optional<std::vector<std::string>>& hosted_names = std::nullopt);

/// `base` with parameters added to whatever query it has; names and values are percent-encoded.
std::string with_query(std::string base, const std::vector<std::pair<std::string, std::string>>& parameters);

/// The URL of a file of a version below the extension's `base` (domain.md f: versioned static content).
/// `page` is `Content/…`, not encoded. Without a version, the unversioned form.
std::string content_url(const FrameBase& base, std::string_view version, std::string_view page);

/// Whether `page` may name a file of a version's content: `Content/…`, no `..`, no backslash, no control
/// character.
bool is_content_page(std::string_view page);

/// The host of a URL or origin, lower-cased, without port; an IPv6 address keeps its brackets.
std::string host_of(std::string_view url);

/// The origin where a browser finds `host` on our listener: `https://ms.portal.azure.com.localhost:14430` for
/// `own_origin` `https://localhost:14430` (design.md 2).
std::string local_origin_of(std::string_view host, std::string_view own_origin);

}  // namespace exthost::portal
