#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "emulator/app/settings.h"
#include "emulator/model/problem.h"

namespace exthost::app {

inline constexpr std::string_view kSettingsFileName = "exthost-emu.json";
/// As for all JSON that is not the hosting service's (limits of base::parse_json).
inline constexpr std::uint64_t kSettingsLimitBytes = 1024 * 1024;

/// Reads a settings file's text over `settings` and reports every problem: comments and trailing commas are
/// fine, unknown keys are errors with a did-you-mean. Relative paths are taken from `folder`. `settings` is
/// complete only if no problem is an error.
std::vector<model::Problem> read_settings(std::string_view text, const std::string& file_name,
                                          const std::filesystem::path& folder, Settings& settings);

/// The hosting service name that an extension's name suggests: its last part, letters and digits only.
std::string suggested_service_name(const std::string& extension_name);

/// Fills what an extension leaves open (container, owner) and checks the extensions against each other.
std::vector<model::Problem> complete_extensions(Settings& settings);

}  // namespace exthost::app
