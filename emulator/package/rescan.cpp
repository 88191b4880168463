#include "emulator/package/rescan.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "emulator/package/source_file.h"

namespace exthost::package {
namespace {

constexpr std::size_t kMostTouched = 64;  // looking at so many costs far less than a scan

enum class Standing { file, gone, unclear };

Standing look_at(const std::filesystem::path& file, struct ::stat& status) {
  if (::lstat(file.c_str(), &status) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? Standing::gone : Standing::unclear;
  }
  return S_ISREG(status.st_mode) ? Standing::file : Standing::unclear;
}

/// Whether globs leave out a file, or a folder above it. Rules of .gitignore files are not in `rules`.
bool is_left_out(const TreeRules& rules, std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    if (rules.ignores(path.substr(0, slash), true)) return true;
  }
  return rules.ignores(path, false);
}

/// Where a path stands among files sorted by path, or would.
std::vector<SourceFile>::iterator place_of(std::vector<SourceFile>& files, const std::string& path) {
  return std::lower_bound(files.begin(), files.end(), path,
                          [](const SourceFile& file, const std::string& name) { return file.path < name; });
}

bool has_files_below(std::vector<SourceFile>& files, const std::string& folder) {
  const std::string begin = folder + '/';
  const auto at = place_of(files, begin);
  return at != files.end() && at->path.starts_with(begin);
}

}  // namespace

std::optional<std::vector<SourceFile>> rescan_files(const std::filesystem::path& root,
                                                    const IgnoreOptions& ignore,
                                                    std::vector<SourceFile> known,
                                                    const std::vector<std::string>& touched,
                                                    std::size_t max_files) {
  if (touched.size() > kMostTouched) return std::nullopt;
  if (std::any_of(known.begin(), known.end(), [](const SourceFile& file) { return file.linked; }))
    return std::nullopt;
  const TreeRules rules(ignore);
  for (const std::string& path : touched) {
    if (path.empty()) return std::nullopt;
    const auto place = place_of(known, path);
    const bool is_known = place != known.end() && place->path == path;
    struct ::stat status {};
    const Standing standing = look_at(root / path, status);
    if (standing == Standing::unclear) return std::nullopt;
    if (standing == Standing::gone) {
      if (has_files_below(known, path)) return std::nullopt;
      if (is_known) known.erase(place);
      continue;
    }
    if (is_known) {
      *place = to_source_file(path, status);
      continue;
    }
    if (ignore.gitignore || known.size() == max_files) return std::nullopt;
    if (!is_left_out(rules, path)) known.insert(place, to_source_file(path, status));
  }
  return known;
}

}  // namespace exthost::package
