#include "emulator/check/version_files.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/hosting/snapshot.h"

namespace exthost::check {

const VersionFiles::File* VersionFiles::find(std::string_view path) const {
  const auto found = std::find_if(files.begin(), files.end(), [&](const File& file) {
    return base::equals_ignoring_case(file.path, path);
  });
  return found == files.end() ? nullptr : &*found;
}

Finding VersionFiles::place(model::Problem problem) const {
  const std::string path = problem.where.file;
  Finding finding{std::move(problem), {}};
  if (in_zip) {
    finding.entry = path.empty() ? "" : root + path;
    finding.problem.where.file = shown;
  } else {
    finding.problem.where.file = path.empty() ? shown : join_shown(shown, root + path);
  }
  return finding;
}

VersionFiles files_of(std::shared_ptr<const package::Package> package, const std::string& version,
                      std::string shown, bool in_zip) {
  const auto held = hosting::make_held_version(version, package, {}, {});
  VersionFiles files;
  files.shown = std::move(shown);
  files.in_zip = in_zip;
  files.root = held->root;
  for (const package::Entry& entry : package->entries()) {
    if (!base::begins_with_ignoring_case(entry.name, files.root)) continue;
    files.files.push_back({std::string(entry.name.substr(files.root.size())), entry.size});
  }
  files.read = [held](const std::string& path) -> base::Result<std::string> {
    const package::Entry* entry = held->find(path);
    if (entry == nullptr) return base::Error{base::ErrorKind::not_found, "there is no " + path, ""};
    return held->package->read(*entry);
  };
  return files;
}

}  // namespace exthost::check
