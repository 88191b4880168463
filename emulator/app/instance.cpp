#include "emulator/app/instance.h"

#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "emulator/app/json_fields.h"
#include "emulator/base/file.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;
using Path = std::filesystem::path;

constexpr std::uint64_t kRecordLimitBytes = 1024 * 1024;

Path folder_from(const char* variable, const Path& fallback) {
  const char* value = std::getenv(variable);
  return value && *value ? Path(value) : fallback;
}

/// Judged by the lock that an instance holds for its whole life: a process id may have been given to somebody
/// else since.
bool is_running(const InstanceRecord& record) {
  return !record.state_dir.empty() && base::FileLock::is_held(Path(record.state_dir) / kLockFileName);
}

Result<std::optional<InstanceRecord>> read_record(const Path& file) {
  auto text = base::read_file(file, kRecordLimitBytes);
  if (!text) return std::move(text).error();
  if (!*text) return std::optional<InstanceRecord>();
  auto record = parse_instance_record(**text);
  if (!record) return std::move(record).error().within(file.string());
  return std::optional(*std::move(record));
}

Error no_instance(std::string message) {
  return {ErrorKind::not_found, std::move(message), std::string(model::codes::kNoInstance)};
}

}  // namespace

UserFolders UserFolders::from_environment() {
  const Path home = folder_from("HOME", "/");
  const Path own = "exthost-emu";
  Path runtime_fallback =
      std::filesystem::temp_directory_path() / ("exthost-emu-" + std::to_string(::getuid()));
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  return {folder_from("XDG_DATA_HOME", home / ".local/share") / own,
          folder_from("XDG_STATE_HOME", home / ".local/state") / own,
          runtime && *runtime ? Path(runtime) / own : runtime_fallback};
}

std::string to_json(const InstanceRecord& record) {
  ordered_json extensions = ordered_json::array();
  for (const InstanceRecord::Extension& extension : record.extensions) {
    ordered_json stages = ordered_json::object();
    for (const auto& [stage, version] : extension.stages) stages[stage] = version;
    extensions.push_back({{"name", extension.name},
                          {"hostingServiceName", extension.hosting_service_name},
                          {"stages", stages}});
  }
  ordered_json connection_strings = ordered_json::object();
  for (const auto& [account, text] : record.connection_strings) connection_strings[account] = text;
  const ordered_json json = {{"v", 1},
                             {"instance", record.instance},
                             {"pid", record.pid},
                             {"startedAt", base::to_iso8601(record.started_at)},
                             {"version", EXTHOST_VERSION},
                             {"urls",
                              {{"portal", record.portal},
                               {"hosting", record.hosting},
                               {"storage", record.storage},
                               {"control", record.control}}},
                             {"token", record.token},
                             {"caCert", record.ca_certificate},
                             {"stateDir", record.state_dir},
                             {"project", record.project},
                             {"connectionString", record.connection_string},
                             {"connectionStrings", connection_strings},
                             {"extensions", extensions}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

InstanceRecord without_secrets(InstanceRecord record) {
  record.token.clear();
  record.connection_string.clear();
  record.connection_strings.clear();
  return record;
}

Result<InstanceRecord> parse_instance_record(const std::string& text) {
  const auto json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("v", 0) != 1 || !json.contains("urls") || !json["urls"].is_object()) {
    return Error{ErrorKind::invalid_input, "not a ready file of exthost-emu",
                 std::string(model::codes::kNoInstance)};
  }
  InstanceRecord record;
  record.instance = text_at(json, "instance");
  if (const auto pid = json.find("pid"); pid != json.end() && pid->is_number_integer())
    record.pid = pid->get<std::int64_t>();
  record.portal = text_at(json["urls"], "portal");
  record.hosting = text_at(json["urls"], "hosting");
  record.storage = text_at(json["urls"], "storage");
  record.control = text_at(json["urls"], "control");
  record.token = text_at(json, "token");
  record.ca_certificate = text_at(json, "caCert");
  record.state_dir = text_at(json, "stateDir");
  record.project = text_at(json, "project");
  record.connection_string = text_at(json, "connectionString");
  if (const auto strings = json.find("connectionStrings"); strings != json.end() && strings->is_object()) {
    for (const auto& entry : strings->items())
      record.connection_strings.emplace_back(entry.key(), text_at(*strings, entry.key().c_str()));
  }
  if (record.control.empty()) {
    return Error{ErrorKind::invalid_input, "the ready file names no control URL",
                 std::string(model::codes::kNoInstance)};
  }
  return record;
}

std::string instance_name_for(const Path& project_folder) {
  std::string name;
  for (const char c : project_folder.filename().string()) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (plain && name.size() < 40) name += c;
  }
  return (name.empty() ? "project" : name) + "-" + base::sha256_hex(project_folder.string()).substr(0, 8);
}

std::string ready_line(const InstanceRecord& record) {
  return "EXTHOST_EMU_READY v=1 instance=" + record.instance + " pid=" + std::to_string(record.pid) +
         " portal=" + record.portal + " hosting=" + record.hosting + " storage=" + record.storage +
         " control=" + record.control;
}

Result<PublishedRecord> PublishedRecord::write(Path file, const InstanceRecord& record) {
  if (auto made = base::write_file(file, to_json(record), base::Durability::process, 0600); !made) {
    return std::move(made).error().within("the ready file cannot be written");
  }
  return PublishedRecord(std::move(file));
}

PublishedRecord::~PublishedRecord() {
  std::error_code ignored;  // it may have been removed by hand, which is what we want
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

std::vector<InstanceRecord> running_instances(const UserFolders& folders) {
  std::vector<InstanceRecord> records;
  std::error_code fault;
  for (std::filesystem::directory_iterator entry(folders.runtime, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    if (entry->path().extension() != ".json") continue;
    auto record = read_record(entry->path());
    if (record && *record && is_running(**record)) records.push_back(**std::move(record));
  }
  return records;
}

Result<InstanceRecord> find_instance(const InstanceChoice& choice, const UserFolders& folders) {
  if (!choice.ready_file.empty()) {
    auto record = read_record(choice.ready_file);
    if (!record) return std::move(record).error();
    if (!*record || !is_running(**record)) {
      return no_instance("there is no running emulator behind the ready file " + choice.ready_file.string());
    }
    return **std::move(record);
  }
  std::vector<InstanceRecord> running = running_instances(folders);
  std::vector<InstanceRecord> fitting;
  if (!choice.instance.empty()) {
    for (InstanceRecord& record : running) {
      if (record.instance == choice.instance) fitting.push_back(std::move(record));
    }
    if (fitting.empty())
      return no_instance("no instance named '" + choice.instance +
                         "' is running; 'exthost-emu ps' lists those that are");
    return std::move(fitting.front());
  }
  // The instance of this folder, or of the nearest one above it.
  for (Path folder = choice.project;; folder = folder.parent_path()) {
    for (const InstanceRecord& record : running) {
      if (!record.project.empty() && Path(record.project) == folder) return record;
    }
    if (folder == folder.parent_path()) break;
  }
  if (running.size() == 1) return std::move(running.front());
  if (running.empty()) return no_instance("no emulator is running; start one with 'exthost-emu start'");
  std::string names;
  for (const InstanceRecord& record : running) names += (names.empty() ? "" : ", ") + record.instance;
  return Error{ErrorKind::invalid_input,
               "several emulators are running (" + names + "); say which with -i NAME",
               std::string(model::codes::kNoInstance)};
}

}  // namespace exthost::app
