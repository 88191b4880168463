#pragma once

#include <span>
#include <string_view>

namespace exthost::model {

/// A thing that can go wrong, under the code that names it for ever. Codes are never reused or renumbered;
/// EHE1002 and EHE3014 were two. Each has a case in fixtures/codes that provokes it (docs/testing.md).
struct CodeEntry {
  std::string_view code;     ///< `EHE1003`
  std::string_view title;    ///< A few words: `config.json is not valid JSON`
  std::string_view meaning;  ///< What it means for the extension, in production's terms: whole sentences.
  std::string_view
      example;  ///< What provokes it: one to four lines of up to 92 columns, without a line end at the end.
  std::string_view remedy;  ///< How to mend it: one or two sentences.
};

/// Every code, ascending: what `exthost-emu help CODE` prints.
std::span<const CodeEntry> all_codes();
const CodeEntry* find_code(std::string_view code);

/// The codes by name, so that no literal stands in other files. The texts are in codes.cpp.
namespace codes {
// config.json (domain.md b)
inline constexpr std::string_view kConfigMissing = "EHE1001";
inline constexpr std::string_view kConfigNotJson = "EHE1003";
inline constexpr std::string_view kConfigWrongShape = "EHE1004";
inline constexpr std::string_view kConfigSchemaVersion = "EHE1005";
inline constexpr std::string_view kStageMissing = "EHE1006";
inline constexpr std::string_view kVersionMissing = "EHE1007";
inline constexpr std::string_view kVersionName = "EHE1008";
inline constexpr std::string_view kFriendlyName = "EHE1009";
inline constexpr std::string_view kTooManyFriendlyNames = "EHE1010";
inline constexpr std::string_view kUnknownDollarKey = "EHE1011";
inline constexpr std::string_view kByteOrderMark = "EHE1012";
inline constexpr std::string_view kNamesDifferByCase = "EHE1013";
// stagedefinition.json (domain.md c)
inline constexpr std::string_view kDefinitionFetchFailed = "EHE1101";
inline constexpr std::string_view kDefinitionNotJson = "EHE1102";
inline constexpr std::string_view kDefinitionWrongShape = "EHE1103";
inline constexpr std::string_view kUnknownRegion = "EHE1104";
// environment configuration (domain.md f)
inline constexpr std::string_view kNoEnvironmentFile = "EHE1201";
inline constexpr std::string_view kEnvironmentNotJson = "EHE1202";
inline constexpr std::string_view kDefaultEnvironmentMissing = "EHE1203";
inline constexpr std::string_view kEnvironmentObjectReplaced = "EHE1204";
// stamps and requests to hosting
inline constexpr std::string_view kUnknownStamp = "EHE1301";
inline constexpr std::string_view kUnknownExtension = "EHE1302";
inline constexpr std::string_view kNeverSynced = "EHE1303";
inline constexpr std::string_view kUnknownContent = "EHE1304";
inline constexpr std::string_view kAmbiguousStamp = "EHE1305";
inline constexpr std::string_view kAuthorityMissing = "EHE1306";
inline constexpr std::string_view kRegionDown = "EHE1307";
// the CDN's edge (domain.md i)
inline constexpr std::string_view kCdnOff = "EHE1308";
inline constexpr std::string_view kCdnOutage = "EHE1309";
// registrations and portal URLs (domain.md h)
inline constexpr std::string_view kRegistrationInvalid = "EHE1401";
inline constexpr std::string_view kOverrideIgnored = "EHE1402";
inline constexpr std::string_view kSideloadRefused = "EHE1403";
// runtime compatibility (domain.md m, n)
inline constexpr std::string_view kSdkExpiresSoon = "EHE1501";
inline constexpr std::string_view kSdkExpired = "EHE1502";
// contents of sources, packages and containers that production takes and `check` finds
inline constexpr std::string_view kRelativeController = "EHE1601";
inline constexpr std::string_view kUnreferencedZip = "EHE1602";
inline constexpr std::string_view kBlobsDifferByCase = "EHE1603";
inline constexpr std::string_view kDefinitionUnused = "EHE1604";
inline constexpr std::string_view kContainerNotListed = "EHE1605";
// packages (domain.md d, limits.md)
inline constexpr std::string_view kZipReplaced = "EHE2001";
inline constexpr std::string_view kZipCorrupt = "EHE2002";
inline constexpr std::string_view kZipUnsafe = "EHE2003";
inline constexpr std::string_view kZipTooLarge = "EHE2004";
inline constexpr std::string_view kZipUnsupported = "EHE2005";
inline constexpr std::string_view kZipNames = "EHE2006";
inline constexpr std::string_view kHostingSvcZip = "EHE2007";
// the container as a source (domain.md e)
inline constexpr std::string_view kStorageUnavailable = "EHE2101";
inline constexpr std::string_view kSourceTooLarge = "EHE2102";
inline constexpr std::string_view kSourceRedirects = "EHE2103";
inline constexpr std::string_view kRetainedUnreadable = "EHE2104";
// HTTP gate (limits.md)
inline constexpr std::string_view kHostRefused = "EHE3001";
inline constexpr std::string_view kOriginRefused = "EHE3002";
inline constexpr std::string_view kBadTarget = "EHE3003";
inline constexpr std::string_view kMethodRefused = "EHE3004";
inline constexpr std::string_view kBodyTooLarge = "EHE3005";
inline constexpr std::string_view kTokenRequired = "EHE3006";
inline constexpr std::string_view kTooManyStreams = "EHE3007";
inline constexpr std::string_view kUnknownRoute = "EHE3008";
inline constexpr std::string_view kBadRequestBody = "EHE3009";
inline constexpr std::string_view kMalformedRequest = "EHE3010";
inline constexpr std::string_view kRequestLimit = "EHE3011";
inline constexpr std::string_view kServerBusy = "EHE3012";
inline constexpr std::string_view kServiceFailed = "EHE3013";
inline constexpr std::string_view kIncidentResolved = "EHE3021";
inline constexpr std::string_view kFailoverRefused = "EHE3022";
// settings and options
inline constexpr std::string_view kSettingsNotJson = "EHE4001";
inline constexpr std::string_view kSettingsUnknownKey = "EHE4002";
inline constexpr std::string_view kSettingsValue = "EHE4003";
inline constexpr std::string_view kTargetMissing = "EHE4004";
inline constexpr std::string_view kUsage = "EHE4005";
inline constexpr std::string_view kSettingWaits = "EHE4006";
// this machine
inline constexpr std::string_view kPortInUse = "EHE5001";
inline constexpr std::string_view kStateInUse = "EHE5002";
inline constexpr std::string_view kStateUnwritable = "EHE5003";
inline constexpr std::string_view kTlsFailed = "EHE5004";
inline constexpr std::string_view kNoInstance = "EHE5005";
inline constexpr std::string_view kWaitTimedOut = "EHE5006";
inline constexpr std::string_view kBrowserNotStarted = "EHE5021";
// watching and publishing
inline constexpr std::string_view kSourceUnreadable = "EHE6001";
inline constexpr std::string_view kPublishFailed = "EHE6002";
inline constexpr std::string_view kWatchLimit = "EHE6003";
inline constexpr std::string_view kSourceRejected = "EHE6004";
inline constexpr std::string_view kBuildCommandEnded = "EHE6005";
// publishing by verb and by the control API
inline constexpr std::string_view kVersionTaken = "EHE6101";
inline constexpr std::string_view kContainerNotOurs = "EHE6102";
inline constexpr std::string_view kNothingToMove = "EHE6103";
inline constexpr std::string_view kConfigChanged = "EHE6104";
inline constexpr std::string_view kVersionInUse = "EHE6105";
// what somebody waits for on the clock
inline constexpr std::string_view kExpressionInvalid = "EHE7001";
inline constexpr std::string_view kNotReached = "EHE7002";
// what the emulator tells others
inline constexpr std::string_view kHookFailed = "EHE7101";
}  // namespace codes

}  // namespace exthost::model
