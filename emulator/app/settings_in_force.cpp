#include "emulator/app/settings_in_force.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/json_fields.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

/// The settings have an extension of that hosting service name.
template <class Settings>
auto& extension_of(Settings& settings, const std::string& name) {
  return *std::find_if(settings.extensions.begin(), settings.extensions.end(),
                       [&](const ExtensionSettings& one) { return one.hosting_service_name == name; });
}

}  // namespace

SettingsInForce::SettingsInForce(const Settings& at_start, Effects effects, base::Journal& journal)
    : effects_(std::move(effects)), journal_(journal), read_last_(at_start), in_force_(at_start) {}

void SettingsInForce::reload(const Settings& settings) {
  const std::lock_guard lock(reloading_);
  const SettingsChange edited = compare_settings(read_last_, settings);
  const SettingsChange open = compare_settings(in_force_, settings);
  read_last_ = settings;
  if (open.can_be_made()) make_change(open, settings);
  for (const std::string& key : edited.others) {
    if (std::find(open.others.begin(), open.others.end(), key) == open.others.end()) continue;
    journal_.append("settings.waits", "", key + " takes effect at the next start",
                    to_text({{"code", model::codes::kSettingWaits}, {"setting", key}}));
  }
}

/// `change` is between the settings in force and these.
void SettingsInForce::make_change(const SettingsChange& change, const Settings& settings) {
  std::vector<std::string> made;
  for (const std::string& name : change.sources) {
    const auto& next = extension_of(settings, name).source;
    extension_of(in_force_, name).source = next;
    effects_.change_source(name, next);
    made.push_back("extensions[" + name + "].source");
  }
  if (change.log_level) {
    in_force_.log_level = settings.log_level;
    effects_.change_log_level(settings.log_level);
    made.emplace_back("log.level");
  }
  if (change.outage) {
    in_force_.storage.outage = settings.storage.outage;
    effects_.change_outage(settings.storage.outage);
    made.emplace_back("storage.outage");
  }
  std::string list;
  for (const std::string& key : made) list += (list.empty() ? "" : ", ") + key;
  journal_.append("settings.changed", "", "in force from now on: " + list, to_text({{"settings", made}}));
}

}  // namespace exthost::app
