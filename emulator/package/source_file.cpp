#include "emulator/package/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/zip_errors.h"

namespace exthost::package {
namespace {

constexpr int kAttempts = 4;

std::int64_t to_ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_nsec};
}

base::Error unreadable(base::ErrorKind kind, const std::string& path, const std::string& why) {
  return {kind, "file " + quoted_name(path) + " " + why, std::string(model::codes::kSourceUnreadable)};
}

base::Error system_failure(const std::string& path, int failure) {
  if (failure == ENOENT)
    return unreadable(base::ErrorKind::conflict, path, "vanished while the folder was read");
  return unreadable(base::ErrorKind::unavailable, path,
                    std::string("can't be read: ") + std::strerror(failure));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

/// Reads to the end, which may lie elsewhere than the size said: the caller compares stats.
base::Result<std::string> read_all(int descriptor, const std::string& path, std::uint64_t expected,
                                   std::uint64_t limit_bytes) {
  std::string bytes;
  bytes.resize(expected + 1);  // one more, so that the end is seen without growing
  std::size_t filled = 0;
  for (;;) {
    const ssize_t count = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    if (filled > limit_bytes) {
      return zip_too_large("file " + quoted_name(path) + " has more than " + std::to_string(limit_bytes) +
                           " bytes, the limit for a file");
    }
    if (filled == bytes.size()) bytes.resize(bytes.size() + bytes.size() / 2 + 4096);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

SourceFile to_source_file(std::string path, const struct ::stat& status) {
  SourceFile file;
  file.path = std::move(path);
  file.size = static_cast<std::uint64_t>(status.st_size);
  file.modified_ns = to_ns(status.st_mtim);
  file.changed_ns = to_ns(status.st_ctim);
  file.inode = status.st_ino;
  return file;
}

base::Result<Reading> read_source_file(const std::filesystem::path& root, const std::string& path,
                                       std::uint64_t limit_bytes) {
  Reading reading;
  reading.read_at_ns = wall_ns();
  // Non-blocking, so that a pipe that has taken the file's place does not hold the build for ever.
  const Descriptor file(::open((root / path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return system_failure(path, errno);
  struct ::stat status {};
  if (::fstat(file.number(), &status) != 0) return system_failure(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return unreadable(base::ErrorKind::conflict, path, "is no longer a file");
  }
  reading.before = to_source_file(path, status);
  if (reading.before.size > limit_bytes) {
    return zip_too_large("file " + quoted_name(path) + " has " + std::to_string(reading.before.size) +
                         " bytes, the limit for a file is " + std::to_string(limit_bytes));
  }
  auto bytes = read_all(file.number(), path, reading.before.size, limit_bytes);
  if (!bytes) return std::move(bytes).error();
  reading.bytes = *std::move(bytes);
  if (::fstat(file.number(), &status) != 0) return system_failure(path, errno);
  reading.after = to_source_file(path, status);
  return reading;
}

base::Result<Reading> read_settled(const std::string& path,
                                   const std::function<base::Result<Reading>()>& read_once) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto reading = read_once();
    if (!reading) return reading;
    if (reading->before == reading->after && reading->bytes.size() == reading->after.size) return reading;
  }
  return unreadable(base::ErrorKind::conflict, path, "keeps changing while it is read");
}

bool may_hide_change(const SourceFile& file, std::int64_t read_at_ns) {
  constexpr std::int64_t kFineTick = 20'000'000;       // kernels tick every 1 to 10 ms
  constexpr std::int64_t kCoarseTick = 2'000'000'000;  // FAT, and file servers
  constexpr std::int64_t kSecond = 1'000'000'000;
  const bool coarse = file.modified_ns % kSecond == 0 && file.changed_ns % kSecond == 0;
  const std::int64_t youngest = std::max(file.modified_ns, file.changed_ns);
  return youngest > read_at_ns - (coarse ? kCoarseTick : kFineTick);
}

}  // namespace exthost::package
