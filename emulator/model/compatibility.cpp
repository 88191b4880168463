#include "emulator/model/compatibility.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::model {
namespace {

using base::JsonKind;
using base::JsonValue;

constexpr std::size_t kFewestParts = 2;
constexpr std::size_t kMostParts = 8;
constexpr std::size_t kLongestBuild = 128;
constexpr int kOldWindow = 90;
constexpr int kNewWindow = 120;

/// The first build with the longer window (domain.md n).
const SdkBuild& first_of_new_window() {
  static const SdkBuild build{{5, 0, 302, 258}, "5.0.302.258"};
  return build;
}

base::Error bad_build(std::string_view text, const std::string& why) {
  return {base::ErrorKind::invalid_input,
          quoted(text) + " is no SDK build: " + why + "; builds look like 13.238.2.1",
          {}};
}

/// Takes one number off the front of `text`; absent if there is none, or one that no 64 bits hold.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// What may stand behind the numbers: `-150717-1541`, ` (fc2467c.160306-1659) Signed`.
bool is_remark(std::string_view rest) {
  if (rest.empty()) return true;
  const bool begins_well = (rest.size() > 1 && rest.front() == '-') || rest.starts_with(" (");
  return begins_well && std::all_of(rest.begin(), rest.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool names_sdk_build(std::string_view key) {
  std::string name = base::to_lower(key);
  std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == '.' || c == ' '; });
  return name.ends_with("sdkversion") || name.ends_with("sdkbuild") || name.ends_with("sdkbuildversion") ||
         name.ends_with("sdkbuildnumber");
}

void collect_builds(const JsonValue& value, std::vector<SdkBuild>& found) {
  for (const auto& item : value.items) collect_builds(item, found);
  for (const auto& member : value.members) {
    const bool is_text = member.value.kind == JsonKind::string || member.value.kind == JsonKind::number;
    if (is_text && names_sdk_build(member.key)) {
      if (auto build = parse_sdk_build(member.value.text)) found.push_back(*std::move(build));
    }
    collect_builds(member.value, found);
  }
}

std::string days_text(int days) {
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

Problem expires_soon(const SdkBuild& build, const Compatibility& standing) {
  const std::string when = standing.days_left == 0 ? "today is the last day"
                                                   : days_text(standing.days_left) + " left, until " +
                                                         to_date_text(standing.last_day);
  return {Severity::warning,
          std::string(codes::kSdkExpiresSoon),
          "the extension was deployed " + days_text(standing.days_used) + " ago with SDK " + build.text +
              ", which the portal runs for " + days_text(standing.window_days) + ": " + when,
          "build with the current SDK and deploy again",
          {},
          {}};
}

Problem expired(const SdkBuild& build, const Compatibility& standing) {
  return {Severity::error,
          std::string(codes::kSdkExpired),
          "the extension was deployed " + days_text(standing.days_used) + " ago with SDK " + build.text +
              ", which the portal runs for " + days_text(standing.window_days) + ": that ended on " +
              to_date_text(standing.last_day),
          "build with the current SDK and deploy again",
          {},
          {}};
}

}  // namespace

std::strong_ordering SdkBuild::operator<=>(const SdkBuild& other) const {
  const std::size_t count = std::max(parts.size(), other.parts.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t mine = i < parts.size() ? parts[i] : 0;
    const std::uint64_t theirs = i < other.parts.size() ? other.parts[i] : 0;
    if (mine != theirs) return mine <=> theirs;
  }
  return std::strong_ordering::equal;
}

base::Result<SdkBuild> parse_sdk_build(std::string_view text) {
  text = base::trim(text);
  if (text.empty()) return bad_build(text, "it is empty");
  if (text.size() > kLongestBuild) return bad_build(text, "it is longer than 128 characters");
  SdkBuild build;
  build.text = std::string(text);
  std::string_view rest = text;
  while (true) {
    const auto number = take_number(rest);
    if (!number)
      return bad_build(text, "part " + std::to_string(build.parts.size() + 1) + " is not a number");
    build.parts.push_back(*number);
    if (!rest.starts_with('.')) break;
    rest.remove_prefix(1);
  }
  if (build.parts.size() < kFewestParts) return bad_build(text, "it has one number only");
  if (build.parts.size() > kMostParts) return bad_build(text, "it has more than eight numbers");
  if (!is_remark(rest)) return bad_build(text, "what follows the numbers is not understood");
  return build;
}

std::optional<SdkBuild> find_sdk_build(std::string_view metadata) {
  const auto parsed = base::parse_json(metadata, base::JsonDialect::strict);
  if (!parsed.ok()) return std::nullopt;
  std::vector<SdkBuild> found;
  collect_builds(*parsed.value, found);
  const bool agree =
      !found.empty() && std::all_of(found.begin(), found.end(),
                                    [&found](const SdkBuild& build) { return build == found.front(); });
  return agree ? std::optional(std::move(found.front())) : std::nullopt;
}

int compatibility_days(const SdkBuild& build) {
  return build >= first_of_new_window() ? kNewWindow : kOldWindow;
}

std::string_view to_string(CompatibilityState state) {
  switch (state) {
    case CompatibilityState::fine:
      return "fine";
    case CompatibilityState::expires_soon:
      return "expiresSoon";
    case CompatibilityState::expired:
      return "expired";
  }
  return "fine";
}

Compatibility judge_compatibility(const SdkBuild& build, std::chrono::sys_days deployed,
                                  std::chrono::sys_days asked) {
  Compatibility standing;
  standing.window_days = compatibility_days(build);
  standing.last_day = deployed + std::chrono::days(standing.window_days);
  standing.days_used = asked < deployed ? 0 : static_cast<int>((asked - deployed).count());
  standing.days_left = standing.window_days - standing.days_used;
  if (standing.days_left < 0) {
    standing.state = CompatibilityState::expired;
    standing.problem = expired(build, standing);
  } else if (standing.days_used >= kWarnFromDay) {
    standing.state = CompatibilityState::expires_soon;
    standing.problem = expires_soon(build, standing);
  }
  return standing;
}

std::string to_date_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace exthost::model
