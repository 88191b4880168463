#include "emulator/package/overlay.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/package/builder.h"
#include "emulator/package/rescan.h"

namespace exthost::package {
namespace {

const IgnoreOptions kJsonFilesOnly = {"*", "!/*.json"};

}  // namespace

base::Result<std::vector<SourceFile>> LayeredSource::scan(std::size_t max_files) {
  auto files = scan_folder(root_, ignore_, max_files);
  overlaid_.clear();
  if (!files || overlay_.folder.empty()) return files;
  auto local = scan_folder(overlay_.folder, kJsonFilesOnly, max_files);
  if (!local && local.error().kind == base::ErrorKind::not_found) return files;
  if (!local) return local;
  for (SourceFile& file : *local) {
    if (file.path.find('/') != std::string::npos) continue;
    file.path = overlay_.at + "/" + file.path;
    std::erase_if(*files,
                  [&](const SourceFile& other) { return base::equals_ignoring_case(other.path, file.path); });
    overlaid_.push_back(file.path);
    files->push_back(std::move(file));
  }
  const auto by_path = [](const SourceFile& left, const SourceFile& right) { return left.path < right.path; };
  std::sort(files->begin(), files->end(), by_path);
  return files;
}

std::optional<std::vector<SourceFile>> LayeredSource::rescan(std::vector<SourceFile> known,
                                                             const std::vector<std::string>& touched,
                                                             std::size_t max_files) const {
  if (!overlay_.folder.empty()) return std::nullopt;
  return rescan_files(root_, ignore_, std::move(known), touched, max_files);
}

std::pair<const std::filesystem::path&, std::string> LayeredSource::place_of(const std::string& path) const {
  if (!std::binary_search(overlaid_.begin(), overlaid_.end(), path)) return {root_, path};
  return {overlay_.folder, path.substr(overlay_.at.size() + 1)};
}

}  // namespace exthost::package
