#include "emulator/app/storage_settings_reader.h"

#include <algorithm>
#include <array>
#include <set>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/storage/limits.h"
#include "emulator/storage/rest_request.h"

namespace exthost::app {
namespace {

using base::JsonKind;
using base::JsonMember;
using base::JsonValue;
using model::codes::kSettingsValue;

constexpr std::string_view kAccounts = "storage.accounts";
constexpr std::string_view kContainers = "storage.containers";
constexpr std::string_view kCors = "storage.cors";

constexpr std::array<std::string_view, 8> kMethods = {"DELETE",  "GET",   "HEAD", "MERGE",
                                                      "OPTIONS", "PATCH", "POST", "PUT"};

/// One part of the settings file, read with the file's own fields.
class StorageReader {
 public:
  StorageReader(SettingsFields& fields, StorageSettings& settings) : fields_(fields), settings_(settings) {}

  void read_accounts(const JsonMember& member) {
    if (member.value.kind != JsonKind::object) {
      fields_.report(member.value.offset, kSettingsValue, "'storage.accounts' is not an object",
                     R"(write {"myaccount": ["<key 1>", "<key 2>"]})");
      return;
    }
    for (const JsonMember& account : member.value.members) {
      std::vector<std::string> keys = fields_.strings_of(account, std::string(kAccounts));
      if (account.value.kind != JsonKind::array || keys.size() != account.value.items.size()) continue;
      if (!storage::is_account_name(account.key)) {  // not repeated: it may be a key in the wrong place
        fields_.report(account.key_offset, kSettingsValue, "this is no account name",
                       "use 3 to 24 lower-case letters and digits");
        continue;
      }
      if (auto checked = storage::Accounts().add(account.key, keys); !checked) {
        fields_.report(account.value.offset, kSettingsValue, checked.error().message);
        continue;
      }
      settings_.accounts[account.key] = std::move(keys);
    }
  }

  void read_containers(const JsonMember& member) {
    if (!is_list(member.value, std::string(kContainers))) return;
    for (std::size_t i = 0; i < member.value.items.size(); ++i) {
      read_container(member.value.items[i], std::string(kContainers) + "[" + std::to_string(i) + "]");
    }
  }

  void read_cors(const JsonMember& member) {
    if (member.value.kind != JsonKind::object) {
      fields_.report(member.value.offset, kSettingsValue, "'storage.cors' is not an object",
                     R"(write {"devstoreaccount1": [{"origins": ["*"], "methods": ["GET"]}]})");
      return;
    }
    for (const JsonMember& account : member.value.members) {
      const std::string where = std::string(kCors) + "." + account.key;
      if (!is_list(account.value, where)) continue;
      if (account.value.items.size() > storage::limits::kCorsRules) {
        fields_.report(account.value.items[storage::limits::kCorsRules].offset, kSettingsValue,
                       "an account has at most 5 CORS rules, as in Azure",
                       "one rule can name several origins and methods");
      }
      CorsEntry entry;
      entry.account = account.key;
      entry.place = fields_.position(account.key_offset);
      for (std::size_t i = 0; i < account.value.items.size(); ++i) {
        entry.rules.push_back(read_rule(account.value.items[i], where + "[" + std::to_string(i) + "]"));
      }
      settings_.cors.push_back(std::move(entry));
    }
  }

 private:
  bool is_list(const JsonValue& value, const std::string& where) {
    if (value.kind == JsonKind::array) return true;
    fields_.report(value.offset, kSettingsValue, "'" + where + "' is not a list", "write it in [ ]");
    return false;
  }

  void read_container(const JsonValue& object, const std::string& where) {
    ContainerEntry entry;
    const std::size_t problems = fields_.problem_count();
    std::size_t name_offset = object.offset;
    fields_.read_object(
        object, where,
        {{"account",
          [&](const JsonMember& member) {
            const auto text = fields_.string_of(member, where);
            if (!text) return;
            entry.account = *text;
            if (storage::is_account_name(*text)) return;
            fields_.report(member.value.offset, kSettingsValue, "'" + *text + "' is no account name",
                           "use 3 to 24 lower-case letters and digits");
          }},
         {"name",
          [&](const JsonMember& member) {
            name_offset = member.value.offset;
            const auto text = fields_.string_of(member, where);
            if (!text) return;
            entry.name = *text;
            if (auto checked = storage::check_container_name(*text); !checked) {
              fields_.report(member.value.offset, kSettingsValue,
                             "'" + *text + "' is no container name: " + checked.failure().message);
            }
          }},
         {"access", [&](const JsonMember& member) { read_access(member, where, entry.access); }},
         {"mount", fields_.into(entry.mount, where)},
         {"readOnly", fields_.into(entry.read_only, where)}});
    if (fields_.problem_count() != problems) return;
    if (entry.name.empty()) {
      fields_.report(object.offset, kSettingsValue, where + " has no 'name'");
      return;
    }
    if (entry.read_only && entry.mount.empty()) {
      fields_.report(object.offset, kSettingsValue, where + " has 'readOnly' without 'mount'",
                     "only a mounted folder can be read-only");
      return;
    }
    entry.place = fields_.position(name_offset);
    const bool known = std::any_of(
        settings_.containers.begin(), settings_.containers.end(),
        [&](const auto& other) { return other.account == entry.account && other.name == entry.name; });
    if (known) {
      fields_.report(name_offset, kSettingsValue,
                     "the container " + entry.account + "/" + entry.name + " is listed twice");
      return;
    }
    settings_.containers.push_back(std::move(entry));
  }

  void read_access(const JsonMember& member, const std::string& where,
                   std::optional<storage::AccessLevel>& access) {
    const auto text = fields_.string_of(member, where);
    if (!text) return;
    access = *text == "none" ? storage::AccessLevel::none : storage::parse_access_level(*text);
    if (!access) {
      fields_.report(member.value.offset, kSettingsValue,
                     "'access' is none, blob or container, not '" + *text + "'");
    }
  }

  storage::CorsRule read_rule(const JsonValue& object, const std::string& where) {
    storage::CorsRule rule;
    rule.max_age_seconds = "0";
    fields_.read_object(
        object, where,
        {{"origins",
          [&](const JsonMember& member) {
            rule.origins = joined(member, where);
            for (const JsonValue& item : member.value.items) check_origin(item);
          }},
         {"methods",
          [&](const JsonMember& member) {
            rule.methods = joined(member, where);
            for (const JsonValue& item : member.value.items) check_method(item);
          }},
         {"allowedHeaders", [&](const JsonMember& member) { rule.allowed_headers = joined(member, where); }},
         {"exposedHeaders", [&](const JsonMember& member) { rule.exposed_headers = joined(member, where); }},
         {"maxAge", [&](const JsonMember& member) {
            const auto text = fields_.string_of(member, where);
            if (!text) return;
            const auto age = base::parse_duration(*text);
            if (!age || age->count() % 1000 != 0) {
              fields_.report(member.value.offset, kSettingsValue,
                             "'maxAge' is not a duration in whole seconds such as 1h: " + *text);
              return;
            }
            rule.max_age_seconds = std::to_string(age->count() / 1000);
          }}});
    if (object.kind != JsonKind::object) return rule;
    for (const char* needed : {"origins", "methods"}) {
      const JsonValue* value = object.find(needed);
      if (!value || (value->kind == JsonKind::array && value->items.empty())) {
        fields_.report(object.offset, kSettingsValue, where + " has no '" + std::string(needed) + "'");
      }
    }
    return rule;
  }

  /// A list as the service properties hold it. Commas would make two of one.
  std::string joined(const JsonMember& member, const std::string& where) {
    std::string list;
    for (const std::string& item : fields_.strings_of(member, where)) {
      if (item.empty() || item.find(',') != std::string::npos) {
        fields_.report(member.value.offset, kSettingsValue,
                       "an item of '" + member.key + "' in " + where + " is empty or has a comma",
                       "write each as a string of its own");
      }
      list += (list.empty() ? "" : ",") + item;
    }
    return list;
  }

  void check_origin(const JsonValue& item) {
    const std::size_t scheme = item.text.find("://");
    const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
    if (item.kind != JsonKind::string || item.text.find('/', host) == std::string::npos) return;
    fields_.report(item.offset, kSettingsValue, "no page has the origin '" + item.text + "'",
                   "an origin ends with its host or port: no slash, no path");
  }

  void check_method(const JsonValue& item) {
    if (item.kind != JsonKind::string) return;
    const std::vector<std::string> methods(kMethods.begin(), kMethods.end());
    if (std::find(methods.begin(), methods.end(), item.text) != methods.end()) return;
    std::string upper = item.text;
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    const auto meant = base::nearest_word(upper, methods);
    fields_.report(item.offset, kSettingsValue, "a CORS rule cannot allow the method '" + item.text + "'",
                   meant ? "did you mean '" + *meant + "'?"
                         : "Azure takes DELETE, GET, HEAD, MERGE, OPTIONS, PATCH, POST and PUT");
  }

  SettingsFields& fields_;
  StorageSettings& settings_;
};

model::Problem problem(std::string message, std::string hint, base::SourcePosition place = {}) {
  model::Problem problem;
  problem.severity = model::Severity::error;
  problem.code = std::string(kSettingsValue);
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.where = std::move(place);
  return problem;
}

/// What a listed container's mount and the extension that it is of can't have together.
std::optional<model::Problem> mount_problem(const ContainerEntry& container,
                                            const ExtensionSettings& extension) {
  if (container.mount.empty()) return std::nullopt;
  const std::string what = "the container " + container.account + "/" + container.name +
                           " is mounted and is that of extension '" + extension.name + "', which ";
  if (!extension.storage.seed.empty()) {
    return problem(what + "has a seed", "keep one of them: a mounted folder is the container itself",
                   container.place);
  }
  if (!extension.storage.mount.empty())
    return problem(what + "mounts it too", "keep one of them", container.place);
  if (container.read_only && extension.source) {
    return problem(what + "publishes its source into it",
                   "remove 'readOnly', or publish into a container that is not mounted", container.place);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> storage_list_keys() {
  return {"accounts", "containers", "cors"};
}

bool read_storage_list(SettingsFields& fields, const JsonMember& member, const std::string& key,
                       StorageSettings& settings) {
  StorageReader reader(fields, settings);
  if (key == kAccounts) {
    reader.read_accounts(member);
  } else if (key == kContainers) {
    reader.read_containers(member);
  } else if (key == kCors) {
    reader.read_cors(member);
  } else {
    return false;
  }
  return true;
}

std::vector<model::Problem> check_storage(const Settings& settings) {
  std::vector<model::Problem> problems;
  std::set<std::string> accounts = {std::string(storage::kDevelopmentAccount)};
  for (const auto& [name, keys] : settings.storage.accounts) accounts.insert(name);
  for (const ContainerEntry& container : settings.storage.containers) accounts.insert(container.account);
  for (const ExtensionSettings& extension : settings.extensions) {
    if (!extension.storage.url.empty()) continue;
    accounts.insert(extension.storage.account);
    if (!storage::is_account_name(extension.storage.account)) {
      problems.push_back(problem(
          "extension '" + extension.name + "': '" + extension.storage.account + "' is no account name",
          "use 3 to 24 lower-case letters and digits"));
    }
    for (const ContainerEntry& container : settings.storage.containers) {
      if (container.account != extension.storage.account || container.name != extension.storage.container)
        continue;
      if (auto found = mount_problem(container, extension)) problems.push_back(std::move(*found));
      if (container.access.value_or(storage::AccessLevel::container) == storage::AccessLevel::container)
        continue;
      problems.push_back(problem("the container " + container.account + "/" + container.name +
                                     " is that of extension '" + extension.name +
                                     "', which must be readable by anyone",
                                 R"(write "access": "container", or leave it out)", container.place));
    }
  }
  for (const CorsEntry& entry : settings.storage.cors) {
    if (accounts.count(entry.account) != 0) continue;
    const auto meant = base::nearest_word(entry.account, {accounts.begin(), accounts.end()});
    problems.push_back(problem(
        "CORS rules for the account '" + entry.account + "', which nothing else names",
        meant ? "did you mean '" + *meant + "'?" : "give it keys in 'storage.accounts'", entry.place));
  }
  return problems;
}

}  // namespace exthost::app
