#include "emulator/app/settings_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "emulator/app/hooks.h"
#include "emulator/base/text.h"
#include "emulator/http/url.h"
#include "emulator/model/clock_mode.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Path = std::filesystem::path;

constexpr std::size_t kMostHooks = 16;  // of each kind: every URL has a thread

Error bad_value(std::string message) {
  return {ErrorKind::invalid_input, std::move(message), std::string(model::codes::kSettingsValue)};
}

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t highest, const char* what) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number > highest) {
    return bad_value("not " + std::string(what) + ": " + std::string(text));
  }
  return number;
}

Result<bool> parse_switch(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return bad_value("neither true nor false: " + std::string(text));
}

SettingRow port_row(std::string_view key, std::string_view option, std::string_view help,
                    std::optional<std::uint16_t> Settings::*member) {
  return {key,
          option,
          "N",
          help,
          [member](Settings& settings, std::string_view text, const Path&) -> Result<void> {
            auto port = parse_number(text, 65535, "a port");
            if (!port) return std::move(port).error();
            settings.*member = static_cast<std::uint16_t>(*port);
            return {};
          },
          [member](const Settings& settings) {
            return settings.*member ? std::to_string(*(settings.*member)) : std::string("from the base port");
          }};
}

SettingRow switch_row(std::string_view key, std::string_view option, std::string_view help,
                      bool Settings::*member) {
  return {key,
          option,
          "",
          help,
          [member](Settings& settings, std::string_view text, const Path&) -> Result<void> {
            auto value = parse_switch(text);
            if (!value) return std::move(value).error();
            settings.*member = *value;
            return {};
          },
          [member](const Settings& settings) { return std::string(settings.*member ? "true" : "false"); }};
}

SettingRow path_row(std::string_view key, std::string_view option, std::string_view argument,
                    std::string_view help, Path Settings::*member) {
  return {key,
          option,
          argument,
          help,
          [member](Settings& settings, std::string_view text, const Path& folder) -> Result<void> {
            if (text.empty()) return bad_value("an empty path");
            settings.*member = (folder / Path(text)).lexically_normal();
            return {};
          },
          [member](const Settings& settings) { return (settings.*member).string(); }};
}

/// What is wrong with a hook's URL; it is not repeated, since a secret may stand in it.
Result<void> check_hook(const std::string& url) {
  const auto parsed = http::parse_url(url);
  if (!parsed) return bad_value("no http or https URL");
  return {};
}

SettingRow hook_row(std::string_view key, std::string_view option, std::string_view help,
                    std::vector<std::string> HookSettings::*member) {
  return {key,
          option,
          "URL",
          help,
          [member](Settings& settings, std::string_view text, const Path&) -> Result<void> {
            std::vector<std::string>& urls = settings.hooks.*member;
            for (const std::string& part : base::split(text, ' ')) {
              const std::string url(base::trim(part));
              if (url.empty()) continue;
              if (auto fine = check_hook(url); !fine) return fine;
              if (std::find(urls.begin(), urls.end(), url) != urls.end()) continue;
              if (urls.size() == kMostHooks)
                return bad_value("longer than the " + std::to_string(kMostHooks) + " URLs allowed");
              urls.push_back(url);
            }
            return {};
          },
          [member](const Settings& settings) {
            std::string list;
            for (const std::string& url : settings.hooks.*member)
              list += (list.empty() ? "" : " ") + shown_hook(url);
            return list;
          }};
}

/// A number without a unit is milliseconds: `--poll-fs 500`.
SettingRow poll_files_row() {
  return {
      "poll.files",
      "--poll-fs",
      "MS",
      "look for changes of followed files so often (10 to 60000, or 2s), instead of being told; off: do not",
      [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
        if (text == "off") {
          settings.poll_files.reset();
          return {};
        }
        const bool bare = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
        const auto interval = base::parse_duration(std::string(text) + (bare ? "ms" : ""));
        if (!interval || *interval < std::chrono::milliseconds(10) || *interval > std::chrono::minutes(1))
          return bad_value("neither off nor a time from 10ms to 1m: " + std::string(text));
        settings.poll_files = *interval;
        return {};
      },
      [](const Settings& settings) {
        return settings.poll_files ? base::to_duration_text(*settings.poll_files) : std::string("off");
      }};
}

std::vector<SettingRow> make_rows() {
  std::vector<SettingRow> rows;
  rows.push_back({"ports.base", "--port", "BASE", "first of the four ports; 0 takes any free ones",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    auto port = parse_number(text, 65532, "a base port (0 to 65532)");
                    if (!port) return std::move(port).error();
                    settings.base_port = static_cast<std::uint16_t>(*port);
                    return {};
                  },
                  [](const Settings& settings) { return std::to_string(settings.base_port); }});
  rows.push_back(
      port_row("ports.portal", "--portal-port", "port of the emulated portal", &Settings::portal_port));
  rows.push_back(
      port_row("ports.hosting", "--hosting-port", "port of the hosting service", &Settings::hosting_port));
  rows.push_back(
      port_row("ports.storage", "--storage-port", "port of the storage account", &Settings::storage_port));
  rows.push_back(port_row("ports.control", "--control-port", "port of the dashboard and control API",
                          &Settings::control_port));
  rows.push_back(switch_row("server.https", "--https", "portal and hosting over TLS", &Settings::https));
  rows.push_back({"fidelity", "--fidelity", "dev|prod|ci",
                  "how close to production: dev is quick, prod waits, ci moves when told",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    const auto fidelity = model::parse_fidelity(text);
                    if (!fidelity) return bad_value("not a fidelity (dev, prod, ci): " + std::string(text));
                    settings.fidelity = *fidelity;
                    return {};
                  },
                  [](const Settings& settings) { return std::string(model::to_string(settings.fidelity)); }});
  rows.push_back({"cloud", "--cloud", "NAME", "public, fairfax, mooncake or blackforest",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    const auto cloud = model::parse_cloud(text);
                    if (!cloud)
                      return bad_value("not a cloud (public, fairfax, mooncake, blackforest): " +
                                       std::string(text));
                    settings.cloud = *cloud;
                    return {};
                  },
                  [](const Settings& settings) { return std::string(model::to_string(settings.cloud)); }});
  rows.push_back({"portal.defaultRegion", "--region", "REGION",
                  "region of users who do not say where they are",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    const model::Region* region = model::find_region(text);
                    if (!region) return bad_value("not an Azure region: " + std::string(text));
                    settings.region = std::string(region->name);
                    return {};
                  },
                  [](const Settings& settings) { return settings.region; }});
  rows.push_back({"clock.mode", "--clock", "real|virtual|scaled:N",
                  "how time passes: as on the machine, only when told, or N times as fast",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    const auto rate = model::parse_clock_mode(text);
                    if (!rate)
                      return bad_value(
                          "not a clock (real, virtual, or scaled:N with N from 0.01 to 86400): " +
                          std::string(text));
                    settings.clock.rate = *rate;
                    return {};
                  },
                  [](const Settings& settings) { return model::to_clock_mode(settings.clock.rate); }});
  rows.push_back({"clock.start", "--clock-start", "TIME",
                  "when the clock begins, such as 2026-11-20T12:00Z; null: now, or by the fidelity",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    if (text == "null") {
                      settings.clock.start.reset();
                      return {};
                    }
                    const auto start = base::parse_iso8601(text);
                    if (!start)
                      return bad_value("not a time in UTC such as 2026-11-20T12:00Z: " + std::string(text));
                    settings.clock.start = *start;
                    return {};
                  },
                  [](const Settings& settings) {
                    return settings.clock.start ? base::to_iso8601(*settings.clock.start)
                                                : std::string("null");
                  }});
  rows.push_back({"clock.seed", "--seed", "N",
                  "what regions' delays are drawn from; in ci, what portal flights are too",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    auto seed = parse_number(text, UINT64_MAX, "a whole number");
                    if (!seed) return std::move(seed).error();
                    settings.seed = *seed;
                    return {};
                  },
                  [](const Settings& settings) { return std::to_string(settings.seed); }});
  rows.push_back({"poll.interval", "--poll-interval", "DURATION",
                  "how often each region polls its containers",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    const auto interval = base::parse_duration(text);
                    if (!interval)
                      return bad_value("not a duration such as 30s or 1h30m: " + std::string(text));
                    if (*interval < std::chrono::seconds(1))
                      return bad_value("shorter than 1s: " + std::string(text));
                    settings.poll_interval = *interval;
                    return {};
                  },
                  [](const Settings& settings) { return base::to_duration_text(settings.poll_interval); }});
  rows.push_back(switch_row("watch", "--watch",
                            "follow source, seed and mounted folders and the settings file when they change",
                            &Settings::watch));
  rows.push_back(poll_files_row());
  rows.push_back(
      {"rules.requireStages", "--require-stages", "all|last",
       "which stages config.json must set: every one, or the last, which then stands in",
       [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
         if (text != "all" && text != "last") return bad_value("neither all nor last: " + std::string(text));
         settings.require_stages = text == "all" ? model::RequiredStages::all : model::RequiredStages::last;
         return {};
       },
       [](const Settings& settings) {
         return std::string(settings.require_stages == model::RequiredStages::all ? "all" : "last");
       }});
  rows.push_back(switch_row("rules.strictNames", "--strict-names",
                            "friendly names: letters and digits only, and stamps in their exact letter case",
                            &Settings::strict_names));
  rows.push_back(switch_row("rules.lenientJson", "--lenient-json",
                            "comments and trailing commas in config.json are warnings",
                            &Settings::lenient_json));
  rows.push_back(switch_row("rules.deepMerge", "--deep-merge",
                            "merge environment settings at every depth, not one level deep",
                            &Settings::deep_merge));
  rows.push_back(switch_row("rules.legacyZip", "--legacy-zip", "a version's zip may lack default.json",
                            &Settings::legacy_zip));
  rows.push_back(
      {"storage.accounts", "--storage-accounts", "NAME:KEY[:KEY];...",
       "storage accounts with keys of their own; better in the environment, where nobody sees them",
       [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
         return add_accounts(text, settings.storage);
       },
       [](const Settings& settings) { return show_accounts(settings.storage); }});
  rows.push_back(
      {"storage.outage", "--storage-outage", "none|primary|secondary|both",
       "which endpoints of the storage accounts answer 503",
       [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
         const auto outage = storage::parse_outage(text);
         if (!outage) return bad_value("none of none, primary, secondary, both: " + std::string(text));
         settings.storage.outage = *outage;
         return {};
       },
       [](const Settings& settings) { return std::string(storage::to_string(settings.storage.outage)); }});
  rows.push_back({"storage.durability", "--storage-durability", "power|process",
                  "what an upload that was answered 201 survives: loss of power, or the end of the process",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    if (text != "power" && text != "process")
                      return bad_value("neither power nor process: " + std::string(text));
                    settings.storage.durability =
                        text == "power" ? base::Durability::power : base::Durability::process;
                    return {};
                  },
                  [](const Settings& settings) { return std::string(show_durability(settings.storage)); }});
  rows.push_back({"cdn.mode", "--cdn", "off|on", "a CDN edge in front of the extensions' content",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    if (text != "off" && text != "on")
                      return bad_value("neither off nor on: " + std::string(text));
                    settings.cdn.on = text == "on";
                    return {};
                  },
                  [](const Settings& settings) { return std::string(settings.cdn.on ? "on" : "off"); }});
  rows.push_back(
      {"cdn.originHttp", "--cdn-origin-http", "1.0|1.1",
       "what the CDN edge speaks to the hosting service: 1.0 has it fetch without compression",
       [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
         if (text != "1.0" && text != "1.1") return bad_value("neither 1.0 nor 1.1: " + std::string(text));
         settings.cdn.origin_http_1_0 = text == "1.0";
         return {};
       },
       [](const Settings& settings) { return std::string(settings.cdn.origin_http_1_0 ? "1.0" : "1.1"); }});
  rows.push_back(
      {"instance", "--instance", "NAME", "name of this run; default: from the project folder",
       [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
         if (text.empty() ||
             text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
                 std::string_view::npos ||
             text.front() == '.' || text.size() > 100) {
           return bad_value("not an instance name (letters, digits, '.', '_', '-'): " + std::string(text));
         }
         settings.instance = std::string(text);
         return {};
       },
       [](const Settings& settings) { return settings.instance; }});
  rows.push_back(switch_row("failOnIncident", "--fail-on-incident",
                            "end with exit code 6 if an incident was opened during the run",
                            &Settings::fail_on_incident));
  rows.push_back(
      hook_row("hooks.incident", "--hook-incident",
               "a URL to POST incidents to when they open, are acknowledged or resolved (repeatable)",
               &HookSettings::incident));
  rows.push_back(hook_row("hooks.ready", "--hook-ready", "a URL to POST to when all is ready (repeatable)",
                          &HookSettings::ready));
  rows.push_back(hook_row("hooks.shutdown", "--hook-shutdown",
                          "a URL to POST to when the run ends (repeatable)", &HookSettings::shutdown));
  rows.push_back(
      {"hooks.timeout", "--hook-timeout", "DURATION", "how long one of three tries to tell a hook may take",
       [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
         const auto timeout = base::parse_duration(text);
         if (!timeout || *timeout < std::chrono::milliseconds(100) || *timeout > std::chrono::minutes(1)) {
           return bad_value("not a duration from 100ms to 1m: " + std::string(text));
         }
         settings.hooks.timeout = *timeout;
         return {};
       },
       [](const Settings& settings) { return base::to_duration_text(settings.hooks.timeout); }});
  rows.push_back(path_row("stateDir", "--state-dir", "DIR", "where blobs, packages and the journal are kept",
                          &Settings::state_dir));
  rows.push_back(switch_row("ephemeral", "--ephemeral",
                            "keep everything in a temporary folder and remove it at the end",
                            &Settings::ephemeral));
  rows.push_back(path_row("readyFile", "--ready-file", "FILE",
                          "written (JSON, 0600) when ready, removed at the end", &Settings::ready_file));
  rows.push_back(switch_row("readyLine", "--ready-line", "print the EXTHOST_EMU_READY line on a terminal too",
                            &Settings::ready_line));
  rows.push_back({"open", "--open", "PAGE",
                  "open in the browser when ready: portal (--open alone), dashboard, none",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    if (text != "portal" && text != "dashboard" && text != "none")
                      return bad_value("not a page to open (portal, dashboard, none): " + std::string(text));
                    settings.open = text == "none" ? "" : std::string(text);
                    return {};
                  },
                  [](const Settings& settings) { return settings.open.empty() ? "none" : settings.open; }});
  rows.push_back({"log.level", "--log", "LEVEL", "error, warn, info or debug",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    for (const std::string_view level : {"error", "warn", "info", "debug"}) {
                      if (text == level) {
                        settings.log_level = std::string(text);
                        return {};
                      }
                    }
                    return bad_value("not a log level (error, warn, info, debug): " + std::string(text));
                  },
                  [](const Settings& settings) { return settings.log_level; }});
  rows.push_back({"log.format", "--log-format", "text|json", "how log lines look",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    if (text != "text" && text != "json")
                      return bad_value("not a log format (text, json): " + std::string(text));
                    settings.log_format = text == "json" ? LogFormat::json : LogFormat::text;
                    return {};
                  },
                  [](const Settings& settings) {
                    return std::string(settings.log_format == LogFormat::json ? "json" : "text");
                  }});
  rows.push_back(path_row("log.file", "--log-file", "FILE", "log there instead of to standard error",
                          &Settings::log_file));
  rows.push_back({"server.allowHosts", "--allow-host", "NAME",
                  "a further host name that listeners answer to (repeatable, comma list)",
                  [](Settings& settings, std::string_view text, const Path&) -> Result<void> {
                    for (const std::string& name : base::split(text, ',')) {
                      if (!base::trim(name).empty())
                        settings.allow_hosts.push_back(base::to_lower(base::trim(name)));
                    }
                    return {};
                  },
                  [](const Settings& settings) {
                    std::string list;
                    for (const std::string& name : settings.allow_hosts)
                      list += (list.empty() ? "" : ",") + name;
                    return list;
                  }});
  rows.push_back({"registrations", "--registrations", "FILE",
                  "a portal registration file, Extensions.<Env>.json (repeatable)",
                  [](Settings& settings, std::string_view text, const Path& folder) -> Result<void> {
                    if (text.empty()) return bad_value("an empty path");
                    auto& files = settings.registration_files;
                    Path file = (folder / Path(text)).lexically_normal();
                    if (std::find(files.begin(), files.end(), file) == files.end())
                      files.push_back(std::move(file));
                    return {};
                  },
                  [](const Settings& settings) {
                    std::string list;
                    for (const Path& file : settings.registration_files)
                      list += (list.empty() ? "" : ",") + file.string();
                    return list;
                  }});
  return rows;
}

}  // namespace

std::span<const SettingRow> setting_rows() {
  static const std::vector<SettingRow> rows = make_rows();
  return rows;
}

const SettingRow* find_setting(std::string_view key) {
  for (const SettingRow& row : setting_rows()) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

std::string environment_name(const SettingRow& row) {
  std::string name = "EXTHOST_EMU_";
  for (const char c : row.option.substr(2))
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

}  // namespace exthost::app
