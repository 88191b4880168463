#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/cloud.h"
#include "emulator/model/problem.h"

namespace exthost::model {

/// An extension as a portal environment knows it (domain.md h2).
struct Registration {
  std::string name;                       ///< `Microsoft_Azure_MyExtension`
  std::string uri;                        ///< Protocol-relative; empty if derived.
  std::string uri_format;                 ///< With `{0}` for the stamp; empty if derived.
  std::string hosting_service_name;       ///< Empty for self-hosted extensions.
  bool disabled = false;                  ///< Also if `flags` has `Disabled`.
  std::string cacheability = "manifest";  ///< `none`, `server` or `manifest`.
  std::string feedback_email;
  std::vector<std::string> flags;        ///< As written, such as `SupportsPrewarming`.
  std::vector<std::string> flight_uris;  ///< What MPAC serves to half of its browsers.
  std::string redirect_to;               ///< The name of the registration that serves this one, or empty.
  SourcePosition where;                  ///< Of the registration in its file.
};

/// The two URIs in force in an environment: explicit ones as written, winning over derived ones (q20);
/// derived ones protocol-relative. `uri_format` is empty if the registration has neither its own nor a
/// hosting service name.
struct RegistrationUris {
  std::string uri;
  std::string uri_format;
  bool uri_derived = false;
  bool uri_format_derived = false;
};
RegistrationUris effective_uris(const Registration& registration, const PortalEnvironment& environment);

/// Name rules: letters, digits and `_` (domain.md h2). `true` and `false` of any case are refused: they mean
/// enable and disable.
base::Result<void> check_extension_name(std::string_view name);

/// Reads a registration file (`Extensions.<Env>.json`): the JSON5 subset of the portal's samples. One
/// registration, an array of them, or an object with an `extensions` array. Fields that the portal knows but
/// that decide nothing here (domain.md h2) are accepted and dropped; unknown ones get a warning.
Checked<std::vector<Registration>> read_registrations(std::string_view text, const std::string& file);

}  // namespace exthost::model
