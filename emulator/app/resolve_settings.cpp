#include "emulator/app/resolve_settings.h"

#include <cstdlib>

#include "emulator/app/exit_code.h"
#include "emulator/model/cloud.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

constexpr std::string_view kUsualRegion = "westus";

}  // namespace

std::string usual_region(model::Cloud cloud) {
  if (cloud == model::Cloud::public_cloud) return std::string(kUsualRegion);
  for (const model::Region& region : model::all_regions()) {
    if (region.cloud == cloud && region.has_portal) return std::string(region.name);
  }
  return std::string(kUsualRegion);
}

LoadedSettings resolve_settings(const CommandLine& command, const UserFolders& folders, bool on_terminal) {
  SettingInputs inputs;
  inputs.targets = command.targets;
  inputs.folder = command.instance.project;
  inputs.command_line = command.settings;
  inputs.environment = [](const char* name) -> const char* { return std::getenv(name); };
  inputs.demo_folder = folders.state / "demo";
  LoadedSettings loaded = load_settings(inputs);
  Settings& settings = loaded.settings;
  if (settings.instance.empty()) settings.instance = instance_name_for(settings.project_folder);
  if (settings.region.empty()) settings.region = usual_region(settings.cloud);
  if (const model::Region* region = model::find_region(settings.region);
      region && region->cloud != settings.cloud) {
    loaded.problems.push_back({model::Severity::error,
                               std::string(model::codes::kSettingsValue),
                               "the region " + settings.region + " is not in the cloud " +
                                   std::string(model::to_string(settings.cloud)),
                               "its regions begin with " + usual_region(settings.cloud),
                               {},
                               {}});
    if (loaded.exit_code == 0) loaded.exit_code = settings.settings_file.empty() ? kExitUsage : kExitSettings;
  }
  if (!settings.origins.contains("clock.mode") && settings.fidelity == model::Fidelity::ci)
    settings.clock.rate = 0;
  if (settings.log_level.empty()) settings.log_level = on_terminal ? "error" : "warn";
  return loaded;
}

std::filesystem::path state_folder_of(const Settings& settings, const UserFolders& folders) {
  return settings.state_dir.empty() ? folders.state / settings.instance : settings.state_dir;
}

}  // namespace exthost::app
