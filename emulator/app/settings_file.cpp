#include "emulator/app/settings_file.h"

#include <map>
#include <set>
#include <utility>

#include "emulator/app/cdn_settings.h"
#include "emulator/app/settings_fields.h"
#include "emulator/app/settings_table.h"
#include "emulator/app/source_settings_reader.h"
#include "emulator/app/storage_settings_reader.h"
#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/registration.h"
#include "emulator/model/version.h"
#include "emulator/storage/records.h"

namespace exthost::app {
namespace {

using base::JsonKind;
using base::JsonMember;
using base::JsonValue;
using model::Problem;
using Path = std::filesystem::path;

class SettingsReader : private SettingsFields {
 public:
  SettingsReader(std::string_view text, std::string file_name, Path folder, Settings& settings)
      : SettingsFields(text, std::move(file_name), std::move(folder)), settings_(settings) {}

  std::vector<Problem> read() {
    const std::optional<JsonValue> root = parse();
    if (root && root->kind != JsonKind::object) {
      report(root->offset, model::codes::kSettingsNotJson, "the settings are not an object",
             "put them in { }");
    } else if (root) {
      read_group(*root, "");
    }
    return take_problems();
  }

 private:
  /// The scalar settings below `prefix`, as the table lists them, and the few that are not scalars.
  void read_group(const JsonValue& group, const std::string& prefix) {
    for (const JsonMember& member : group.members) {
      const std::string key = prefix.empty() ? member.key : prefix + "." + member.key;
      if (key == "$schema") continue;
      if (key == "extensions") {
        read_extensions(member);
      } else if (key == "portal.authorityAliases") {
        read_aliases(member);
      } else if (key == "cdn" && member.value.kind == JsonKind::string) {
        read_scalar(*find_setting("cdn.mode"), member, "cdn.mode");
      } else if (key == "cdn.namespaces") {
        read_cdn_namespaces(*this, member, settings_.cdn);
        settings_.origins[key] = position(member.value.offset).to_string();
      } else if (read_storage_list(*this, member, key, settings_.storage)) {
        settings_.origins[key] = position(member.value.offset).to_string();
      } else if (const SettingRow* row = find_setting(key)) {
        read_scalar(*row, member, key);
      } else if (is_group(key)) {
        if (member.value.kind == JsonKind::object) {
          read_group(member.value, key);
        } else {
          report(member.value.offset, model::codes::kSettingsValue, "'" + key + "' is a group of settings",
                 "write it as an object");
        }
      } else {
        report_unknown(member, prefix, keys_below(prefix));
      }
    }
  }

  static bool is_group(const std::string& key) {
    for (const SettingRow& row : setting_rows()) {
      if (row.key.substr(0, key.size() + 1) == key + ".") return true;
    }
    return false;
  }

  static std::vector<std::string> keys_below(const std::string& prefix) {
    std::set<std::string> keys;
    if (prefix.empty()) keys.insert("extensions");
    if (prefix == "portal") keys.insert("authorityAliases");
    if (prefix == "cdn") keys.insert("namespaces");
    if (prefix == "storage") {
      for (std::string& key : storage_list_keys()) keys.insert(std::move(key));
    }
    for (const SettingRow& row : setting_rows()) {
      std::string_view key = row.key;
      if (!prefix.empty()) {
        if (key.substr(0, prefix.size() + 1) != prefix + ".") continue;
        key.remove_prefix(prefix.size() + 1);
      }
      keys.insert(std::string(key.substr(0, key.find('.'))));
    }
    return {keys.begin(), keys.end()};
  }

  void read_scalar(const SettingRow& row, const JsonMember& member, const std::string& key) {
    const auto apply = [&](const JsonValue& value) {
      const bool is_switch = row.argument.empty();
      std::string text = value.text;
      if (value.kind == JsonKind::boolean) text = value.boolean ? "true" : "false";
      const bool is_nothing = value.kind == JsonKind::null && key == "clock.start";
      if (is_nothing) text = "null";
      const bool fits = is_switch
                            ? value.kind == JsonKind::boolean
                            : is_nothing || value.kind == JsonKind::string || value.kind == JsonKind::number;
      if (!fits) {
        report(value.offset, model::codes::kSettingsValue, "'" + key + "' has a value of the wrong type",
               is_switch ? "write true or false" : "write a string or a number");
        return;
      }
      if (const auto applied = row.apply(settings_, text, folder()); !applied) {
        report(value.offset, model::codes::kSettingsValue, "'" + key + "' is " + applied.error().message);
      }
    };
    const bool is_list = key == "server.allowHosts" || key == "registrations" || key == "hooks.incident" ||
                         key == "hooks.ready" || key == "hooks.shutdown";
    if (is_list && member.value.kind == JsonKind::array) {
      for (const JsonValue& item : member.value.items) apply(item);
    } else {
      apply(member.value);
    }
    settings_.origins[key] = position(member.value.offset).to_string();
  }

  void read_aliases(const JsonMember& member) {
    if (member.value.kind != JsonKind::object) {
      report(member.value.offset, model::codes::kSettingsValue, "'portal.authorityAliases' is not an object",
             R"(write {"localhost:14430": "portal.azure.com"})");
      return;
    }
    for (const JsonMember& alias : member.value.members) {
      if (auto host = string_of(alias, "portal.authorityAliases"))
        settings_.authority_aliases[base::to_lower(alias.key)] = *host;
    }
  }

  void read_extensions(const JsonMember& list) {
    if (list.value.kind != JsonKind::array) {
      report(list.value.offset, model::codes::kSettingsValue, "'extensions' is not a list",
             "write it in [ ]");
      return;
    }
    for (const JsonValue& item : list.value.items) read_extension(item);
  }

  void read_extension(const JsonValue& object) {
    ExtensionSettings extension;
    const std::string where = "extensions[" + std::to_string(settings_.extensions.size()) + "]";
    const auto checked = [this](std::string& target, auto check) {
      return [this, &target, check](const JsonMember& member) {
        const auto text = string_of(member, "extensions");
        if (!text) return;
        target = *text;
        if (const auto fine = check(*text); !fine)
          report(member.value.offset, fine.error().code, fine.error().message);
      };
    };
    read_object(
        object, where,
        {{"name", checked(extension.name, model::check_extension_name)},
         {"hostingServiceName", checked(extension.hosting_service_name, model::check_hosting_service_name)},
         {"owner", into(extension.owner, where)},
         {"uri", into(extension.uri, where)},
         {"uriFormat", into(extension.uri_format, where)},
         {"flightUris", into(extension.flight_uris, where)},
         {"redirectTo", into(extension.redirect_to, where)},
         {"flags", into(extension.flags, where)},
         {"cacheability",
          [&](const JsonMember& member) {
            const auto text = string_of(member, where);
            if (!text) return;
            extension.cacheability = base::to_lower(*text);
            if (extension.cacheability != "none" && extension.cacheability != "server" &&
                extension.cacheability != "manifest") {
              report(member.value.offset, model::codes::kSettingsValue,
                     "'cacheability' is none, server or manifest, not '" + *text + "'");
            }
          }},
         {"feedbackEmail", into(extension.feedback_email, where)},
         {"disabled",
          [&](const JsonMember& member) {
            if (member.value.kind != JsonKind::boolean) {
              report(member.value.offset, model::codes::kSettingsValue,
                     "'disabled' is neither true nor false");
            }
            extension.disabled = member.value.kind == JsonKind::boolean && member.value.boolean;
          }},
         {"storage",
          [&](const JsonMember& member) {
            const std::string inner = where + ".storage";
            read_object(member, inner,
                        {{"account", into(extension.storage.account, inner)},
                         {"container", into(extension.storage.container, inner)},
                         {"seed", into(extension.storage.seed, inner)},
                         {"mount", into(extension.storage.mount, inner)},
                         {"readOnly", into(extension.storage.read_only, inner)},
                         {"url", into(extension.storage.url, inner)}});
          }},
         {"source", [&](const JsonMember& member) {
            extension.source = read_source(*this, member, where + ".source");
          }}});
    if (object.kind == JsonKind::object && extension.name.empty()) {
      report(object.offset, model::codes::kSettingsValue, where + " has no 'name'",
             "give the name from extension.pdl, such as Microsoft_Azure_MyExtension");
    }
    settings_.extensions.push_back(std::move(extension));
  }

  Settings& settings_;
};

}  // namespace

std::string suggested_service_name(const std::string& extension_name) {
  std::string last = extension_name.substr(extension_name.rfind('_') + 1);
  std::string name;
  for (const char c : base::to_lower(last)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) name += c;
  }
  return name;
}

std::vector<Problem> read_settings(std::string_view text, const std::string& file_name, const Path& folder,
                                   Settings& settings) {
  return SettingsReader(text, file_name, folder, settings).read();
}

namespace {

/// What can't be together with a mounted folder (`storage.mount`). `mounts` has those of the extensions
/// before.
template <class Report>
void check_mount(const ExtensionSettings& extension, std::map<storage::ContainerId, Path>& mounts,
                 Report report) {
  const ContainerSettings& container = extension.storage;
  const std::string who = "extension '" + extension.name + "' ";
  if (container.mount.empty()) {
    if (container.read_only) {
      report(who + "has storage.readOnly without storage.mount",
             "only a mounted folder can be read-only; add 'mount' or remove 'readOnly'");
    }
    return;
  }
  if (!container.url.empty() || !container.seed.empty()) {
    report(who + "has storage.mount and storage." + (container.url.empty() ? "seed" : "url"),
           "keep one of them: a mounted folder is the container itself");
  }
  if (container.read_only && extension.source) {
    report(who + "publishes its source into a read-only mount",
           "remove 'readOnly', or publish into a container that is not mounted");
  }
  const auto [known, added] =
      mounts.emplace(storage::ContainerId{container.account, container.container}, container.mount);
  if (!added && known->second != container.mount) {
    report(who + "mounts another folder as the container '" + container.container + "'",
           "a container has one folder");
  }
}

}  // namespace

std::vector<Problem> complete_extensions(Settings& settings) {
  std::vector<Problem> problems;
  const auto report = [&](std::string message, std::string hint) {
    problems.push_back({model::Severity::error,
                        std::string(model::codes::kSettingsValue),
                        std::move(message),
                        std::move(hint),
                        {},
                        {}});
  };
  std::set<std::string> names, services;
  std::map<storage::ContainerId, std::filesystem::path> mounts;
  for (ExtensionSettings& extension : settings.extensions) {
    if (extension.hosting_service_name.empty())
      extension.hosting_service_name = suggested_service_name(extension.name);
    auto service = model::check_hosting_service_name(extension.hosting_service_name);
    if (!service) {
      report("extension '" + extension.name + "': " + service.error().message, "set 'hostingServiceName'");
      continue;
    }
    extension.hosting_service_name = *service;
    if (extension.storage.container.empty()) extension.storage.container = extension.hosting_service_name;
    if (extension.owner.empty()) extension.owner = extension.hosting_service_name + " team";
    if (!extension.storage.url.empty() && (!extension.storage.seed.empty() || extension.source)) {
      report("extension '" + extension.name +
                 "' has a container elsewhere (storage.url) and a seed or source to publish to it",
             "remove one of them: somebody else's container is only read");
    }
    check_mount(extension, mounts, report);
    if (!names.insert(base::to_lower(extension.name)).second) {
      report("two extensions are named '" + extension.name + "'", "names are compared without letter case");
    }
    if (!services.insert(extension.hosting_service_name).second) {
      report("two extensions have the hosting service name '" + extension.hosting_service_name + "'",
             "it must be unique");
    }
  }
  return problems;
}

}  // namespace exthost::app
