#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/model/problem.h"

namespace exthost::app {

/// Where settings come from besides the settings file: the environment and the command line.
struct SettingInputs {
  std::vector<std::string> targets;                               ///< At most one.
  std::filesystem::path folder;                                   ///< What relative paths are taken from.
  std::vector<std::pair<std::string, std::string>> command_line;  ///< Setting key and text.
  std::function<const char*(const char*)> environment;            ///< getenv, or a test's own.
  std::filesystem::path demo_folder;  ///< Where the sample is unpacked for the target `demo`.
};

/// What a command starts from: the settings in force, and everything wrong with them.
struct LoadedSettings {
  Settings settings;
  std::vector<model::Problem> problems;
  int exit_code = 0;  ///< exit_code.h, if a problem is an error: kExitUsage for the command line and the
                      ///< environment, kExitSettings for the file.
};

/// Finds out what the target is and reads the settings, by precedence: command line, environment, file,
/// default.
///
/// A target is a settings file; a folder with `exthost-emu.json` (the working directory and the folders above
/// it are searched if there is no target); a container folder (`config.json` beside version zips); an
/// extension's source folder; a devServerConfig.json, or a folder that has one and no `exthost-emu.json`; or
/// `demo`.
LoadedSettings load_settings(const SettingInputs& inputs);

}  // namespace exthost::app
