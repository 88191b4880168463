#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/storage_settings.h"
#include "emulator/base/clock.h"
#include "emulator/hosting/cdn_rules.h"
#include "emulator/model/cloud.h"
#include "emulator/model/deployment_config.h"
#include "emulator/model/environment.h"
#include "emulator/model/fidelity.h"
#include "emulator/model/registration.h"

namespace exthost::app {

/// Where an extension's container is and what is put into it (docs/configuration.md, `extensions[].storage`).
struct ContainerSettings {
  std::string account = "devstoreaccount1";
  std::string container;        ///< Default: the hosting service name.
  std::filesystem::path seed;   ///< Folder copied in at start and re-read when it changes; empty: none.
  std::string url;              ///< Somebody else's container instead of ours; empty: ours.
  std::filesystem::path mount;  ///< Folder that is the container; empty: the container is in the store.
  bool read_only = false;       ///< Of a mount: clients change nothing there.
};

/// A folder that is packed and published whenever it changes (`extensions[].source`).
struct SourceSettings {
  std::filesystem::path folder;
  std::string version = "1.0.0";        ///< Base of minted versions.
  std::vector<std::string> publish_to;  ///< Stages and friendly names besides `dev`.
  std::vector<std::string> ignore;
  bool gitignore = false;                  ///< .gitignore files in the folder count too.
  std::optional<base::Duration> debounce;  ///< Quiet period; absent: by what is written.
  std::vector<std::string> command;        ///< The build in watch mode, as BuildCommand has it; empty: none.
  std::filesystem::path ready;             ///< What it writes when it is done; empty: the folder decides.
  std::filesystem::path local_config;      ///< Its files replace those of Content/Config; empty: none.
  bool operator==(const SourceSettings&) const = default;
};

struct ExtensionSettings {
  std::string name;                  ///< Portal name: `Microsoft_Azure_MyExtension`.
  std::string hosting_service_name;  ///< Lower case, letters and digits.
  std::string owner;                 ///< Who incidents are opened against.
  ContainerSettings storage;
  std::optional<SourceSettings> source;
  std::string uri;  ///< Explicit registration; empty: derived.
  std::string uri_format;
  std::optional<bool> disabled;          ///< Absent: as registered, else enabled.
  std::vector<std::string> flight_uris;  ///< MPAC's flights (domain.md h2).
  std::string redirect_to;               ///< The registration that serves this one instead; empty: itself.
  std::vector<std::string> flags;
  std::string cacheability;    ///< `none`, `server` or `manifest`; empty: manifest.
  std::string feedback_email;  ///< Empty: the owner.
  /// Of its registration in a registration file. No file if it has none, or if the settings' own entry sets
  /// one of its fields: then no one place says what it is.
  base::SourcePosition registered_at;
};

/// The clock that everything runs on but certificates and clients' signatures (docs/configuration.md, Clock).
struct ClockSettings {
  double rate = 1;                      ///< `clock.mode`: real 1, virtual 0, scaled:60 60.
  std::optional<base::WallTime> start;  ///< Absent: by the fidelity and what the state folder has.
};

enum class LogFormat { text, json };

/// URLs that are told what happens, each a list (docs/configuration.md, Hooks).
struct HookSettings {
  std::vector<std::string> ready, incident, shutdown;
  base::Duration timeout = std::chrono::seconds(10);  ///< For one try.
};

/// Everything that can be set, with the defaults. Where each value came from is in `origins`.
struct Settings {
  std::string instance;                  ///< Empty: derived from the project folder.
  std::filesystem::path project_folder;  ///< What relative paths and the instance name come from.
  std::filesystem::path settings_file;   ///< Empty if there is none.

  std::uint16_t base_port = 14430;  ///< 0: any free ports.
  std::optional<std::uint16_t> portal_port, hosting_port, storage_port, control_port;
  bool https = true;
  std::vector<std::string> allow_hosts;

  model::Fidelity fidelity = model::Fidelity::dev;
  model::Cloud cloud = model::Cloud::public_cloud;
  std::string region;  ///< Empty: westus, or the first region of another cloud.
  std::map<std::string, std::string> authority_aliases;
  ClockSettings clock;
  std::uint64_t seed = 1;
  base::Duration poll_interval = std::chrono::seconds(60);
  bool watch = true;
  std::optional<base::Duration> poll_files;  ///< Set: look for changes of files so often, without inotify.

  std::filesystem::path state_dir;  ///< Empty: by the instance's name in the user's state folder.
  bool ephemeral = false;
  std::filesystem::path ready_file;
  bool ready_line = false;
  std::string open;       ///< What to open in a browser when ready: portal or dashboard; empty: nothing.
  std::string log_level;  ///< Empty: warn on a terminal, info elsewhere.
  LogFormat log_format = LogFormat::text;
  std::filesystem::path log_file;  ///< Empty: standard error.

  // where public sources contradict each other (domain.md q): which reading applies
  model::RequiredStages require_stages = model::RequiredStages::all;
  bool strict_names = false;
  bool lenient_json = false;
  bool deep_merge = false;
  bool legacy_zip = false;

  HookSettings hooks;
  bool fail_on_incident = false;  ///< Exit code 6 if an incident was opened, notes apart.

  StorageSettings storage;
  hosting::CdnSettings cdn;
  std::vector<ExtensionSettings> extensions;
  std::vector<std::filesystem::path> registration_files;
  /// What the registration files have besides the extensions above (registrations.h).
  std::vector<model::Registration> other_registrations;

  std::map<std::string, std::string>
      origins;  ///< Setting key to `command line`, `EXTHOST_EMU_PORT`, `exthost-emu.json:4:13`.

  model::ConfigRules config_rules() const { return {require_stages, lenient_json, strict_names}; }
  model::EnvironmentRules environment_rules() const { return {deep_merge, legacy_zip}; }

  /// The port that a listener asks for; 0 for any. `offset` is the listener's distance from the base port.
  std::uint16_t port(const std::optional<std::uint16_t>& own, std::uint16_t offset) const {
    if (own) return *own;
    return base_port == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(base_port + offset);
  }
};

}  // namespace exthost::app
