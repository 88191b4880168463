#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/model/problem.h"

namespace exthost::model {

/// The build of the portal SDK that an extension was made with, such as `13.238.2.1`.
///
/// Builds are ordered by their numbers, part by part, and a part that is not there counts as 0: `13.1` is
/// newer than `5.0.302.258`, and `5.0` is `5.0.0.0` (domain.md n).
struct SdkBuild {
  std::vector<std::uint64_t> parts;  ///< Two to eight.
  std::string text;                  ///< As written, without space around it.

  std::strong_ordering operator<=>(const SdkBuild& other) const;
  bool operator==(const SdkBuild& other) const { return (*this <=> other) == 0; }
};

/// Reads the forms that are seen (domain.md b, f, n): numbers with dots, and behind them a remark that does
/// not count, `-…` or ` (…) …`: `13.238.2.1`, `5.0.202.7608987.150717-1541`, `4.12.0.1281
/// (fc2467c.160306-1659)`. Error: `invalid_input` for anything else.
base::Result<SdkBuild> parse_sdk_build(std::string_view text);

/// Where the SDK is believed to leave its build in a zip. No document says so (domain.md d, n: a gap).
inline constexpr std::string_view kSdkMetadataPath =
    "Content/AzurePortalMetadata/SdkSuppliedEnvironment.json";

/// The build that the text of that file names: a string or number under `sdkVersion`, `sdkBuild`,
/// `portalSdkVersion` or the like, in any letter case and at any depth. Absent if there is none, if several
/// disagree, or if the text is not JSON: nothing may be concluded from that.
std::optional<SdkBuild> find_sdk_build(std::string_view metadata);

inline constexpr int kWarnFromDay = 60;  ///< Alerts about the SDK's age begin here (domain.md m, n).

/// For how many days after its deployment the portal runs an extension of this build: 120 from 5.0.302.258
/// on, 90 before it (domain.md n).
int compatibility_days(const SdkBuild& build);

enum class CompatibilityState { fine, expires_soon, expired };
/// `fine`, `expiresSoon` or `expired`: as JSON has it.
std::string_view to_string(CompatibilityState state);

/// How an extension stands on a day.
struct Compatibility {
  int window_days = 0;  ///< 90 or 120.
  int days_used = 0;    ///< Since the deployment; 0 on its day and before it.
  int days_left = 0;    ///< 0 on the last good day, negative after it.
  std::chrono::sys_days last_day;
  CompatibilityState state = CompatibilityState::fine;
  /// What to tell about it, without a place: a warning (kSdkExpiresSoon) or an error (kSdkExpired). Absent if
  /// fine.
  std::optional<Problem> problem;
};

/// Days are counted in UTC from the day of the deployment, which is day 0. From day 60 on the upgrade is due;
/// the last day of the window is still good.
Compatibility judge_compatibility(const SdkBuild& build, std::chrono::sys_days deployed,
                                  std::chrono::sys_days asked);

/// `2026-11-21`.
std::string to_date_text(std::chrono::sys_days day);

}  // namespace exthost::model
