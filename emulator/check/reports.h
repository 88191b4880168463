#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/check/finding.h"

namespace exthost::check {

// Reports: functions from what was found to text, the same for the same findings (docs/check.md). Bytes that
// are not UTF-8 become U+FFFD; each format's special characters are escaped.

/// How text looks where it is shown.
struct TextLook {
  enum class Ink { plain, bold, dim, good, warning, bad, link };
  std::function<std::string(Ink, std::string_view)> paint;  ///< May be empty: no colours.
  bool unicode = true;                                      ///< Else ASCII marks.
};

/// For people: each subject with its findings, file by file, and the outcome last. `took`: how long it took.
std::string text_report(const CheckReport& report, const TextLook& look,
                        std::optional<std::chrono::milliseconds> took = std::nullopt);

/// One JSON object (docs/check.md, JSON). Ends in a line feed, as those below.
std::string json_report(const CheckReport& report);

/// SARIF 2.1.0. Files within `working_folder` (absolute) get relative URIs, others absolute ones.
std::string sarif_report(const CheckReport& report, const std::filesystem::path& working_folder);

/// JUnit's XML: a suite a subject, a case a file and code; a file without findings is a case that passes.
/// Findings that do not count (CheckReport::counts) stand in the output of cases that pass.
std::string junit_report(const CheckReport& report);

}  // namespace exthost::check
