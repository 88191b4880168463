#pragma once

#include <filesystem>

#include "emulator/app/command_line.h"
#include "emulator/app/instance.h"
#include "emulator/app/target.h"

namespace exthost::app {

/// The settings of a command line with every default filled in: instance name, region, clock, log level.
LoadedSettings resolve_settings(const CommandLine& command, const UserFolders& folders, bool on_terminal);

/// Where an instance that is not ephemeral keeps its state.
std::filesystem::path state_folder_of(const Settings& settings, const UserFolders& folders);

/// The region of a cloud's users who do not say where they are: `westus` in the public cloud, elsewhere the
/// first with a portal.
std::string usual_region(model::Cloud cloud);

}  // namespace exthost::app
