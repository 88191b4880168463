#include "emulator/check/subject.h"

#include <optional>
#include <system_error>

#include "emulator/base/file.h"
#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/check/container.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/model/version.h"

namespace exthost::check {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::uint64_t kJsonBytes = 1024 * 1024;
constexpr std::string_view kSettingsFile = "exthost-emu.json";

Error unknown(ErrorKind kind, std::string message) {
  return {kind, std::move(message), std::string(model::codes::kTargetMissing)};
}

bool is_version(std::string_view name) {
  return !name.empty() && name[0] >= '0' && name[0] <= '9' && model::check_version_name(name);
}

/// What the names at the top of a folder say it is.
struct FolderSigns {
  bool settings = false, config = false, config_in_other_case = false, versions = false, source = false;
};

Result<FolderSigns> look_into(const fs::path& folder, const std::string& text) {
  FolderSigns signs;
  std::error_code fault;
  for (fs::directory_iterator item(folder, fault), end; !fault && item != end; item.increment(fault)) {
    const std::string name = item->path().filename().string();
    const std::string lower = base::to_lower(name);
    std::error_code ignored;
    const bool is_folder = item->is_directory(ignored);
    signs.settings = signs.settings || name == kSettingsFile;
    signs.config = signs.config || name == model::kConfigBlob;
    signs.config_in_other_case = signs.config_in_other_case || lower == model::kConfigBlob;
    signs.source = signs.source || (is_folder && lower == "content") || lower == "index.html" ||
                   lower == "web.config" || (is_folder && lower == "home");
    signs.versions =
        signs.versions || (is_folder && is_version(name)) || name == model::kDevelopmentZipBlob ||
        (lower.ends_with(".zip") && is_version(std::string_view(name).substr(0, name.size() - 4)));
  }
  if (fault) {
    return Error{ErrorKind::unavailable, "'" + text + "' cannot be read: " + fault.message(),
                 std::string(model::codes::kSourceUnreadable)};
  }
  return signs;
}

std::optional<base::JsonValue> parse_file(const fs::path& file) {
  const auto text = base::read_file(file, kJsonBytes);
  if (!text || !*text) return std::nullopt;
  return base::parse_json(**text, base::JsonDialect::json5_subset).value;
}

Result<SubjectKind> recognise_folder(const fs::path& folder, const std::string& text) {
  const auto signs = look_into(folder, text);
  if (!signs) return signs.error();
  if (signs->settings) return SubjectKind::settings_file;
  if (signs->source && signs->config && !signs->versions) {
    // A config.json of some program, or the container's own?
    const auto config = parse_file(folder / model::kConfigBlob);
    return config && config->find("$version") != nullptr ? SubjectKind::container_folder
                                                         : SubjectKind::source_folder;
  }
  if (signs->config) return SubjectKind::container_folder;
  if (signs->source) return SubjectKind::source_folder;
  if (signs->versions || signs->config_in_other_case) return SubjectKind::container_folder;
  return unknown(ErrorKind::invalid_input,
                 "'" + text +
                     "' is neither a container (config.json, version zips), nor an extension's folder "
                     "(Content, index.html, web.config), nor has it " +
                     std::string(kSettingsFile));
}

Result<SubjectKind> recognise_file(const fs::path& file, const std::string& text) {
  const std::string name = file.filename().string();
  const std::string lower = base::to_lower(name);
  if (lower.ends_with(".zip")) return SubjectKind::version_zip;
  if (lower == model::kConfigBlob) return SubjectKind::config_file;
  if (lower == model::kDefinitionBlob || lower == model::kMisspeltDefinitionBlob) {
    return SubjectKind::stage_definition_file;
  }
  if (lower == kSettingsFile) return SubjectKind::settings_file;
  if (lower.starts_with("extensions.") && lower.ends_with(".json")) return SubjectKind::registration_file;
  if (const auto json = parse_file(file)) {
    if (json->find("$version") != nullptr) return SubjectKind::config_file;
    if (json->find("$sequence") != nullptr) return SubjectKind::stage_definition_file;
    if (json->find("extensions") != nullptr) return SubjectKind::settings_file;
  }
  return unknown(ErrorKind::invalid_input,
                 "'" + text +
                     "' is no file that can be checked: a version zip, config.json, stagedefinition.json, "
                     "Extensions.*.json or exthost-emu.json");
}

}  // namespace

std::string_view to_string(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::container_url:
      return "container";
    case SubjectKind::container_folder:
      return "container folder";
    case SubjectKind::source_folder:
      return "extension source folder";
    case SubjectKind::version_zip:
      return "version zip";
    case SubjectKind::config_file:
      return "config.json";
    case SubjectKind::stage_definition_file:
      return "stage definition";
    case SubjectKind::registration_file:
      return "registration file";
    case SubjectKind::settings_file:
      return "settings file";
  }
  return "subject";
}

Result<SubjectKind> recognise(const std::string& text, const fs::path& folder) {
  if (is_url(text)) return SubjectKind::container_url;
  const fs::path path = (folder / text).lexically_normal();
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (!fs::exists(status)) {
    return unknown(ErrorKind::not_found, "there is no folder or file '" + text + "'");
  }
  return fs::is_directory(status) ? recognise_folder(path, text) : recognise_file(path, text);
}

}  // namespace exthost::check
