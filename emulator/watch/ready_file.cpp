#include "emulator/watch/ready_file.h"

#include <sys/stat.h>

#include <utility>

#include "emulator/package/source_file.h"

namespace exthost::watch {

ReadyFile::State ReadyFile::look() {
  const std::int64_t now_ns = package::wall_ns();
  struct ::stat status {};
  if (::stat(path_.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    seen_.reset();
    return State::absent;
  }
  package::SourceFile file = package::to_source_file(path_.string(), status);
  const bool same = seen_ == file && !package::may_hide_change(file, seen_at_ns_);
  seen_ = std::move(file);
  seen_at_ns_ = now_ns;
  return same ? State::unchanged : State::written;
}

}  // namespace exthost::watch
