#include "emulator/app/settings_change.h"

#include <algorithm>
#include <tuple>

#include "emulator/app/settings_table.h"

namespace exthost::app {
namespace {

/// Whether two lists have the same items, by what `key` makes of each.
template <class List, class Key>
bool same_by(const List& left, const List& right, Key key) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](const auto& one, const auto& other) { return key(one) == key(other); });
}

/// What an extension's entry says besides its container and its source.
auto registration_of(const ExtensionSettings& extension) {
  return std::tie(extension.name, extension.owner, extension.uri, extension.uri_format, extension.disabled,
                  extension.flight_uris, extension.redirect_to, extension.flags, extension.cacheability,
                  extension.feedback_email);
}

auto container_of(const ExtensionSettings& extension) {
  const ContainerSettings& storage = extension.storage;
  return std::tie(storage.account, storage.container, storage.seed, storage.url, storage.mount,
                  storage.read_only);
}

auto entry_of(const ContainerEntry& container) {
  return std::tie(container.account, container.name, container.access, container.mount, container.read_only);
}

auto rules_of(const CorsEntry& cors) {
  std::string rules;
  for (const storage::CorsRule& rule : cors.rules) {
    for (const std::string& part :
         {rule.origins, rule.methods, rule.allowed_headers, rule.exposed_headers, rule.max_age_seconds})
      rules += part + "\n";
  }
  return cors.account + "\n" + rules;
}

const std::string& name_of(const ExtensionSettings& extension) {
  return extension.hosting_service_name;
}

void compare_extensions(const Settings& before, const Settings& now, SettingsChange& change) {
  if (!same_by(before.extensions, now.extensions, name_of)) change.others.emplace_back("extensions");
  for (const ExtensionSettings& extension : now.extensions) {
    const auto old = std::find_if(before.extensions.begin(), before.extensions.end(),
                                  [&](const auto& other) { return name_of(other) == name_of(extension); });
    if (old == before.extensions.end()) continue;
    const std::string name = "extensions[" + name_of(extension) + "]";
    if (registration_of(*old) != registration_of(extension)) change.others.push_back(name);
    if (container_of(*old) != container_of(extension)) change.others.push_back(name + ".storage");
    if (old->source == extension.source) continue;
    // What publishes into a container goes with the container.
    if (old->storage.url.empty()) {
      change.sources.push_back(name_of(extension));
    } else {
      change.others.push_back(name + ".source");
    }
  }
}

}  // namespace

SettingsChange compare_settings(const Settings& before, const Settings& now) {
  SettingsChange change;
  for (const SettingRow& row : setting_rows()) {
    if (row.show(before) == row.show(now)) continue;
    if (row.key == "log.level") {
      change.log_level = true;
    } else if (row.key == "storage.outage") {
      change.outage = true;
    } else {
      change.others.emplace_back(row.key);
    }
  }
  const auto other = [&](bool same, const char* key) {
    const bool listed = std::find(change.others.begin(), change.others.end(), key) != change.others.end();
    if (!same && !listed) change.others.emplace_back(key);
  };
  // What the table does not show, or not whole.
  other(before.storage.accounts == now.storage.accounts, "storage.accounts");
  other(before.hooks.incident == now.hooks.incident, "hooks.incident");
  other(before.hooks.ready == now.hooks.ready, "hooks.ready");
  other(before.hooks.shutdown == now.hooks.shutdown, "hooks.shutdown");
  other(before.authority_aliases == now.authority_aliases, "portal.authorityAliases");
  other(before.cdn.namespaces == now.cdn.namespaces, "cdn.namespaces");
  other(same_by(before.storage.containers, now.storage.containers, entry_of), "storage.containers");
  other(same_by(before.storage.cors, now.storage.cors, rules_of), "storage.cors");
  compare_extensions(before, now, change);
  return change;
}

}  // namespace exthost::app
