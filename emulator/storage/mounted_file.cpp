#include "emulator/storage/mounted_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "emulator/package/source_file.h"

namespace exthost::storage {
namespace {

base::Error failed(const std::string& name, int error) {
  const bool absent = error == ENOENT || error == ENOTDIR;
  return {absent ? base::ErrorKind::not_found : base::ErrorKind::unavailable,
          "can't read " + name + ": " + std::generic_category().message(error), ""};
}

}  // namespace

std::string version_text(const package::SourceFile& file) {
  return std::to_string(file.inode) + "-" + std::to_string(file.modified_ns) + "-" +
         std::to_string(file.size);
}

bool may_change_unseen(const package::SourceFile& file, std::int64_t now_ns) {
  package::SourceFile by_text = file;
  by_text.changed_ns = file.modified_ns;  // the text does not have it
  return package::may_hide_change(by_text, now_ns);
}

base::Result<std::shared_ptr<const MountedFile>> MountedFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK means nothing to a file and keeps a named pipe from blocking us.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return failed(path.string(), errno);
  struct stat status {};
  const int error = ::fstat(descriptor, &status) == 0 ? 0 : errno;
  std::shared_ptr<const MountedFile> file(
      new MountedFile(descriptor, package::to_source_file(path.string(), status)));
  if (error != 0) return failed(path.string(), error);
  if (!S_ISREG(status.st_mode)) return failed(path.string(), ENOENT);
  return file;
}

MountedFile::~MountedFile() {
  ::close(descriptor_);
}

base::Result<std::size_t> MountedFile::read_at(std::uint64_t offset, std::span<char> buffer) const {
  ssize_t count = 0;
  do {
    count = ::pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return failed(state_.path, errno);
  // Looked at after the reading: what was read is then older than any change that is still to come.
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return failed(state_.path, errno);
  if (version_text(package::to_source_file(state_.path, status)) != version_text(state_)) {
    return base::Error{base::ErrorKind::conflict, state_.path + " was changed while it was being read", ""};
  }
  return static_cast<std::size_t>(count);
}

}  // namespace exthost::storage
