#include "emulator/hosting/missing_content.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "emulator/base/text.h"
#include "emulator/hosting/content.h"
#include "emulator/model/findings.h"

namespace exthost::hosting {
namespace {

constexpr std::size_t kMostVersions = 20;  // as many as are kept without a reference
constexpr std::size_t kMostFiles = 3;

std::string_view file_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

/// `1.0.0.5`, `23.4.0.11-230406-2239`: digits ahead of a dot, as every version seen in production has them.
bool looks_like_version(std::string_view segment) {
  const std::size_t dot = segment.find('.');
  return dot != 0 && dot != std::string_view::npos &&
         segment.find_first_not_of("0123456789") == dot;  // so that 404.html is one, and has no slash behind
}

std::string names_of(const HeldVersions& versions) {
  std::vector<std::string> names;
  for (const auto& version : versions) {
    if (names.size() == kMostVersions) break;
    names.push_back(version->name);
  }
  return model::list_of(names);
}

/// Where the version has files called so, as a content URL names them; settings are none (content.h).
std::vector<std::string> namesakes(const HeldVersion& version, std::string_view name) {
  std::vector<std::string> paths;
  for (const package::Entry& entry : version.package->entries()) {
    if (paths.size() == kMostFiles) break;
    if (!base::equals_ignoring_case(file_name(entry.name), name)) continue;
    if (!find_content({}, &version, entry.name.substr(version.root.size()))) continue;
    paths.emplace_back(entry.name.substr(version.root.size()));
  }
  return paths;
}

}  // namespace

MissingContent describe_missing(const HeldVersions& versions, const HeldVersion& current,
                                std::string_view path) {
  const HeldVersion* searched = &current;
  const std::size_t slash = path.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view first = path.substr(0, slash);
    const HeldVersion* named = find_version(versions, first);
    if (named == nullptr && looks_like_version(first)) {
      return {&current, "version " + std::string(first) + " is not held; there is " + names_of(versions)};
    }
    if (named != nullptr) {
      searched = named;
      path.remove_prefix(slash + 1);
    }
  }
  if (is_bundle(path)) {
    return {searched, "no version that is held has the bundle " + std::string(path) + "; there is " +
                          names_of(versions)};
  }
  std::string text = "version " + searched->name + " has no file " + std::string(path);
  if (const auto found = namesakes(*searched, file_name(path)); !found.empty())
    text += ", but it has " + model::list_of(found);
  return {searched, std::move(text)};
}

}  // namespace exthost::hosting
