#include "emulator/storage/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace exthost::storage {
namespace {

base::Error failed(const char* what, const std::filesystem::path& path, int error) {
  const auto kind = error == EEXIST ? base::ErrorKind::conflict : base::ErrorKind::unavailable;
  return {kind, std::string(what) + " " + path.string() + ": " + std::generic_category().message(error), ""};
}

}  // namespace

base::Result<FileWriter> FileWriter::create(const std::filesystem::path& path, unsigned mode) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return failed("can't create", path, errno);
  return FileWriter(descriptor, path);
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::exchange(other.path_, {})) {}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

base::Result<void> FileWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return failed("can't write", path_, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

base::Result<void> FileWriter::sync() {
  if (::fsync(descriptor_) != 0) return failed("can't sync", path_, errno);
  return {};
}

base::Result<void> FileWriter::publish(const std::filesystem::path& path) {
  if (::rename(path_.c_str(), path.c_str()) != 0) return failed("can't put in place", path, errno);
  path_.clear();
  return {};
}

}  // namespace exthost::storage
