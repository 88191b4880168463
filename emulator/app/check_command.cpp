#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "emulator/app/commands.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/settings_file.h"
#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/check/examine.h"
#include "emulator/check/reports.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

namespace fs = std::filesystem;
using check::CheckReport;
using check::Subject;
using check::SubjectKind;
using check::SubjectResult;
using model::Severity;

base::Error usage(std::string message) {
  return {base::ErrorKind::invalid_input, std::move(message), std::string(model::codes::kUsage)};
}

/// Judges everything named on one command line.
class Checker {
 public:
  Checker(fs::path folder, std::optional<model::Cloud> cloud, std::optional<check::SdkDays> sdk_days)
      : folder_(std::move(folder)), cloud_(cloud), sdk_days_(sdk_days) {}

  std::vector<SubjectResult> run(const std::vector<std::string>& targets) {
    for (const std::string& target : targets) look_at(target);
    return std::move(results_);
  }

 private:
  void look_at(const std::string& target) {
    const auto kind = check::recognise(target, folder_);
    if (!kind) {
      results_.push_back(
          check::failed_subject(check::without_secrets(target), "not recognised", kind.error()));
    } else if (*kind == SubjectKind::settings_file) {
      look_at_settings(target);
    } else {
      examine({*kind, target, {}}, Settings());
    }
  }

  /// By the cloud and the readings of the rules that `settings` choose.
  void examine(const Subject& subject, const Settings& settings) {
    results_.push_back(check::examine(subject, {cloud_.value_or(settings.cloud), folder_, sdk_days_,
                                                settings.config_rules(), settings.environment_rules()}));
  }

  /// The settings themselves, and every extension's container and source.
  void look_at_settings(const std::string& target) {
    fs::path file = (folder_ / target).lexically_normal();
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) file /= kSettingsFileName;
    SubjectResult result;
    result.subject = shown(file);
    result.kind = std::string(check::to_string(SubjectKind::settings_file));
    result.looked_at.push_back(result.subject);
    Settings settings;
    const auto text = base::read_file(file, kSettingsLimitBytes);
    if (!text || !*text) {
      base::Error error =
          text ? base::Error{base::ErrorKind::not_found, "the file has vanished", ""} : text.error();
      error.code = model::codes::kSettingsNotJson;
      results_.push_back(check::failed_subject(result.subject, result.kind, error));
      return;
    }
    auto problems = read_settings(**text, result.subject, file.parent_path(), settings);
    if (!model::has_errors(problems)) {
      for (model::Problem& problem : complete_extensions(settings)) problems.push_back(std::move(problem));
    }
    for (model::Problem& problem : problems) {
      if (problem.where.file.empty()) problem.where.file = result.subject;
      result.findings.push_back({std::move(problem), {}});
    }
    result.extent = base::counted(settings.extensions.size(), "extension");
    results_.push_back(std::move(result));
    for (const ExtensionSettings& extension : settings.extensions) look_at_extension(extension, settings);
    for (const fs::path& registrations : settings.registration_files)
      examine({SubjectKind::registration_file, shown(registrations), {}}, settings);
  }

  void look_at_extension(const ExtensionSettings& extension, const Settings& settings) {
    if (!extension.storage.url.empty())
      examine({SubjectKind::container_url, extension.storage.url, {}}, settings);
    if (!extension.storage.seed.empty()) {
      examine({SubjectKind::container_folder, shown(extension.storage.seed), {}}, settings);
    }
    if (!extension.storage.mount.empty()) {
      examine({SubjectKind::container_folder, shown(extension.storage.mount), {}}, settings);
    }
    if (extension.source) {
      examine({SubjectKind::source_folder,
               shown(extension.source->folder),
               {extension.source->ignore, extension.source->gitignore}},
              settings);
    }
  }

  /// A path as short as it can be written from here.
  std::string shown(const fs::path& path) const {
    const fs::path whole = (folder_ / path).lexically_normal();
    const fs::path relative = whole.lexically_relative(folder_);
    return (relative.empty() || *relative.begin() == ".." ? whole : relative).generic_string();
  }

  fs::path folder_;
  std::optional<model::Cloud> cloud_;
  std::optional<check::SdkDays> sdk_days_;
  std::vector<SubjectResult> results_;
};

/// `2026-11-21`
std::optional<std::chrono::sys_days> parse_date(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int length = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &length) != 3) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (length != 10 || text.size() != 10 || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

check::TextLook look_of(const Terminal& terminal) {
  check::TextLook look;
  look.unicode = terminal.abilities().unicode;
  look.paint = [&terminal](check::TextLook::Ink ink, std::string_view text) {
    using Ink = check::TextLook::Ink;
    switch (ink) {
      case Ink::plain:
        break;
      case Ink::bold:
        return terminal.styled(Style::bold, text);
      case Ink::dim:
        return terminal.styled(Style::dim, text);
      case Ink::good:
        return terminal.styled(Style::good, text);
      case Ink::warning:
        return terminal.styled(Style::warning, text);
      case Ink::bad:
        return terminal.styled(Style::bad, text);
      case Ink::link:
        return terminal.styled(Style::link, text);
    }
    return std::string(text);
  };
  return look;
}

/// A report in one of the formats for machines.
std::string machine_report(const CheckReport& report, const std::string& format, const fs::path& folder) {
  if (format == "json") return check::json_report(report);
  if (format == "sarif") return check::sarif_report(report, folder);
  if (format == "junit") return check::junit_report(report);
  return check::text_report(report, {});
}

void print(Terminal& out, std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  out.line(text);
}

}  // namespace

int run_check(const CommandLine& command, Terminal& out, Terminal& err) {
  const std::vector<std::string> formats = {"text", "json", "sarif", "junit"};
  if (std::find(formats.begin(), formats.end(), command.format) == formats.end()) {
    const auto meant = base::nearest_word(command.format, formats);
    err.error(usage("--format is text, json, sarif or junit, not '" + command.format + "'" +
                    (meant ? "; did you mean " + *meant + "?" : "")));
    return kExitUsage;
  }
  const auto cloud = chosen_cloud(command);
  if (!cloud) {
    err.error(cloud.error());
    return kExitUsage;
  }
  std::optional<check::SdkDays> sdk_days;
  if (!command.deployed.empty()) {
    const auto deployed = parse_date(command.deployed);
    if (!deployed) {
      err.error(usage("--deployed is a date such as 2026-11-21, not '" + command.deployed + "'"));
      return kExitUsage;
    }
    sdk_days =
        check::SdkDays{*deployed, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  }
  const auto started = std::chrono::steady_clock::now();
  const fs::path& folder = command.instance.project;
  CheckReport report;
  report.strict = command.strict;
  report.subjects = Checker(folder, *cloud, sdk_days)
                        .run(command.targets.empty() ? std::vector<std::string>{"."} : command.targets);
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);

  if (!command.output_file.empty()) {
    const auto written =
        base::write_file(folder / command.output_file, machine_report(report, command.format, folder),
                         base::Durability::process, 0644);
    if (!written) {
      err.error(written.error());
      return kExitUnexpected;
    }
  }
  if (command.format == "text" || !command.output_file.empty()) {
    print(out, check::text_report(report, look_of(out), took));
  } else {
    print(out, machine_report(report, command.format, folder));
  }
  return report.good() ? kExitOk : kExitFindings;
}

}  // namespace exthost::app
