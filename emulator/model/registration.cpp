#include "emulator/model/registration.h"

#include <algorithm>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::model {

RegistrationUris effective_uris(const Registration& registration, const PortalEnvironment& environment) {
  RegistrationUris uris{registration.uri, registration.uri_format, false, false};
  const std::string& name = registration.hosting_service_name;
  if (name.empty()) return uris;
  const std::string service(environment.hosting_host);
  const std::string host = environment.host_per_extension ? name + "." + service : service;
  const std::string derived = "//" + host + "/" + name;
  if (uris.uri.empty()) {
    uris.uri = derived;
    uris.uri_derived = true;
  }
  if (uris.uri_format.empty()) {
    uris.uri_format = derived + "/{0}";
    uris.uri_format_derived = true;
  }
  return uris;
}

base::Result<void> check_extension_name(std::string_view name) {
  constexpr std::size_t kLongest = 128;
  const auto refuse = [](const std::string& why) {
    return base::Error{base::ErrorKind::invalid_input, why, std::string(codes::kRegistrationInvalid)};
  };
  if (name.empty()) return refuse("the extension's name is empty");
  if (name.size() > kLongest) {
    return refuse("extension name " + quoted(name) + " is longer than " + std::to_string(kLongest) +
                  " characters");
  }
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  });
  if (!plain)
    return refuse("extension name " + quoted(name) + " may have letters, digits and underscores only");
  if (base::equals_ignoring_case(name, "true") || base::equals_ignoring_case(name, "false")) {
    return refuse("an extension cannot be called " + quoted(name) +
                  ", which means enable or disable in a portal URL");
  }
  return {};
}

}  // namespace exthost::model
