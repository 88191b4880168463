#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/deployment_config.h"

namespace exthost::model {

/// Why a decision came out as it did. `code` is stable and for programs (ux.md 9, row 1).
struct Reason {
  std::string code;       ///< From `reasons`.
  std::string text;       ///< One sentence.
  SourcePosition source;  ///< The line that decided, if a file did.
};

/// The reason codes that exist. Like error codes they are for ever; unlike them they also explain what went
/// well.
namespace reasons {
// which version (resolve_version)
inline constexpr std::string_view kRegionUnknown = "REGION_UNKNOWN";
inline constexpr std::string_view kStageMatch = "STAGE_MATCH";
inline constexpr std::string_view kDefaultStage = "DEFAULT_STAGE";
inline constexpr std::string_view kStageVersion =
    "STAGE_VERSION";  ///< The line of config.json that sets the stage.
inline constexpr std::string_view kStageUnset = "STAGE_UNSET";  ///< The last stage's version stands in (q1).
inline constexpr std::string_view kStampStage = "STAMP_STAGE";
inline constexpr std::string_view kStampStageCase = "STAMP_STAGE_CASE";
inline constexpr std::string_view kFriendlyName = "FRIENDLY_NAME";
inline constexpr std::string_view kFriendlyNameCase = "FRIENDLY_NAME_CASE";
inline constexpr std::string_view kBuildNumber = "BUILD_NUMBER";
inline constexpr std::string_view kVersionName = "VERSION_NAME";
inline constexpr std::string_view kStampUnknown = "STAMP_UNKNOWN";
inline constexpr std::string_view kStampAmbiguous = "STAMP_AMBIGUOUS";
// which config.json and which settings (answer_request)
inline constexpr std::string_view kExtensionUnknown = "EXTENSION_UNKNOWN";
inline constexpr std::string_view kHostedElsewhere =
    "HOSTED_ELSEWHERE";  ///< By production's hosting service, and not by the one that is asked.
inline constexpr std::string_view kNeverSynced = "NEVER_SYNCED";
inline constexpr std::string_view kRegionDown = "REGION_DOWN";
inline constexpr std::string_view kLastGoodConfig = "LAST_GOOD_CONFIG";
inline constexpr std::string_view kRegionStillPulling = "REGION_STILL_PULLING";
inline constexpr std::string_view kVersionNotHeld = "VERSION_NOT_HELD";
inline constexpr std::string_view kEnvConfigChosen = "ENV_CONFIG_CHOSEN";
inline constexpr std::string_view kEnvConfigFallback = "ENV_CONFIG_FALLBACK";
inline constexpr std::string_view kEnvConfigMissing = "ENV_CONFIG_MISSING";
inline constexpr std::string_view kEnvConfigInvalid = "ENV_CONFIG_INVALID";
inline constexpr std::string_view kAuthorityUnreadable = "AUTHORITY_UNREADABLE";
// which environment and region (portal_choice.h)
inline constexpr std::string_view kEnvironmentUnknown = "ENVIRONMENT_UNKNOWN";
inline constexpr std::string_view kEnvironment = "ENVIRONMENT";
inline constexpr std::string_view kCloudNotEmulated = "CLOUD_NOT_EMULATED";
inline constexpr std::string_view kRegionIgnored = "REGION_IGNORED";
inline constexpr std::string_view kRegionChosen = "REGION_CHOSEN";
inline constexpr std::string_view kRegionWithoutUsers = "REGION_WITHOUT_USERS";
inline constexpr std::string_view kRegionNearest = "REGION_NEAREST";
inline constexpr std::string_view kLocationIgnored = "LOCATION_IGNORED";
inline constexpr std::string_view kRegionDefault = "REGION_DEFAULT";
// which pageVersion (portal_view.h)
inline constexpr std::string_view kManifestCache = "MANIFEST_CACHE";  ///< An older one (domain.md e10).
// whether and from where (resolve_portal)
inline constexpr std::string_view kEnabledByRegistration = "ENABLED_BY_REGISTRATION";
inline constexpr std::string_view kDisabledByRegistration = "DISABLED_BY_REGISTRATION";
inline constexpr std::string_view kEnabledByUrl = "ENABLED_BY_URL";
inline constexpr std::string_view kDisabledByUrl = "DISABLED_BY_URL";
inline constexpr std::string_view kDisabledByFlag = "DISABLED_BY_FLAG";   ///< feature.disableextensions
inline constexpr std::string_view kProductionDoubt = "PRODUCTION_DOUBT";  ///< q12
inline constexpr std::string_view kUriOfRegistration = "URI_OF_REGISTRATION";
inline constexpr std::string_view kUriDerived = "URI_DERIVED";
inline constexpr std::string_view kMigration = "MIGRATION";  ///< Self-hosted by default, stamps from hosting.
inline constexpr std::string_view kRedirected = "REDIRECTED";
inline constexpr std::string_view kRedirectBroken = "REDIRECT_BROKEN";
inline constexpr std::string_view kStampOverride = "STAMP_OVERRIDE";
inline constexpr std::string_view kOverrideIgnoredNoFlag = "OVERRIDE_IGNORED_NO_FLAG";
inline constexpr std::string_view kOverrideIgnoredNoUriFormat = "OVERRIDE_IGNORED_NO_URI_FORMAT";
inline constexpr std::string_view kOverrideIgnoredBadStamp = "OVERRIDE_IGNORED_BAD_STAMP";
inline constexpr std::string_view kOverrideIgnoredEmpty = "OVERRIDE_IGNORED_EMPTY";
inline constexpr std::string_view kCacheabilityOverride = "CACHEABILITY_OVERRIDE";
inline constexpr std::string_view kFlight = "FLIGHT";
inline constexpr std::string_view kNoFlight = "NO_FLIGHT";
inline constexpr std::string_view kSideloaded = "SIDELOADED";
inline constexpr std::string_view kSideloadRefused = "SIDELOAD_REFUSED";
inline constexpr std::string_view kAzExtension = "AZ_EXTENSION";                  ///< Read, not emulated.
inline constexpr std::string_view kClientOptimizations = "CLIENT_OPTIMIZATIONS";  ///< Passed on (h3).
inline constexpr std::string_view kPrewarming = "PREWARMING";                     ///< Read, not emulated.
inline constexpr std::string_view kAuthStamp = "AUTH_STAMP";                      ///< Read, not emulated.
}  // namespace reasons

/// Whether a stamp may match a name in another letter case, if only one does (q4).
enum class StampCase { ignored_if_unique, exact };

enum class StampKind { none, stage, friendly_name, build_number };
/// `none`, `stage`, `friendlyName` or `buildNumber`: as JSON has it.
std::string_view to_string(StampKind kind);

/// Which version answers a request to the hosting service, and why.
struct Resolution {
  std::string version;  ///< Empty if nothing answers.
  std::string region;   ///< Normalised.
  std::string stage;    ///< The stage that decided, or empty (friendly name, build number).
  std::string stamp;    ///< As asked for, or empty.
  StampKind kind = StampKind::none;
  std::vector<Reason> reasons;  ///< In the order in which the rules were applied.
  std::vector<std::string>
      known_stamps;  ///< If nothing answers: stages, friendly names, build numbers, in this order.
  std::optional<base::Error> failure;  ///< Set exactly if `version` is empty.

  bool found() const { return !version.empty(); }
};

/// The one function that both the portal and the hosting service use (q7).
///
/// Without a stamp the region's stage decides (c4). A stamp is a stage, a friendly name (exact, else a unique
/// match without letter case, q4) or a build number, that is one of `versions` with its dots as `d` (q21):
/// known versions are encoded, the stamp is never decoded. A version's plain name is accepted as a stamp too.
///
/// A name of config.json wins over a build number that is spelt the same (domain.md leaves that open), and
/// what matches exactly wins over what matches without letter case. A region that no catalogue knows is one
/// that no stage lists.
Resolution resolve_version(const Deployment& deployment, const std::vector<std::string>& versions,
                           std::string_view region, std::string_view stamp,
                           StampCase letter_case = StampCase::ignored_if_unique);

}  // namespace exthost::model
