// What the portal does about each extension (domain.md h2 to h4; q11, q12, q20, q22).

#include <algorithm>
#include <set>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/findings.h"
#include "emulator/model/portal_url.h"

namespace exthost::model {
namespace {

using base::equals_ignoring_case;

constexpr std::string_view kStampPlace = "{0}";
constexpr double kFlightShare = 0.5;  // of MPAC's browsers, h2

/// The host of `//host/path` or `https://user@host:1/path`, lower-cased, without port; empty if there is
/// none.
std::string host_of_uri(std::string_view uri) {
  const std::size_t start = uri.find("//");
  if (start == std::string_view::npos) return {};
  uri.remove_prefix(start + 2);
  uri = uri.substr(0, uri.find_first_of("/?#"));
  if (const auto user_end = uri.rfind('@'); user_end != std::string_view::npos)
    uri.remove_prefix(user_end + 1);
  return base::to_lower(uri.substr(0, uri.find(':')));
}

/// A stamp becomes a part of a host name or path, so it must not be able to lead elsewhere.
bool is_safe_stamp(std::string_view stamp) {
  constexpr std::size_t kLongest = 128;
  const bool plain = std::all_of(stamp.begin(), stamp.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '-' || c == '.';
  });
  return plain && !stamp.empty() && stamp.size() <= kLongest && stamp.front() != '.' && stamp.back() != '.' &&
         stamp.find("..") == std::string_view::npos;
}

std::string with_stamp(std::string uri_format, std::string_view stamp) {
  for (auto at = uri_format.find(kStampPlace); at != std::string::npos;
       at = uri_format.find(kStampPlace, at + stamp.size())) {
    uri_format.replace(at, kStampPlace.size(), stamp);
  }
  return uri_format;
}

/// Why the portal would not load a sideloaded URL (h4), or nothing if it would.
std::string sideload_objection(const PortalUrl& url, const std::string& uri) {
  if (!url.can_modify_extensions) return "feature.canmodifyextensions=true is missing";
  const bool plain = std::all_of(uri.begin(), uri.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '<' && c != '>' && c != '\\' && c != 0x7F;
  });
  if (!plain) return "its URL has a space or a character that no URL has";
  const bool secure = base::begins_with_ignoring_case(uri, "https://");
  const bool same_as_shell = url.scheme == "http" && base::begins_with_ignoring_case(uri, "http://");
  if (!secure && !same_as_shell) return "its URL does not begin with https://";
  if (host_of_uri(uri) != "localhost") return "the host of its URL is not localhost";
  return {};
}

/// Everything the portal decides about one extension, in the order in which the rules apply.
class Loader {
 public:
  Loader(const PortalUrl& url, const std::vector<Registration>& registrations,
         const PortalEnvironment& environment, FlightTicket ticket)
      : url_(url), registrations_(registrations), environment_(environment), ticket_(ticket) {}

  ExtensionLoad load(const Registration& registration) {
    ExtensionLoad load;
    load.name = registration.name;
    load.cacheability = registration.cacheability;
    const Registration& source = follow_redirects(registration, load);
    load.hosting_service_name = source.hosting_service_name;
    const RegistrationUris uris = effective_uris(source, environment_);
    load.uri = uris.uri;
    explain_uri(source, uris, load);
    apply_registration(registration, load);
    choose_flight(source, load);
    apply_parameter(source, uris, load);
    apply_cacheability(load);
    apply_sideload(load);
    read_modes(registration.flags, load);
    forward_flags(load);
    return finished(std::move(load));
  }

  /// A sideloaded name that is not registered.
  ExtensionLoad load_unregistered(const PortalUrl::TestExtension& extension) {
    ExtensionLoad load;
    load.name = extension.name;
    load.cacheability = "none";
    apply_sideload(load);
    read_modes({}, load);
    forward_flags(load);
    return finished(std::move(load));
  }

 private:
  /// What has no URI cannot be loaded (a redirect to nowhere), and what is not loaded shows no URI.
  static ExtensionLoad finished(ExtensionLoad load) {
    if (load.uri.empty()) load.enabled = false;
    if (!load.enabled) load.uri.clear();
    return load;
  }

  static void reason(ExtensionLoad& load, std::string_view code, std::string text,
                     SourcePosition source = {}) {
    load.reasons.push_back({std::string(code), std::move(text), std::move(source)});
  }

  const Registration* find_registration(std::string_view name) const {
    const auto found = std::find_if(
        registrations_.begin(), registrations_.end(),
        [name](const Registration& registration) { return equals_ignoring_case(registration.name, name); });
    return found == registrations_.end() ? nullptr : &*found;
  }

  const PortalUrl::TestExtension* find_sideload(std::string_view name) const {
    const auto found = std::find_if(url_.test_extensions.begin(), url_.test_extensions.end(),
                                    [name](const PortalUrl::TestExtension& extension) {
                                      return equals_ignoring_case(extension.name, name);
                                    });
    return found == url_.test_extensions.end() ? nullptr : &*found;
  }

  /// redirectTo: another registration's URIs serve this name. A target that is missing or leads in a circle
  /// ends it.
  const Registration& follow_redirects(const Registration& first, ExtensionLoad& load) const {
    const Registration* current = &first;
    std::set<const Registration*> seen{current};
    while (!current->redirect_to.empty()) {
      const Registration* next = find_registration(current->redirect_to);
      if (next == nullptr || !seen.insert(next).second) {
        reason(load, reasons::kRedirectBroken,
               "The registration redirects to " + quoted(current->redirect_to) +
                   (next == nullptr ? ", which is not registered." : ", which leads back here."),
               current->where);
        return *current;
      }
      reason(load, reasons::kRedirected,
             "The registration of " + current->name + " redirects to " + next->name + ", which serves it.",
             current->where);
      current = next;
    }
    return *current;
  }

  void explain_uri(const Registration& source, const RegistrationUris& uris, ExtensionLoad& load) const {
    if (uris.uri.empty()) return;
    if (uris.uri_derived) {
      reason(load, reasons::kUriDerived,
             "Its hosting service name is " + source.hosting_service_name + ", so " +
                 std::string(environment_.name) + " loads it from " + uris.uri + ".",
             source.where);
      return;
    }
    reason(load, reasons::kUriOfRegistration, "Its registration gives the uri " + uris.uri + ".",
           source.where);
    const bool self_hosted = find_hosting_environment(host_of_uri(uris.uri)) == nullptr;
    if (self_hosted && find_hosting_environment(host_of_uri(uris.uri_format)) != nullptr) {
      reason(load, reasons::kMigration,
             "It is on the way to the hosting service: users get the self-hosted uri, and only a stamp in "
             "the URL loads "
             "it from hosting.",
             source.where);
    }
  }

  void apply_registration(const Registration& registration, ExtensionLoad& load) const {
    load.enabled = !registration.disabled;
    if (load.enabled) {
      reason(load, reasons::kEnabledByRegistration, "Its registration does not disable it.",
             registration.where);
    } else {
      reason(load, reasons::kDisabledByRegistration, "Its registration disables it.", registration.where);
    }
    const auto value = url_.parameter(load.name);
    const bool is_listed =
        (value && !equals_ignoring_case(*value, "false")) || find_sideload(load.name) != nullptr;
    if (url_.disable_extensions && !is_listed) {
      load.enabled = false;
      reason(load, reasons::kDisabledByFlag,
             "feature.disableextensions=true disables every extension that the URL does not name.");
    }
  }

  void choose_flight(const Registration& source, ExtensionLoad& load) const {
    if (source.flight_uris.empty() || environment_.name != "MPAC") return;
    if (ticket_.value < 0 || ticket_.value >= kFlightShare) {
      reason(load, reasons::kNoFlight, "This browser is in the half of MPAC's that gets no flight.",
             source.where);
      return;
    }
    const double share = ticket_.value / kFlightShare;
    const auto count = source.flight_uris.size();
    const auto index = std::min(static_cast<std::size_t>(share * static_cast<double>(count)), count - 1);
    load.uri = source.flight_uris[index];
    load.flight = true;
    reason(load, reasons::kFlight,
           "This browser is in the half of MPAC's that gets a flight, and its flight is " + load.uri + ".",
           source.where);
  }

  /// `<ExtName>=…`: enable, disable, test a cacheability, or another stamp (h3, q11).
  void apply_parameter(const Registration& source, const RegistrationUris& uris, ExtensionLoad& load) const {
    const auto value = url_.parameter(load.name);
    if (!value) return;
    if (value->empty()) {
      reason(load, reasons::kOverrideIgnoredEmpty,
             "The URL names it without a value, which changes nothing.");
    } else if (equals_ignoring_case(*value, "true") || equals_ignoring_case(*value, "false")) {
      switch_by_url(equals_ignoring_case(*value, "true"), load);
    } else if (base::to_lower(*value).starts_with("cacheability-")) {
      test_cacheability(value->substr(std::string_view("cacheability-").size()), load);
    } else {
      apply_stamp(*value, source, uris, load);
    }
  }

  void switch_by_url(bool enable, ExtensionLoad& load) const {
    load.enabled = enable;
    reason(load, enable ? reasons::kEnabledByUrl : reasons::kDisabledByUrl,
           std::string("The URL ") + (enable ? "enables" : "disables") + " it for this session.");
    if (environment_.name == "PROD") {
      reason(load, reasons::kProductionDoubt,
             "Microsoft's documents disagree on whether that works in production; here it does.");
    }
  }

  void apply_stamp(std::string_view stamp, const Registration& source, const RegistrationUris& uris,
                   ExtensionLoad& load) const {
    const std::string asked = "The URL asks for the stamp " + quoted(stamp);
    if (!url_.can_modify_stamps) {
      reason(load, reasons::kOverrideIgnoredNoFlag,
             asked + ", which is ignored without feature.canmodifystamps=true.");
    } else if (!is_safe_stamp(stamp)) {
      reason(
          load, reasons::kOverrideIgnoredBadStamp,
          asked +
              ", which is ignored because a stamp has only letters, digits, dots, hyphens and underscores.");
    } else if (uris.uri_format.empty()) {
      reason(
          load, reasons::kOverrideIgnoredNoUriFormat,
          asked + ", which is ignored because its registration has neither uriFormat nor hostingServiceName.",
          source.where);
    } else {
      load.enabled = true;  // q22: also if the registration disables it
      load.flight = false;
      load.stamp = std::string(stamp);
      load.uri = with_stamp(uris.uri_format, stamp);
      reason(load, reasons::kStampOverride,
             asked + " and has feature.canmodifystamps=true, so it is loaded from " + load.uri + ".",
             source.where);
    }
  }

  /// `<ExtName>-cacheability=manifest`, the newer way to say it.
  void apply_cacheability(ExtensionLoad& load) const {
    if (const auto value = url_.parameter(load.name + "-cacheability")) test_cacheability(*value, load);
  }

  void test_cacheability(std::string_view value, ExtensionLoad& load) const {
    const std::string mode = base::to_lower(value);
    const bool known = mode == "none" || mode == "server" || mode == "manifest";
    if (!url_.can_modify_extensions) {
      reason(load, reasons::kOverrideIgnoredNoFlag,
             "The URL asks for another cacheability, which is ignored without "
             "feature.canmodifyextensions=true.");
    } else if (!known) {
      reason(load, reasons::kOverrideIgnoredBadStamp,
             "The URL asks for the cacheability " + quoted(value) +
                 ", which is none of none, server and manifest.");
    } else {
      load.cacheability = mode;
      reason(load, reasons::kCacheabilityOverride, "The URL tests it with the cacheability " + mode + ".");
    }
  }

  void apply_sideload(ExtensionLoad& load) const {
    const auto* sideload = find_sideload(load.name);
    if (sideload == nullptr) return;
    const std::string objection = sideload_objection(url_, sideload->uri);
    if (!objection.empty()) {
      reason(load, reasons::kSideloadRefused, "testExtensions is refused for it: " + objection + ".");
      return;
    }
    load.sideloaded = true;
    load.flight = false;
    load.stamp.clear();
    load.hosting_service_name.clear();
    load.uri = sideload->uri;
    reason(load, reasons::kSideloaded, "testExtensions loads it from " + load.uri + ".");
    if (sideload->az_extension) {
      reason(load, reasons::kAzExtension,
             "testExtensions calls it an Az extension, which is not emulated: it is loaded like any other.");
    }
    const auto value = url_.parameter(load.name);
    load.enabled = !(value && equals_ignoring_case(*value, "false"));
    if (!load.enabled)
      reason(load, reasons::kDisabledByUrl, "The URL disables it for this session all the same.");
  }

  /// What the URL says about bundling, workers and tokens (h3). Only the first changes anything here.
  void read_modes(const std::vector<std::string>& flags, ExtensionLoad& load) const {
    load.client_optimizations = url_.client_optimizations;
    const auto own = url_.parameter(load.name + "_clientOptimizations");
    if (own && is_client_optimizations(*own)) {
      load.client_optimizations = base::to_lower(*own);
    } else if (own) {
      reason(load, reasons::kClientOptimizations,
             "The URL asks for the clientOptimizations " + quoted(*own) +
                 ", which is none of true, false, bundle and minify.");
    }
    if (!load.client_optimizations.empty()) {
      reason(load, reasons::kClientOptimizations,
             "The URL asks for clientOptimizations=" + load.client_optimizations +
                 ", which is passed on to it.");
    }
    const auto is_prewarmed = [&](const std::string& word) {
      const bool supported = std::any_of(flags.begin(), flags.end(), [](const std::string& flag) {
        return equals_ignoring_case(flag, "SupportsPrewarming");
      });
      return equals_ignoring_case(word, load.name) || (supported && equals_ignoring_case(word, "true"));
    };
    if (std::any_of(url_.prewarmed.begin(), url_.prewarmed.end(), is_prewarmed)) {
      reason(
          load, reasons::kPrewarming,
          "The URL asks for it to be prewarmed in a worker, which is not emulated: it is loaded in a frame.");
    }
    if (const auto stamp = url_.parameter(load.name + "_authstamp")) {
      reason(load, reasons::kAuthStamp,
             "The URL asks for tokens by the authorization of the stamp " + quoted(*stamp) +
                 ", which changes nothing here, since tokens are not real.");
    }
  }

  /// `<ext>_<flag>=v` is passed on in lower case (h3). A flag has no underscore, so the longest extension
  /// name that fits is meant; `_authstamp` is for the portal's token server and not passed on, and
  /// `_clientOptimizations` goes under its own name.
  void forward_flags(ExtensionLoad& load) const {
    const std::string prefix = base::to_lower(load.name) + "_";
    for (const auto& [name, value] : url_.query) {
      const std::string lowered = base::to_lower(name);
      if (!lowered.starts_with(prefix) || find_registration(name) != nullptr ||
          find_sideload(name) != nullptr)
        continue;
      const std::string_view flag = std::string_view(lowered).substr(prefix.size());
      if (flag.empty() || flag.find('_') != std::string_view::npos || flag == "authstamp" ||
          flag == "clientoptimizations")
        continue;
      const auto known =
          std::find_if(load.forwarded.begin(), load.forwarded.end(),
                       [&lowered](const auto& parameter) { return parameter.first == lowered; });
      if (known == load.forwarded.end()) {
        load.forwarded.emplace_back(lowered, value);
      } else {
        known->second = value;
      }
    }
  }

  const PortalUrl& url_;
  const std::vector<Registration>& registrations_;
  const PortalEnvironment& environment_;
  FlightTicket ticket_;
};

bool is_registered(const std::vector<Registration>& registrations, std::string_view name) {
  return std::any_of(registrations.begin(), registrations.end(), [name](const Registration& registration) {
    return equals_ignoring_case(registration.name, name);
  });
}

}  // namespace

std::vector<ExtensionLoad> resolve_portal(const PortalUrl& url,
                                          const std::vector<Registration>& registrations,
                                          const PortalEnvironment& environment, FlightTicket ticket) {
  Loader loader(url, registrations, environment, ticket);
  std::vector<ExtensionLoad> loads;
  for (const auto& registration : registrations) loads.push_back(loader.load(registration));
  for (const auto& extension : url.test_extensions) {
    if (!is_registered(registrations, extension.name)) loads.push_back(loader.load_unregistered(extension));
  }
  return loads;
}

}  // namespace exthost::model
