#include "emulator/app/target.h"

#include "emulator/app/cdn_settings.h"
#include "emulator/app/command_line.h"
#include "emulator/app/demo.h"
#include "emulator/app/dev_server_config.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/registrations.h"
#include "emulator/app/settings_file.h"
#include "emulator/app/settings_table.h"
#include "emulator/app/storage_settings_reader.h"
#include "emulator/base/file.h"
#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/version.h"

namespace exthost::app {
namespace {

using model::Problem;
using Path = std::filesystem::path;

bool is_file(const Path& path) {
  std::error_code fault;
  return std::filesystem::is_regular_file(path, fault);
}
bool is_folder(const Path& path) {
  std::error_code fault;
  return std::filesystem::is_directory(path, fault);
}

/// The settings file of the folder or of the nearest one above it.
std::optional<Path> find_settings_file(const Path& start) {
  for (Path folder = start;; folder = folder.parent_path()) {
    if (is_file(folder / kSettingsFileName)) return folder / kSettingsFileName;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

/// Whether a `config.json` looks like a container's rather than some program's.
bool looks_like_container(const Path& folder) {
  const auto text = base::read_file(folder / model::kConfigBlob, kSettingsLimitBytes);
  if (!text || !*text) return false;
  const base::JsonParse parse = base::parse_json(**text, base::JsonDialect::commented);
  return parse.value && parse.value->find("$version") != nullptr;
}

bool looks_like_source(const Path& folder) {
  return is_folder(folder / "Content") || is_file(folder / "index.html") ||
         is_file(folder / "Home" / "Index.html");
}

/// An extension named after a folder: `my-extension` becomes `MyExtension` and `myextension`.
ExtensionSettings extension_for(const Path& folder) {
  ExtensionSettings extension;
  bool start_of_word = true;
  for (const char c : folder.filename().string()) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter || digit) {
      extension.name += start_of_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      extension.hosting_service_name += base::to_lower(std::string(1, c));
    }
    start_of_word = !(letter || digit);
  }
  if (!model::check_hosting_service_name(extension.hosting_service_name)) {
    extension.name = "Extension";
    extension.hosting_service_name = "extension";
  }
  return extension;
}

class Loader {
 public:
  explicit Loader(const SettingInputs& inputs) : inputs_(inputs) {}

  LoadedSettings load() {
    if (inputs_.targets.size() > 1) {
      fail(kExitUsage, model::codes::kUsage, "more than one target: " + inputs_.targets[1],
           "list several extensions in one " + std::string(kSettingsFileName));
      return std::move(loaded_);
    }
    read_target();
    apply_overrides();
    if (loaded_.exit_code == 0) {
      for (Problem& problem : read_registration_files(loaded_.settings)) {
        add(kExitSettings, std::move(problem));
      }
    }
    if (loaded_.exit_code == 0) {
      for (Problem& problem : complete_extensions(loaded_.settings)) add(kExitSettings, std::move(problem));
      for (Problem& problem : check_storage(loaded_.settings)) add(kExitSettings, std::move(problem));
      for (Problem& problem : complete_cdn(loaded_.settings)) add(kExitSettings, std::move(problem));
    }
    return std::move(loaded_);
  }

 private:
  void add(int exit_code, Problem problem) {
    if (problem.severity == model::Severity::error && loaded_.exit_code == 0) loaded_.exit_code = exit_code;
    loaded_.problems.push_back(std::move(problem));
  }
  void fail(int exit_code, std::string_view code, std::string message, std::string hint) {
    add(exit_code, {model::Severity::error, std::string(code), std::move(message), std::move(hint), {}, {}});
  }

  void read_target() {
    if (inputs_.targets.empty()) {
      if (const auto file = find_settings_file(inputs_.folder)) return read_settings_file(*file);
      return read_folder(inputs_.folder);
    }
    const std::string& target = inputs_.targets.front();
    const Path path = (inputs_.folder / target).lexically_normal();
    if (is_folder(path)) {
      if (is_file(path / kSettingsFileName)) return read_settings_file(path / kSettingsFileName);
      return read_folder(path);
    }
    if (is_file(path)) return read_settings_file(path);
    if (target == "demo") {
      if (auto unpacked = unpack_demo(inputs_.demo_folder); !unpacked) {
        return fail(kExitUsage, unpacked.error().code, unpacked.error().message,
                    "name another folder with --state-dir");
      }
      return read_settings_file(inputs_.demo_folder / kSettingsFileName);
    }
    std::vector<std::string> words = verb_names();
    words.emplace_back("demo");
    const auto verb = base::nearest_word(target, words);
    fail(kExitUsage, model::codes::kTargetMissing, "there is no folder or file '" + target + "'",
         verb ? "did you mean 'exthost-emu " + *verb + "'?" : "");
  }

  void read_settings_file(const Path& file) {
    loaded_.settings.settings_file = file;
    loaded_.settings.project_folder = clean_folder(file.parent_path());
    auto text = base::read_file(file, kSettingsLimitBytes);
    if (!text || !*text) {
      return fail(kExitSettings, model::codes::kSettingsNotJson,
                  text ? file.string() + " has vanished" : text.error().message, "");
    }
    const std::string name = file.filename().string();
    const auto read = name == kDevServerConfigName ? read_dev_server_config : read_settings;
    for (Problem& problem : read(**text, name, file.parent_path(), loaded_.settings)) {
      add(kExitSettings, std::move(problem));
    }
    if (loaded_.settings.extensions.empty() && loaded_.exit_code == 0) {
      fail(
          kExitSettings, model::codes::kSettingsValue, file.filename().string() + " lists no extensions",
          R"(add "extensions": [{"name": "Microsoft_Azure_MyExtension", "source": {"folder": "./Output"}}])");
    }
  }

  void read_folder(const Path& given) {
    const Path folder = clean_folder(given);
    if (is_file(folder / kDevServerConfigName)) return read_settings_file(folder / kDevServerConfigName);
    loaded_.settings.project_folder = folder;
    ExtensionSettings extension = extension_for(folder);
    if (looks_like_container(folder)) {
      extension.storage.seed = folder;
    } else if (looks_like_source(folder)) {
      extension.source.emplace();
      extension.source->folder = folder;
    } else {
      return fail(kExitUsage, model::codes::kTargetMissing,
                  folder.string() +
                      " is neither an extension's folder (Content/ or index.html), nor a container "
                      "(config.json), nor has it " +
                      std::string(kSettingsFileName) + " or " + std::string(kDevServerConfigName),
                  "try the sample: exthost-emu demo");
    }
    loaded_.settings.extensions.push_back(std::move(extension));
  }

  static Path clean_folder(const Path& folder) {
    std::error_code fault;
    Path canonical = std::filesystem::canonical(folder, fault);
    return fault ? folder : canonical;
  }

  void apply_overrides() {
    for (const SettingRow& row : setting_rows()) {
      const std::string name = environment_name(row);
      if (const char* text = inputs_.environment(name.c_str())) apply(row, text, name);
    }
    for (const auto& [key, text] : inputs_.command_line) {
      const SettingRow* row = find_setting(key);
      EXTHOST_CHECK(row != nullptr);
      apply(*row, text, "command line");
    }
  }

  void apply(const SettingRow& row, std::string_view text, const std::string& origin) {
    if (const auto applied = row.apply(loaded_.settings, text, inputs_.folder); !applied) {
      const std::string name = origin == "command line" ? std::string(row.option) : origin;
      fail(kExitUsage, applied.error().code, name + ": " + applied.error().message, "");
    }
    loaded_.settings.origins[std::string(row.key)] = origin;
  }

  const SettingInputs& inputs_;
  LoadedSettings loaded_;
};

}  // namespace

LoadedSettings load_settings(const SettingInputs& inputs) {
  return Loader(inputs).load();
}

}  // namespace exthost::app
