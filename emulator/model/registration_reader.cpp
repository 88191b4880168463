// Reading Extensions.<Env>.json (domain.md h2).

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/registration.h"
#include "emulator/model/version.h"

namespace exthost::model {
namespace {

using base::JsonKind;
using base::JsonMember;
using base::JsonValue;

// Fields that decide something here, and those of the portal's that do not.
constexpr std::array<std::string_view, 10> kFields = {
    "name",         "uri",   "uriFormat",  "hostingServiceName", "disabled",
    "cacheability", "flags", "flightUris", "redirectTo",         "feedbackEmail"};
constexpr std::array<std::string_view, 8> kOtherFields = {
    "resourceAccess",     "oAuthClientId",          "serviceTreeId", "icm",
    "supportsWebWorkers", "obsoleteBundlesBitmask", "azExtension",   "scriptoptimize"};

constexpr std::array<std::string_view, 3> kCacheability = {"none", "server", "manifest"};
constexpr std::string_view kStampPlace = "{0}";

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : findings_(text, file) {}

  std::vector<Registration> read(const JsonValue& root) {
    std::vector<Registration> registrations;
    for (const auto* value : values_of(root)) {
      if (value->kind == JsonKind::object) {
        registrations.push_back(read_one(*value));
      } else {
        wrong(value->offset, "a registration is an object, not " + std::string(describe(*value)));
      }
    }
    return registrations;
  }

  Findings& findings() { return findings_; }

 private:
  void wrong(std::size_t offset, std::string message, std::string hint = {}) {
    findings_.error(codes::kRegistrationInvalid, offset, std::move(message), std::move(hint));
  }

  /// One registration, an array of them, or an object with them under `extensions`.
  std::vector<const JsonValue*> values_of(const JsonValue& root) {
    const JsonValue* list = &root;
    if (root.kind == JsonKind::object) {
      const auto member =
          std::find_if(root.members.begin(), root.members.end(), [](const JsonMember& candidate) {
            return base::equals_ignoring_case(candidate.key, "extensions");
          });
      if (member == root.members.end()) return {&root};
      list = &member->value;
    }
    if (list->kind != JsonKind::array) {
      wrong(list->offset, "registrations stand in an array, not in " + std::string(describe(*list)));
      return {};
    }
    std::vector<const JsonValue*> values;
    for (const auto& item : list->items) values.push_back(&item);
    return values;
  }

  Registration read_one(const JsonValue& object) {
    Registration registration;
    registration.where = findings_.at(object.offset);
    for (const auto& member : object.members) read_field(member, registration);
    judge_name(object, registration);
    judge_uris(object, registration);
    return registration;
  }

  void read_field(const JsonMember& member, Registration& registration) {
    const std::string& key = member.key;
    const JsonValue& value = member.value;
    if (key == "name") return read_text(member, registration.name);
    if (key == "uri") return read_text(member, registration.uri);
    if (key == "uriFormat") return read_text(member, registration.uri_format);
    if (key == "redirectTo") return read_text(member, registration.redirect_to);
    if (key == "feedbackEmail") return read_text(member, registration.feedback_email);
    if (key == "hostingServiceName") return read_hosting_service_name(member, registration);
    if (key == "disabled") return read_disabled(member, registration);
    if (key == "cacheability") return read_cacheability(value, registration);
    if (key == "flags") return read_flags(value, registration);
    if (key == "flightUris") return read_flight_uris(value, registration);
    if (std::find(kOtherFields.begin(), kOtherFields.end(), key) != kOtherFields.end()) return;
    findings_.warning(codes::kRegistrationInvalid, member.key_offset,
                      quoted(key) + " is not known and ignored",
                      did_you_mean(key, {kFields.begin(), kFields.end()}));
  }

  void read_text(const JsonMember& member, std::string& text) {
    if (member.value.kind == JsonKind::string) {
      text = member.value.text;
    } else {
      wrong(member.value.offset,
            member.key + " must be a string, not " + std::string(describe(member.value)));
    }
  }

  void read_hosting_service_name(const JsonMember& member, Registration& registration) {
    std::string name;
    read_text(member, name);
    if (member.value.kind != JsonKind::string) return;
    if (auto checked = check_hosting_service_name(name)) {
      registration.hosting_service_name = *checked;
    } else {
      wrong(member.value.offset, checked.error().message);
    }
  }

  void read_disabled(const JsonMember& member, Registration& registration) {
    const JsonValue& value = member.value;
    if (value.kind == JsonKind::boolean) {
      registration.disabled = registration.disabled || value.boolean;
    } else {
      wrong(value.offset, "disabled must be true or false, not " + std::string(describe(value)));
    }
  }

  void read_cacheability(const JsonValue& value, Registration& registration) {
    const std::string name = base::to_lower(value.text);
    if (value.kind == JsonKind::string &&
        std::find(kCacheability.begin(), kCacheability.end(), name) != kCacheability.end()) {
      registration.cacheability = name;
    } else if (value.kind == JsonKind::number && value.text.size() == 1 && value.text >= "1" &&
               value.text <= "3") {
      registration.cacheability =
          kCacheability[static_cast<std::size_t>(value.text[0] - '1')];  // as diagnostics do
    } else {
      wrong(value.offset, "cacheability must be \"none\", \"server\" or \"manifest\"");
    }
  }

  void read_flags(const JsonValue& value, Registration& registration) {
    if (value.kind == JsonKind::number) return;  // the diagnostics' form, whose bits are not documented
    if (value.kind != JsonKind::string) {
      return wrong(value.offset, "flags must be a string with commas between the flags, not " +
                                     std::string(describe(value)));
    }
    for (const auto& part : base::split(value.text, ',')) {
      const std::string flag(base::trim(part));
      if (flag.empty()) continue;
      if (base::equals_ignoring_case(flag, "Disabled")) registration.disabled = true;
      registration.flags.push_back(flag);
    }
  }

  void read_flight_uris(const JsonValue& value, Registration& registration) {
    if (value.kind != JsonKind::array) {
      return wrong(value.offset, "flightUris must be an array of URIs, not " + std::string(describe(value)));
    }
    for (const auto& item : value.items) {
      if (item.kind == JsonKind::string && !item.text.empty()) {
        judge_uri("flightUris", item);
        registration.flight_uris.push_back(item.text);
      } else {
        wrong(item.offset, "flightUris has " + std::string(describe(item)) + " where a URI belongs");
      }
    }
  }

  void judge_name(const JsonValue& object, const Registration& registration) {
    const JsonValue* name = object.find("name");
    if (name == nullptr) {
      wrong(object.offset, "the registration has no name",
            "add the name that extension.pdl gives the extension");
      return;
    }
    if (name->kind != JsonKind::string) return;  // said already
    if (const auto good = check_extension_name(registration.name); !good)
      wrong(name->offset, good.error().message);
    if (!names_.insert(base::to_lower(registration.name)).second) {
      wrong(name->offset,
            quoted(registration.name) + " is registered twice; letter case makes no difference");
    }
  }

  void judge_uris(const JsonValue& object, const Registration& registration) {
    for (const std::string_view key : {"uri", "uriFormat"}) {
      if (const JsonValue* value = object.find(key)) judge_uri(key, *value);
    }
    const JsonValue* uri = object.find("uri");
    if (uri != nullptr && registration.uri.find(kStampPlace) != std::string::npos) {
      wrong(uri->offset, "uri has {0}, the place of a stamp, which only uriFormat has",
            "write the stamp that users get by default");
    }
    const JsonValue* format = object.find("uriFormat");
    if (format != nullptr && !registration.uri_format.empty() &&
        registration.uri_format.find(kStampPlace) == std::string::npos) {
      wrong(format->offset, "uriFormat has no {0}, the place of the stamp");
    }
    const bool has_source = object.find("uri") != nullptr || object.find("hostingServiceName") != nullptr;
    if (!has_source && registration.redirect_to.empty()) {
      wrong(object.offset, "the registration has neither hostingServiceName nor uri",
            "add \"hostingServiceName\" for a hosted extension, or \"uri\" for one that hosts itself");
    }
    warn_if_they_disagree(object, registration);
  }

  void judge_uri(std::string_view key, const JsonValue& value) {
    if (value.kind != JsonKind::string) return;
    std::string_view uri = value.text;
    if (uri.starts_with("https:")) {
      uri.remove_prefix(6);
    } else if (uri.starts_with("http:")) {
      uri.remove_prefix(5);
    }
    const bool has_host = uri.size() > 2 && uri.starts_with("//") && uri[2] != '/';
    if (!has_host) {
      wrong(value.offset, std::string(key) + " must begin with // and a host name",
            "the portal puts https: ahead of it");
    }
  }

  /// q20: both forms may be there. An explicit URI that no environment would derive wins, but may be a
  /// leftover.
  void warn_if_they_disagree(const JsonValue& object, const Registration& registration) {
    if (registration.hosting_service_name.empty()) return;
    Registration derived;
    derived.hosting_service_name = registration.hosting_service_name;
    const auto is_derived = [&derived](const std::string& explicit_uri, std::string RegistrationUris::*form) {
      const auto environments = all_portal_environments();
      return std::any_of(environments.begin(), environments.end(), [&](const PortalEnvironment& environment) {
        const auto uris = effective_uris(derived, environment);
        return base::equals_ignoring_case(uris.*form, explicit_uri);
      });
    };
    const auto judge = [&](std::string_view key, const std::string& uri,
                           std::string RegistrationUris::*form) {
      if (uri.empty() || is_derived(uri, form)) return;
      findings_.warning(
          codes::kRegistrationInvalid, object.find(key)->offset,
          std::string(key) + " is not what hostingServiceName gives; " + std::string(key) + " wins",
          "remove one of the two if it is a leftover");
    };
    judge("uri", registration.uri, &RegistrationUris::uri);
    judge("uriFormat", registration.uri_format, &RegistrationUris::uri_format);
  }

  Findings findings_;
  std::set<std::string> names_;
};

}  // namespace

Checked<std::vector<Registration>> read_registrations(std::string_view text, const std::string& file) {
  const auto parsed = base::parse_json(text, base::JsonDialect::json5_subset);
  Reader reader(text, file);
  reader.findings().add(json_problems(text, file, codes::kRegistrationInvalid, parsed.problems));
  Checked<std::vector<Registration>> checked;
  if (parsed.value) {
    auto registrations = reader.read(*parsed.value);
    if (!reader.findings().has_errors()) checked.value = std::move(registrations);
  }
  checked.problems = std::move(reader.findings()).take();
  return checked;
}

}  // namespace exthost::model
