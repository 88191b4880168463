#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/model/problem.h"

namespace exthost::app {

/// What the portal's own tools (`ap serve`) read in an extension's project (domain.md k).
inline constexpr std::string_view kDevServerConfigName = "devServerConfig.json";

/// Reads its text over `settings`, as one extension with a source folder, and reports every problem: what the
/// file sets and we do not have is passed over, what it does not know is a warning. Relative paths are taken
/// from `folder`, the file's own. `settings` is complete only if no problem is an error.
std::vector<model::Problem> read_dev_server_config(std::string_view text, const std::string& file_name,
                                                   const std::filesystem::path& folder, Settings& settings);

}  // namespace exthost::app
