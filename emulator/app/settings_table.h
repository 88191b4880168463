#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/app/settings.h"
#include "emulator/base/result.h"

namespace exthost::app {

/// One setting, under all its names. The one table behind --help, the settings file, the environment and
/// `config print`.
struct SettingRow {
  std::string_view key;  ///< In the settings file, with dots: `ports.base`.
  std::string_view
      option;  ///< On the command line: `--port`. A row without an argument is a switch, with `--no-…` too.
  std::string_view argument;  ///< `BASE`, or empty for a switch.
  std::string_view help;      ///< One line.
  /// Sets it from text (`true` and `false` for a switch). Relative paths are taken from `folder`. The error
  /// is one clause: `not a port: 70000`.
  std::function<base::Result<void>(Settings&, std::string_view text, const std::filesystem::path& folder)>
      apply;
  /// The value in force, as text.
  std::function<std::string(const Settings&)> show;
};

std::span<const SettingRow> setting_rows();
const SettingRow* find_setting(std::string_view key);

/// `EXTHOST_EMU_HOSTING_PORT` for `--hosting-port`.
std::string environment_name(const SettingRow& row);

}  // namespace exthost::app
