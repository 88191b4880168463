#include "emulator/storage/mounted_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "emulator/base/ids.h"
#include "emulator/base/text.h"
#include "emulator/package/source_file.h"
#include "emulator/storage/limits.h"

namespace exthost::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSegmentBytes = 255;  // of every common file system
constexpr std::string_view kDraftPrefix = kDraftGlob.substr(0, kDraftGlob.find('*'));
constexpr std::string_view kDraftSuffix = kDraftGlob.substr(kDraftGlob.find('*') + 1);
constexpr unsigned kFileMode = 0666;  // what others can do with the folder's files is the umask's business
constexpr unsigned kFolderMode = 0777;
constexpr int kTries = 8;  // a folder that was made may be pruned before its first file is there

bool is_draft(std::string_view segment) {
  return segment.starts_with(kDraftPrefix) && segment.ends_with(kDraftSuffix);
}

bool is_absent(int error) {
  return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG || error == ELOOP;
}

Failure failed(const char* what, const fs::path& path, int error) {
  return {Reason::unavailable,
          std::string(what) + " " + path.string() + ": " + std::generic_category().message(error),
          {}};
}

Failure taken(const std::string& what) {
  return {Reason::refused, what, "ResourceTypeMismatch"};
}

/// The folders that a name lies in, the outermost first: `a/b/c` gives `a` and `a/b`.
std::vector<std::string> folders_of(const std::string& name) {
  std::vector<std::string> folders;
  for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1)) {
    folders.push_back(name.substr(0, at));
  }
  return folders;
}

bool is_folder(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Collects a folder's files in byte order, visiting only what can hold names that are wanted.
class Walk {
 public:
  Walk(const MountedFolder& folder, const std::string& prefix, const std::string& from, std::size_t limit)
      : folder_(folder), prefix_(prefix), from_(from), limit_(limit) {}

  /// `folder` is empty or ends in a slash. Fails only if the mounted folder itself can't be read.
  Outcome<Done> visit(const std::string& folder) {
    std::error_code error;
    std::vector<Item> items;
    fs::directory_iterator at(folder_.root() / folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      Item item;
      item.key = folder + at->path().filename().string();
      std::error_code unknown;
      item.is_folder = at->symlink_status(unknown).type() == fs::file_type::directory;
      if (refuse_mounted_name(item.key)) continue;
      if (item.is_folder) item.key += '/';
      if (may_hold_wanted(item)) items.push_back(std::move(item));
    }
    if (error && folder.empty() && !is_absent(error.value()))
      return failed("can't list", folder_.root(), error.value());
    // A folder's names stand where its own name with the slash does.
    std::sort(items.begin(), items.end(),
              [](const Item& left, const Item& right) { return left.key < right.key; });
    for (const Item& item : items) {
      if (files_.size() >= limit_) break;
      if (item.is_folder) {
        if (auto visited = visit(item.key); !visited) return visited;
        continue;
      }
      auto file = folder_.find(item.key);
      if (file && *file) files_.push_back(std::move(**file));
    }
    return Done{};
  }

  std::vector<package::SourceFile> take() { return std::move(files_); }

 private:
  struct Item {
    std::string key;
    bool is_folder = false;
  };

  bool may_hold_wanted(const Item& item) const {
    if (!item.is_folder) return item.key >= from_ && item.key.starts_with(prefix_);
    const bool near_prefix = item.key.starts_with(prefix_) || prefix_.starts_with(item.key);
    return near_prefix && (item.key >= from_ || from_.starts_with(item.key));
  }

  const MountedFolder& folder_;
  const std::string& prefix_;
  const std::string& from_;
  const std::size_t limit_;
  std::vector<package::SourceFile> files_;
};

}  // namespace

std::optional<std::string> refuse_mounted_name(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > limits::kBlobNameBytes) return "it has more than 1,024 bytes";
  if (!base::is_valid_utf8(name)) return "it is not UTF-8";
  for (const unsigned char c : name) {
    if (c < 0x20 || c == 0x7f) return "it has a control character";
    if (c == '\\') return "it has a backslash";
  }
  for (const std::string& segment : base::split(name, '/')) {
    if (segment.empty()) return "a part between its slashes is empty";
    if (segment == "." || segment == "..") return "it has a part '" + segment + "'";
    if (segment.size() > kSegmentBytes) return "a part of it has more than 255 bytes";
    if (is_draft(segment)) return "names like '" + segment + "' are used for unfinished files";
  }
  return std::nullopt;
}

std::optional<Failure> refuse_new_name(std::string_view name) {
  const auto why = refuse_mounted_name(name);
  if (!why) return std::nullopt;
  return Failure{Reason::refused, "A mounted folder can't have a file of this name: " + *why + ".",
                 "InvalidResourceName"};
}

Outcome<std::optional<package::SourceFile>> MountedFolder::find(const std::string& name) const {
  using Found = std::optional<package::SourceFile>;
  if (refuse_mounted_name(name)) return Found();
  for (const std::string& folder : folders_of(name)) {
    if (!is_folder(path_of(folder))) return Found();
  }
  const fs::path path = path_of(name);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (is_absent(errno)) return Found();
    return failed("can't look at", path, errno);
  }
  if (S_ISLNK(status.st_mode)) {
    std::error_code error;
    const fs::path target = fs::canonical(path, error);
    if (error) return Found();
    const fs::path inside = target.lexically_relative(fs::canonical(root_, error));
    if (error || inside.empty() || *inside.begin() == "..") return Found();
    if (::stat(target.c_str(), &status) != 0) return Found();
  }
  if (!S_ISREG(status.st_mode)) return Found();
  return Found(package::to_source_file(name, status));
}

Outcome<std::optional<std::shared_ptr<const MountedFile>>> MountedFolder::open(
    const std::string& name) const {
  using Opened = std::optional<std::shared_ptr<const MountedFile>>;
  auto found = find(name);
  if (!found) return found.failure();
  if (!*found) return Opened();
  auto file = MountedFile::open(path_of(name));
  if (file) return Opened(std::move(*file));
  if (file.error().kind == base::ErrorKind::not_found) return Opened();
  return to_failure(file.error());
}

Outcome<std::vector<package::SourceFile>> MountedFolder::list(const std::string& prefix,
                                                              const std::string& from,
                                                              std::size_t limit) const {
  Walk walk(*this, prefix, from, limit);
  if (auto walked = walk.visit(""); !walked) return walked.failure();
  return walk.take();
}

Outcome<Done> MountedFolder::make_folders(const std::string& name, base::Durability durability) const {
  std::error_code error;
  fs::create_directories(root_, error);
  if (error) return failed("can't make the folder", root_, error.value());
  for (const std::string& folder : folders_of(name)) {
    const fs::path path = path_of(folder);
    if (::mkdir(path.c_str(), kFolderMode) == 0) {
      if (durability == base::Durability::process) continue;
      if (auto synced = base::sync_folder(path.parent_path()); !synced) return to_failure(synced.error());
    } else if (errno != EEXIST) {
      return failed("can't make the folder", path, errno);
    } else if (!is_folder(path)) {
      return taken("'" + folder + "' is a file of the mounted folder, so nothing can lie below it.");
    }
  }
  if (is_folder(path_of(name))) {
    return taken("'" + name + "' is a folder inside the mounted folder, so no blob can have this name.");
  }
  return Done{};
}

Outcome<std::unique_ptr<MountedFolder::Draft>> MountedFolder::create(const std::string& name,
                                                                     base::Durability durability) {
  if (auto refusal = refuse_new_name(name)) return *refusal;
  for (int tries = 1;; ++tries) {
    if (auto made = make_folders(name, durability); !made) {
      prune(name);
      return made.failure();
    }
    const std::string unique = base::RandomIdSource().hex(8);
    auto file = FileWriter::create(
        path_of(name).parent_path() / (std::string(kDraftPrefix) + unique + std::string(kDraftSuffix)),
        kFileMode);
    if (file) return std::make_unique<Draft>(*this, name, std::move(*file));
    if (tries == kTries || is_folder(path_of(name).parent_path())) {
      prune(name);
      return to_failure(file.error());
    }
  }
}

MountedFolder::Draft::~Draft() {
  if (!file_) return;
  file_.reset();
  folder_.prune(name_);
}

Outcome<package::SourceFile> MountedFolder::Draft::publish(base::Durability durability) {
  const fs::path path = folder_.path_of(name_);
  struct stat written {};
  if (::fstat(file_->descriptor(), &written) != 0) return failed("can't look at", path, errno);
  if (auto published = file_->publish(path); !published) return to_failure(published.error());
  file_.reset();  // some file systems stamp a file for the last time when it is closed
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || status.st_ino != written.st_ino) status = written;
  if (durability == base::Durability::power) {
    if (auto synced = base::sync_folder(path.parent_path()); !synced) return to_failure(synced.error());
  }
  return package::to_source_file(name_, status);
}

Outcome<Done> MountedFolder::remove(const std::string& name, base::Durability durability) {
  const fs::path path = path_of(name);
  if (::unlink(path.c_str()) != 0 && !is_absent(errno)) return failed("can't remove", path, errno);
  if (durability == base::Durability::power) {
    auto synced = base::sync_folder(path.parent_path());
    if (!synced && synced.error().kind != base::ErrorKind::not_found) return to_failure(synced.error());
  }
  prune(name);
  return Done{};
}

// The system removes no folder that has something in it.
void MountedFolder::prune(const std::string& name) const {
  std::vector<std::string> folders = folders_of(name);
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    if (::rmdir(path_of(*folder).c_str()) != 0) return;
  }
}

void MountedFolder::sweep() {
  std::error_code error;
  fs::recursive_directory_iterator at(root_, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code ignored;  // one that stays is harmless: it is not shared
    if (is_draft(at->path().filename().string()) && at->is_regular_file(ignored))
      fs::remove(at->path(), ignored);
  }
}

}  // namespace exthost::storage
