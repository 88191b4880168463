#include "emulator/app/registrations.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "emulator/app/settings_file.h"
#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/hosted_place.h"

namespace exthost::app {
namespace {

using base::equals_ignoring_case;
using model::Problem;
using model::Registration;
using Path = std::filesystem::path;

constexpr std::uint64_t kFileLimitBytes = 8 * 1024 * 1024;

/// As messages and reasons name it: from the project folder, if it is below it.
std::string shown(const Path& file, const Path& project_folder) {
  std::error_code fault;
  const Path canonical = std::filesystem::weakly_canonical(file, fault);
  const Path relative = (fault ? file : canonical).lexically_relative(project_folder);
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return (is_below ? relative : file).generic_string();
}

bool disables(const std::string& flag) {
  return equals_ignoring_case(flag, "Disabled");
}

class Joiner {
 public:
  explicit Joiner(Settings& settings) : settings_(settings) {}

  std::vector<Problem> join() {
    for (const Path& file : settings_.registration_files) read(file);
    if (model::has_errors(problems_)) return std::move(problems_);
    const auto is_named = [](const ExtensionSettings& extension, const Registration& registration) {
      return equals_ignoring_case(extension.name, registration.name);
    };
    const auto is_served = [](const ExtensionSettings& extension, const Registration& registration) {
      return registration.redirect_to.empty() && is_hosted_as(extension, registration);
    };
    // A name is its extension's before a hosting service name is, of which a redirect may keep an old one.
    std::set<const ExtensionSettings*> joined;
    for (const auto matches : {+is_named, +is_served, &is_hosted_as}) {
      for (ExtensionSettings& extension : settings_.extensions) {
        if (joined.contains(&extension)) continue;
        const auto found =
            std::find_if(registrations_.begin(), registrations_.end(),
                         [&](const Registration& registration) { return matches(extension, registration); });
        if (found == registrations_.end()) continue;
        take_over(*found, extension);
        joined.insert(&extension);
        registrations_.erase(found);
      }
    }
    settings_.other_registrations = std::move(registrations_);
    return std::move(problems_);
  }

 private:
  void report(model::Severity severity, std::string_view code, std::string message, std::string hint,
              base::SourcePosition where = {}) {
    problems_.push_back(
        {severity, std::string(code), std::move(message), std::move(hint), std::move(where), {}});
  }

  void read(const Path& file) {
    const std::string name = shown(file, settings_.project_folder);
    const auto text = base::read_file(file, kFileLimitBytes);
    if (!text || !*text) {
      report(model::Severity::error, model::codes::kSettingsValue,
             text ? "there is no registration file " + file.string() : text.error().message,
             "it is named by 'registrations' in " + settings_.origins["registrations"]);
      return;
    }
    auto checked = model::read_registrations(**text, name);
    problems_.insert(problems_.end(), std::make_move_iterator(checked.problems.begin()),
                     std::make_move_iterator(checked.problems.end()));
    if (!checked.value) return;
    for (Registration& registration : *checked.value) {
      const auto same = std::find_if(
          registrations_.begin(), registrations_.end(),
          [&](const Registration& other) { return equals_ignoring_case(other.name, registration.name); });
      if (same != registrations_.end()) {
        report(model::Severity::error, model::codes::kRegistrationInvalid,
               model::quoted(registration.name) + " is registered twice; letter case makes no difference",
               "it is at " + same->where.to_string() + " too", registration.where);
      }
      registrations_.push_back(std::move(registration));
    }
  }

  static bool is_hosted_as(const ExtensionSettings& extension, const Registration& registration) {
    const std::string name = extension.hosting_service_name.empty() ? suggested_service_name(extension.name)
                                                                    : extension.hosting_service_name;
    return !name.empty() && equals_ignoring_case(name, registration.hosting_service_name);
  }

  void warn(const Registration& registration, std::string message, std::string hint) {
    report(model::Severity::warning, model::codes::kRegistrationInvalid, std::move(message), std::move(hint),
           registration.where);
  }

  void take_over(const Registration& registration, ExtensionSettings& extension) {
    take_names(registration, extension);
    warn_if_elsewhere(registration, extension);
    bool overridden = false;
    const auto take = [&](auto& own, const auto& registered) {
      if (own.empty()) {
        own = registered;
      } else {
        overridden = true;
      }
    };
    take(extension.uri, registration.uri);
    take(extension.uri_format, registration.uri_format);
    take(extension.flight_uris, registration.flight_uris);
    take(extension.redirect_to, registration.redirect_to);
    const bool own_flags = !extension.flags.empty();
    take(extension.flags, registration.flags);
    take(extension.cacheability, registration.cacheability);
    if (extension.feedback_email.empty()) extension.feedback_email = registration.feedback_email;
    if (extension.disabled) {
      overridden = true;
      if (!*extension.disabled && !own_flags) std::erase_if(extension.flags, disables);
    } else {
      extension.disabled = registration.disabled;
    }
    if (!overridden) extension.registered_at = registration.where;
  }

  /// The portal knows an extension by its registration's name, whatever a settings file or a folder calls it.
  void take_names(const Registration& registration, ExtensionSettings& extension) {
    if (!equals_ignoring_case(extension.name, registration.name) && !settings_.settings_file.empty()) {
      warn(registration,
           "the portal knows the extension " + model::quoted(extension.name) + " as " +
               model::quoted(registration.name) + ", and so does this portal",
           "write that name in " + settings_.settings_file.filename().string());
    }
    extension.name = registration.name;
    if (registration.hosting_service_name.empty()) return;
    if (extension.hosting_service_name.empty()) {
      extension.hosting_service_name = registration.hosting_service_name;
    } else if (!equals_ignoring_case(extension.hosting_service_name, registration.hosting_service_name)) {
      warn(registration,
           model::quoted(registration.name) + " is registered with the hosting service name " +
               model::quoted(registration.hosting_service_name) + " and hosted here as " +
               model::quoted(extension.hosting_service_name),
           "write the registered name as its 'hostingServiceName'");
    }
  }

  /// q20, for a registration that does not name the hosting service; one that does was judged in its file.
  void warn_if_elsewhere(const Registration& registration, const ExtensionSettings& extension) {
    if (!registration.hosting_service_name.empty() || registration.uri.empty() || !extension.uri.empty())
      return;
    const auto place = model::hosted_place(registration.uri);
    if (place && is_hosted_as(extension, hosted_registration(place->hosting_service_name))) return;
    warn(registration,
         "the uri of " + model::quoted(registration.name) +
             " is not what its hosting service name gives; uri wins",
         "users get the hosted version only by a stamp, until uri is removed");
  }

  static Registration hosted_registration(std::string name) {
    Registration registration;
    registration.hosting_service_name = std::move(name);
    return registration;
  }

  Settings& settings_;
  std::vector<Registration> registrations_;
  std::vector<Problem> problems_;
};

Registration registration_of(const ExtensionSettings& extension) {
  Registration registration;
  registration.name = extension.name;
  registration.uri = extension.uri;
  registration.uri_format = extension.uri_format;
  registration.hosting_service_name = extension.hosting_service_name;
  registration.disabled = extension.disabled.value_or(false);
  registration.feedback_email = extension.feedback_email.empty() ? extension.owner : extension.feedback_email;
  registration.flags = extension.flags;
  if (std::any_of(extension.flags.begin(), extension.flags.end(), disables)) registration.disabled = true;
  registration.flight_uris = extension.flight_uris;
  registration.redirect_to = extension.redirect_to;
  if (!extension.cacheability.empty()) registration.cacheability = extension.cacheability;
  registration.where = extension.registered_at;
  return registration;
}

}  // namespace

std::vector<Problem> read_registration_files(Settings& settings) {
  return Joiner(settings).join();
}

std::vector<Registration> registrations_of(const Settings& settings) {
  std::vector<Registration> registrations;
  for (const ExtensionSettings& extension : settings.extensions)
    registrations.push_back(registration_of(extension));
  registrations.insert(registrations.end(), settings.other_registrations.begin(),
                       settings.other_registrations.end());
  return registrations;
}

}  // namespace exthost::app
