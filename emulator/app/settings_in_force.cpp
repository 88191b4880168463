#include "emulator/app/settings_in_force.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/json_fields.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

/// The settings have an extension of that hosting service name.
template <class AnySettings>
auto& extension_of(AnySettings& settings, const std::string& name) {
  return *std::find_if(settings.extensions.begin(), settings.extensions.end(),
                       [&](const ExtensionSettings& one) { return one.hosting_service_name == name; });
}

}  // namespace

SettingsInForce::SettingsInForce(const Settings& at_start, Effects effects, base::Journal& journal)
    : effects_(std::move(effects)),
      journal_(journal),
      read_last_(at_start),
      in_force_(std::make_shared<const Settings>(at_start)) {}

void SettingsInForce::reload(const Settings& settings) {
  const std::lock_guard lock(reloading_);
  const SettingsChange edited = compare_settings(read_last_, settings);
  const auto before = now();
  const SettingsChange open = compare_settings(*before, settings);
  read_last_ = settings;
  if (open.can_be_made()) make_change(open, settings, *before);
  for (const std::string& key : edited.others) {
    if (std::find(open.others.begin(), open.others.end(), key) == open.others.end()) continue;
    journal_.append("settings.waits", "", key + " takes effect at the next start",
                    to_text({{"code", model::codes::kSettingWaits}, {"setting", key}}));
  }
}

/// `change` is between the settings in force, which `next` is a copy of, and these.
void SettingsInForce::make_change(const SettingsChange& change, const Settings& settings, Settings next) {
  std::vector<std::string> made;
  for (const std::string& name : change.sources) {
    const auto& source = extension_of(settings, name).source;
    extension_of(next, name).source = source;
    effects_.change_source(name, source);
    made.push_back("extensions[" + name + "].source");
  }
  if (change.log_level) {
    next.log_level = settings.log_level;
    effects_.change_log_level(settings.log_level);
    made.emplace_back("log.level");
  }
  if (change.outage) {
    next.storage.outage = settings.storage.outage;
    effects_.change_outage(settings.storage.outage);
    made.emplace_back("storage.outage");
  }
  in_force_.set(std::make_shared<const Settings>(std::move(next)));
  std::string list;
  for (const std::string& key : made) list += (list.empty() ? "" : ", ") + key;
  journal_.append("settings.changed", "", "in force from now on: " + list, to_text({{"settings", made}}));
}

}  // namespace exthost::app
