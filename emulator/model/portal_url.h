#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/model/registration.h"
#include "emulator/model/resolution.h"

namespace exthost::model {

/// A portal URL taken apart (domain.md h3, h4). Names keep their spelling; they are compared without letter
/// case.
struct PortalUrl {
  std::string scheme = "https";  ///< Lower-cased.
  std::string host;              ///< As given, lower-cased, without port.
  std::string port;              ///< Digits; empty if none is given.
  std::string path;              ///< Raw: `/`, `/contoso.onmicrosoft.com/`, or empty.
  std::vector<std::pair<std::string, std::string>>
      query;             ///< Decoded, in order. A name without `=` has an empty value.
  std::string fragment;  ///< Raw, without `#`.
  bool can_modify_stamps = false;
  bool can_modify_extensions = false;
  bool disable_extensions = false;                          ///< feature.disableextensions
  std::string language = "en";                              ///< `l`
  enum class NoCdn { off, portal, portal_and_extensions };  ///< `nocdn=true`, `nocdn=force`
  NoCdn no_cdn = NoCdn::off;
  std::vector<std::string> hide_keys;  ///< `microsoft_azure_marketplace_ItemHideKey`
  std::string client_optimizations;    ///< `true`, `false`, `bundle`, `minify`, or empty.
  /// The extensions that `feature.prewarming` and `feature.webworker` name; `true` stands for all that
  /// support it.
  std::vector<std::string> prewarmed;

  struct TestExtension {
    std::string name;
    std::string uri;
    bool az_extension = false;  ///< An object value says `azExtension: true`.
  };
  std::vector<TestExtension> test_extensions;  ///< From query, fragment or deep link; well-formed ones only.
  std::vector<Problem> problems;               ///< Malformed testExtensions and the like.

  /// The parameter's value, letter case ignored; the last one if it is given several times.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// Takes any text: what can't be understood is a problem in the result, never a failure. Scheme and host may
/// be missing.
PortalUrl parse_portal_url(std::string_view url);

/// Whether `clientOptimizations` takes the value, in any letter case (h3).
bool is_client_optimizations(std::string_view value);

/// The URL as text that parses to the same value again: names and values percent-encoded where they must be.
std::string print_portal_url(const PortalUrl& url);

/// The same URL with a parameter set: in the place of the first of that name (in any letter case), the others
/// removed, or behind all others. What follows from the parameter (switches, problems) is up to date.
PortalUrl with_parameter(const PortalUrl& url, std::string_view name, std::string_view value);

/// What the portal does about one extension, and why.
struct ExtensionLoad {
  std::string name;  ///< As registered (or as sideloaded).
  bool enabled = false;
  bool sideloaded = false;
  std::string stamp;  ///< The stamp in force, or empty.
  std::string uri;    ///< Protocol-relative or absolute base URL, without query; empty if not enabled.
  std::string hosting_service_name;
  std::string cacheability;          ///< The registration's, or the one under test.
  bool flight = false;               ///< A flight's URI was chosen: the extension's URL gains `flight=1`.
  std::string client_optimizations;  ///< What the URL asks for, this extension's own word first; else empty.
  std::vector<std::pair<std::string, std::string>>
      forwarded;                ///< `<ext>_<flag>` parameters, lower-cased (f).
  std::vector<Reason> reasons;  ///< Ignored overrides are among them (q11).
};

/// Which half of its browsers MPAC puts this one in (domain.md h2): a number from 0 to below 1 that stays the
/// same for a browser. Below 0.5 it gets a flight. The default never does.
struct FlightTicket {
  double value = 1.0;
};

/// Applies h3, h4 and rulings q11, q12, q22 to every registration, then adds what is sideloaded. Every
/// registration gives one load, in order; a sideload of a registered name replaces that load's URI. Refused
/// sideloads of other names come last, not enabled.
std::vector<ExtensionLoad> resolve_portal(const PortalUrl& url,
                                          const std::vector<Registration>& registrations,
                                          const PortalEnvironment& environment, FlightTicket ticket = {});

/// Overrides in the URL that name no registered or sideloaded extension but nearly do: a warning each, with
/// the name that was probably meant.
std::vector<Problem> misspelt_overrides(const PortalUrl& url, const std::vector<Registration>& registrations);

/// The URL that the portal loads an enabled extension by: https, the forwarded parameters, `l`,
/// `trustedAuthority`.
std::string extension_url(const ExtensionLoad& load, std::string_view language,
                          std::string_view trusted_authority);

/// The link that sideloads `extension_url` into a real portal (h4, canonical form): on `portal_host`,
/// percent-encoded.
std::string sideload_url(std::string_view portal_host, std::string_view extension_name,
                         std::string_view extension_url);

}  // namespace exthost::model
