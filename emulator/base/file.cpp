#include "emulator/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "emulator/base/ids.h"

namespace exthost::base {
namespace {

namespace fs = std::filesystem;

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return value_ >= 0; }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

Error system_error(int error, const std::string& what) {
  ErrorKind kind = ErrorKind::unavailable;
  if (error == ENOENT || error == ENOTDIR) kind = ErrorKind::not_found;
  if (error == EINVAL || error == ENAMETOOLONG || error == EISDIR || error == ELOOP)
    kind = ErrorKind::invalid_input;
  return Error{kind, what + ": " + std::system_category().message(error), {}};
}

Error cannot(const char* action, const fs::path& path, int error) {
  return system_error(error, std::string("can't ") + action + " " + path.string());
}

int open_retrying(const fs::path& path, int flags, unsigned mode = 0) {
  while (true) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (descriptor >= 0 || errno != EINTR) return descriptor;
  }
}

/// Writes all of it; returns 0 or the system's error number.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Reads up to `limit` bytes from where the descriptor stands.
Result<std::string> read_up_to(int descriptor, std::uint64_t limit, std::uint64_t expected,
                               const fs::path& path) {
  std::string bytes;
  bytes.resize(static_cast<std::size_t>(std::min(expected, limit)));
  std::size_t filled = 0;
  while (true) {
    if (filled == bytes.size()) {
      if (bytes.size() >= limit) break;
      // The file may have grown since its size was asked: one byte more tells.
      bytes.resize(bytes.size() +
                   static_cast<std::size_t>(std::min<std::uint64_t>(limit - bytes.size(), 4096)));
    }
    const ssize_t got = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      return cannot("read", path, errno);
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

/// Opens a regular file for reading and tells its size; absent if there is none.
struct OpenFile {
  std::unique_ptr<Descriptor> descriptor;
  std::uint64_t size = 0;
};

Result<std::optional<OpenFile>> open_regular(const fs::path& path) {
  // O_NONBLOCK means nothing to a file and keeps a named pipe from blocking us.
  auto descriptor = std::make_unique<Descriptor>(open_retrying(path, O_RDONLY | O_NONBLOCK));
  if (!descriptor->is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<OpenFile>();
    return cannot("open", path, errno);
  }
  struct stat status {};
  if (::fstat(descriptor->get(), &status) != 0) return cannot("look at", path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorKind::invalid_input, path.string() + " is not a regular file", {}};
  }
  return std::optional<OpenFile>(OpenFile{std::move(descriptor), static_cast<std::uint64_t>(status.st_size)});
}

/// Removes a file at the end unless told to keep it.
class RemoveUnlessKept {
 public:
  explicit RemoveUnlessKept(const fs::path& path) : path_(path) {}
  ~RemoveUnlessKept() {
    if (!kept_) ::unlink(path_.c_str());
  }
  RemoveUnlessKept(const RemoveUnlessKept&) = delete;
  RemoveUnlessKept& operator=(const RemoveUnlessKept&) = delete;
  void keep() { kept_ = true; }

 private:
  const fs::path& path_;
  bool kept_ = false;
};

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// The process id that a lock file's holder wrote, or "another process".
std::string holder_of(int descriptor, const fs::path& path) {
  const Result<std::string> content = read_up_to(descriptor, 32, 32, path);
  if (!content) return "another process";
  const std::string digits = content->substr(0, content->find_first_not_of("0123456789"));
  return digits.empty() ? "another process" : "process " + digits;
}

}  // namespace

Result<std::optional<std::string>> read_file(const fs::path& path, std::uint64_t limit_bytes) {
  auto file = open_regular(path);
  if (!file) return std::move(file).error();
  if (!file->has_value()) return std::optional<std::string>();
  const std::uint64_t one_more = limit_bytes == UINT64_MAX ? limit_bytes : limit_bytes + 1;
  Result<std::string> bytes = read_up_to((*file)->descriptor->get(), one_more, (*file)->size, path);
  if (!bytes) return std::move(bytes).error();
  if (bytes->size() > limit_bytes) {
    return Error{ErrorKind::invalid_input,
                 path.string() + " is larger than the limit of " + std::to_string(limit_bytes) + " bytes",
                 {}};
  }
  return std::optional<std::string>(std::move(*bytes));
}

Result<std::optional<std::string>> read_end_of_file(const fs::path& path, std::uint64_t limit_bytes) {
  auto file = open_regular(path);
  if (!file) return std::move(file).error();
  if (!file->has_value()) return std::optional<std::string>();
  const std::uint64_t size = (*file)->size;
  const std::uint64_t start = size > limit_bytes ? size - limit_bytes : 0;
  const int descriptor = (*file)->descriptor->get();
  if (::lseek(descriptor, static_cast<off_t>(start), SEEK_SET) < 0) return cannot("read", path, errno);
  Result<std::string> bytes = read_up_to(descriptor, limit_bytes, size - start, path);
  if (!bytes) return std::move(bytes).error();
  return std::optional<std::string>(std::move(*bytes));
}

Result<std::optional<FilePart>> read_file_part(const fs::path& path, std::uint64_t offset,
                                               std::uint64_t length_bytes) {
  auto file = open_regular(path);
  if (!file) return std::move(file).error();
  if (!file->has_value()) return std::optional<FilePart>();
  FilePart part;
  part.file_bytes = (*file)->size;
  if (offset < part.file_bytes) part.bytes.resize(std::min(length_bytes, part.file_bytes - offset));
  std::size_t done = 0;
  while (done < part.bytes.size()) {
    const ssize_t count = ::pread((*file)->descriptor->get(), part.bytes.data() + done,
                                  part.bytes.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("read", path, errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  part.bytes.resize(done);
  return std::optional(std::move(part));
}

Result<void> write_file(const fs::path& path, std::string_view bytes, Durability durability, unsigned mode) {
  const fs::path folder = folder_of(path);
  const fs::path temporary =
      folder / ("." + path.filename().string().substr(0, 200) + "." + RandomIdSource().hex(8) + ".tmp");
  Descriptor file(open_retrying(temporary, O_WRONLY | O_CREAT | O_EXCL, 0600));
  if (!file.is_open()) return cannot("write", path, errno);
  RemoveUnlessKept cleanup(temporary);
  if (const int error = write_all(file.get(), bytes); error != 0) return cannot("write", path, error);
  if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0) return cannot("set the mode of", path, errno);
  if (durability == Durability::power && ::fsync(file.get()) != 0) return cannot("sync", path, errno);
  if (::close(file.release()) != 0) return cannot("write", path, errno);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return cannot("replace", path, errno);
  cleanup.keep();
  if (durability == Durability::power) return sync_folder(folder);
  return {};
}

Result<void> make_private_folder(const fs::path& path) {
  fs::path so_far;
  for (const fs::path& part : path) {
    so_far /= part;
    if (::mkdir(so_far.c_str(), 0700) == 0) continue;
    const int error = errno;
    struct stat status {};
    if (::stat(so_far.c_str(), &status) != 0) return cannot("make the folder", so_far, error);
    if (!S_ISDIR(status.st_mode)) {
      return Error{
          ErrorKind::conflict,
          "can't make the folder " + path.string() + ": " + so_far.string() + " is there and is not a folder",
          {}};
    }
  }
  return {};
}

Result<void> sync_file(const fs::path& path) {
  const Descriptor file(open_retrying(path, O_RDONLY));
  if (!file.is_open()) return cannot("open", path, errno);
  if (::fsync(file.get()) != 0) return cannot("sync", path, errno);
  return {};
}

Result<void> sync_folder(const fs::path& path) {
  const Descriptor folder(open_retrying(path, O_RDONLY | O_DIRECTORY));
  if (!folder.is_open()) return cannot("open", path, errno);
  if (::fsync(folder.get()) != 0) return cannot("sync", path, errno);
  return {};
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const fs::path& path) {
  auto file = open_regular(path);
  if (!file) return std::move(file).error();
  if (!file->has_value()) return Error{ErrorKind::not_found, path.string() + " does not exist", {}};
  const auto size = static_cast<std::size_t>((*file)->size);
  std::string_view bytes;
  if (size > 0) {  // the system maps no empty files
    void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, (*file)->descriptor->get(), 0);
    if (start == MAP_FAILED) return cannot("map", path, errno);
    bytes = {static_cast<const char*>(start), size};
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(bytes));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Result<AppendFile> AppendFile::open(const fs::path& path) {
  Descriptor file(open_retrying(path, O_WRONLY | O_CREAT | O_APPEND, 0600));
  if (!file.is_open()) return cannot("open", path, errno);
  return AppendFile(file.release(), path);
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> AppendFile::append(std::string_view bytes) {
  if (const int error = write_all(descriptor_, bytes); error != 0) return cannot("append to", path_, error);
  return {};
}

namespace {

/// An exclusive lock on all of a file, owned by the open file and not by the process (which would lose it
/// when any of its descriptors of that file is closed).
struct flock whole_file_lock() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::acquire(const fs::path& path) {
  Descriptor file(open_retrying(path, O_RDWR | O_CREAT, 0600));
  if (!file.is_open()) return cannot("open the lock file", path, errno);
  struct flock whole = whole_file_lock();
  while (::fcntl(file.get(), F_OFD_SETLK, &whole) != 0) {
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EACCES) return cannot("lock", path, errno);
    return Error{ErrorKind::conflict, path.string() + " is locked by " + holder_of(file.get(), path), {}};
  }
  const std::string holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0) return cannot("write", path, errno);
  if (const int error = write_all(file.get(), holder); error != 0) return cannot("write", path, error);
  return std::unique_ptr<FileLock>(new FileLock(file.release()));
}

bool FileLock::is_held(const fs::path& path) {
  const Descriptor file(open_retrying(path, O_RDWR, 0));
  if (!file.is_open()) return false;
  struct flock whole = whole_file_lock();
  return ::fcntl(file.get(), F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

// The file stays: removing it would let a third process lock a new file of the same name beside a second one
// that still waits on the old.
FileLock::~FileLock() {
  ::close(descriptor_);
}

Result<TemporaryFolder> TemporaryFolder::create(std::string_view prefix) {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) return Error{ErrorKind::unavailable, "no temporary folder: " + error.message(), {}};
  std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) return cannot("make a folder in", parent, errno);
  return TemporaryFolder(fs::path(name));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, fs::path())) {}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code
      ignored;  // what can't be removed now is the system's to clean: a destructor has nobody to tell
  fs::remove_all(path_, ignored);
}

}  // namespace exthost::base
