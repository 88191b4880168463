#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/package/builder.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/source_file.h"
#include "emulator/package/tree_rules.h"
#include "emulator/package/zip_errors.h"

namespace exthost::package {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

struct FreeMemory {
  void operator()(char* memory) const { std::free(memory); }
};

base::Error unreadable(base::ErrorKind kind, const std::string& what, int failure) {
  return {kind, what + " can't be read: " + std::strerror(failure),
          std::string(model::codes::kSourceUnreadable)};
}

/// The path without links, absent if it leads nowhere.
std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, FreeMemory> resolved(::realpath(path.c_str(), nullptr));
  if (resolved == nullptr) return std::nullopt;
  return std::string(resolved.get());
}

/// Both without links; a folder lies within itself.
bool lies_within(const std::string& path, const std::string& folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// One scan of a folder. Holds one descriptor at a time: a folder is listed whole before those in it are
/// entered.
class Scan {
 public:
  Scan(std::string root, const IgnoreOptions& ignore, std::size_t max_files)
      : root_(std::move(root)), rules_(ignore), max_files_(max_files) {}

  /// `folder` is relative to the root and empty for the root itself. `linked`: reached through a link to a
  /// folder.
  base::Result<void> walk(const std::string& folder, std::size_t depth, bool linked) {
    if (depth > PackageLimits{}.depth) {
      return zip_names("folder " + quoted_name(folder) + " lies deeper than " +
                       std::to_string(PackageLimits{}.depth) + " levels, more than a package may have");
    }
    const auto subfolders = list(folder, linked);
    if (!subfolders) return subfolders.error();
    for (const Subfolder& subfolder : *subfolders) {
      if (auto walked = walk(subfolder.path, depth + 1, linked || subfolder.is_link); !walked) return walked;
    }
    return {};
  }

  std::vector<SourceFile> take() && {
    std::sort(files_.begin(), files_.end(),
              [](const SourceFile& left, const SourceFile& right) { return left.path < right.path; });
    return std::move(files_);
  }

 private:
  struct Subfolder {
    std::string path;
    bool is_link = false;
  };

  std::string absolute(const std::string& path) const { return path.empty() ? root_ : root_ + '/' + path; }

  /// Adds the files that lie directly in `folder` and returns its subfolders.
  base::Result<std::vector<Subfolder>> list(const std::string& folder, bool linked) {
    std::vector<Subfolder> subfolders;
    const std::string full = absolute(folder);
    const Folder open(::opendir(full.c_str()));
    if (open == nullptr) {
      if (errno == ENOENT && !folder.empty()) return subfolders;
      return unreadable(base::ErrorKind::unavailable, "folder '" + full + "'", errno);
    }
    if (auto read = rules_.read_file(root_, folder); !read) return std::move(read).error();
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(open.get());
      if (entry == nullptr && errno != 0) {
        return unreadable(base::ErrorKind::unavailable, "folder '" + full + "'", errno);
      }
      if (entry == nullptr) return subfolders;
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      const std::string path = folder.empty() ? std::string(name) : folder + '/' + std::string(name);
      auto looked = look_at(::dirfd(open.get()), entry->d_name, path, folder, linked, subfolders);
      if (!looked) return std::move(looked).error();
    }
  }

  base::Result<void> look_at(int parent, const char* name, const std::string& path, const std::string& folder,
                             bool linked, std::vector<Subfolder>& subfolders) {
    struct ::stat status {};
    if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return {};
      return unreadable(base::ErrorKind::unavailable, "file " + quoted_name(path), errno);
    }
    const bool is_link = S_ISLNK(status.st_mode);
    if (is_link) {
      const auto target = real_path(absolute(path));
      if (!target || !lies_within(*target, root_)) return {};
      if (::stat(target->c_str(), &status) != 0) return {};
      if (S_ISDIR(status.st_mode)) {
        const auto holder = real_path(absolute(folder));
        if (linked || !holder || lies_within(*holder, *target)) return {};
      }
    }
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return {};
    if (rules_.ignores(path, S_ISDIR(status.st_mode))) return {};
    if (S_ISDIR(status.st_mode)) {
      subfolders.push_back({path, is_link});
      return {};
    }
    if (files_.size() == max_files_) {
      return zip_too_large("the folder holds more than " + std::to_string(max_files_) +
                           " files, the limit of a package; leave out what the extension does not need");
    }
    files_.push_back(to_source_file(path, status));
    files_.back().linked = linked || is_link;
    return {};
  }

  std::string root_;
  TreeRules rules_;
  std::size_t max_files_;
  std::vector<SourceFile> files_;
};

}  // namespace

base::Result<std::vector<SourceFile>> scan_folder(const std::filesystem::path& root,
                                                  const IgnoreOptions& ignore, std::size_t max_files) {
  const auto real_root = real_path(root.string());
  if (!real_root) {
    return unreadable(errno == ENOENT ? base::ErrorKind::not_found : base::ErrorKind::unavailable,
                      "folder '" + root.string() + "'", errno);
  }
  Scan scan(*real_root, ignore, max_files);
  if (auto walked = scan.walk("", 0, false); !walked) return std::move(walked).error();
  return std::move(scan).take();
}

}  // namespace exthost::package
