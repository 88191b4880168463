#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "emulator/base/result.h"
#include "emulator/package/tree_rules.h"

namespace exthost::check {

/// What a path or URL can be taken for.
enum class SubjectKind {
  container_url,
  container_folder,
  source_folder,
  version_zip,
  config_file,
  stage_definition_file,
  registration_file,
  settings_file,
};

/// `container folder`, `extension source folder`, `version zip`, …
std::string_view to_string(SubjectKind kind);

/// Something to be checked.
struct Subject {
  SubjectKind kind = SubjectKind::container_folder;
  std::string text;               ///< The path or URL, as named.
  package::IgnoreOptions ignore;  ///< Of a source folder: what is left out of its package.
};

/// What `text`, a URL or a path taken from `folder`, is. Files are told by their names, and JSON files by
/// what they hold if the name says nothing; folders by what lies in them: a settings file, else a config.json
/// or versions (a container), else Content/, a page or a web.config (a source).
///
/// Fails with kTargetMissing if there is nothing or it is none of these, kSourceUnreadable if it cannot be
/// read.
base::Result<SubjectKind> recognise(const std::string& text, const std::filesystem::path& folder);

}  // namespace exthost::check
