#include "emulator/watch/inotify_backend.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "emulator/model/codes.h"
#include "emulator/watch/inotify_translation.h"

namespace exthost::watch {
namespace {

constexpr std::uint32_t kMask = IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr Duration kRootCheck = Duration(500);         // whether the root is still the same folder
constexpr Duration kMissingRootCheck = Duration(100);  // whether a missing root has come (back)
constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr int kReadsPerTurn = 64;  // a storm must not keep a turn from ending

/// A file descriptor that is closed at the end; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

base::Error limit_error(const std::string& what, const std::string& setting, int number) {
  return {base::ErrorKind::unavailable,
          what + " (" + std::strerror(number) + "); raise " + setting +
              " with sysctl to have changes seen at once",
          std::string(model::codes::kWatchLimit)};
}

/// Which folder a path leads to.
struct FolderIdentity {
  dev_t device;
  ino_t inode;
  bool operator==(const FolderIdentity&) const = default;
};

std::optional<FolderIdentity> identify_folder(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
  return FolderIdentity{status.st_dev, status.st_ino};
}

}  // namespace

class InotifyBackend::Impl {
 public:
  Impl(const std::filesystem::path& root, const package::IgnoreOptions& ignore)
      : root_(root), ignore_(ignore) {}

  base::Result<void> open() {
    wake_ = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!wake_.valid()) return limit_error("no event descriptor is left for watching", "fs.file-max", errno);
    const auto attached = attach();
    if (!attached) return attached.error();
    return {};
  }

  base::Result<WatchEvents> wait(Duration timeout) {
    const Instant deadline = std::chrono::steady_clock::now() + timeout;
    WatchEvents found;
    while (true) {
      if (!queue_.valid()) {
        const auto attached = attach();
        if (!attached) return attached.error();
        if (*attached) {
          found.lost = true;
          return found;
        }
      }
      const Duration left = std::max(
          Duration::zero(), std::chrono::ceil<Duration>(deadline - std::chrono::steady_clock::now()));
      const Duration slice = std::min(left, queue_.valid() ? kRootCheck : kMissingRootCheck);
      const bool woken = sleep(slice);
      const auto collected = collect(found);
      if (!collected) return collected.error();
      if (woken || !found.empty() || slice == left) return found;
      if (root_was_replaced()) detach();  // the next turn attaches to what stands there now
    }
  }

  void wake() {
    const std::uint64_t one = 1;
    // Can only fail if the counter is full, and then the wait ends anyway.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

 private:
  /// Watches the whole tree with a fresh queue. False if there is no root now.
  base::Result<bool> attach() {
    detach();
    const auto identity = identify_folder(root_);
    if (!identity) return false;
    queue_ = Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!queue_.valid()) {
      return limit_error("no inotify instance is left for watching " + root_.string(),
                         "fs.inotify.max_user_instances", errno);
    }
    identity_ = *identity;
    ignore_.forget_files();
    const auto added = add_tree("", nullptr);
    if (!added) return added.error();
    if (table_.empty()) {  // it went away meanwhile
      detach();
      return false;
    }
    return true;
  }

  void detach() {
    queue_ = Descriptor();
    table_.clear();
    identity_.reset();
  }

  bool root_was_replaced() const { return identity_ && identify_folder(root_) != identity_; }

  /// Watches a folder and all below it, each before it is listed. What lies in them is told if `found` is
  /// given. A folder that is gone again is passed over, and so is one that may not be read: building says so.
  base::Result<void> add_tree(const std::string& top, std::vector<WatchEvent>* found) {
    std::vector<std::string> folders = {top};
    while (!folders.empty()) {
      const std::string folder = std::move(folders.back());
      folders.pop_back();
      const std::uint32_t mask = folder.empty() ? kMask : kMask | IN_DONT_FOLLOW;
      const int watch = ::inotify_add_watch(queue_.get(), (root_ / folder).c_str(), mask);
      if (watch < 0) {
        if (errno == ENOSPC || errno == ENOMEM) {
          return limit_error("no inotify watch is left for " + (root_ / folder).string(),
                             "fs.inotify.max_user_watches", errno);
        }
        continue;
      }
      const auto [known, is_new] = table_.insert({watch, folder});
      if (!is_new && known->second == folder) continue;  // listed when it was added, and watched since
      known->second = folder;
      list(folder, folders, found);
    }
    return {};
  }

  void list(const std::string& folder, std::vector<std::string>& folders, std::vector<WatchEvent>* found) {
    // One that can't be read leaves nothing out here; building says what is wrong with it.
    if (const auto read = ignore_.read_file(root_, folder); !read) ignore_.put_file(folder, {});
    std::error_code error;
    std::filesystem::directory_iterator entry(root_ / folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      std::error_code type_error;  // an entry that vanishes meanwhile is no folder
      const bool is_folder =
          entry->symlink_status(type_error).type() == std::filesystem::file_type::directory;
      std::string path = join_relative(folder, entry->path().filename().string());
      if (ignore_.ignores(path, is_folder)) continue;
      if (found != nullptr) found->push_back({path, false});
      if (is_folder) folders.push_back(std::move(path));
    }
  }

  /// Sleeps until there are events, a wake or the end of `time`; true if it was woken.
  bool sleep(Duration time) {
    std::array<pollfd, 2> descriptors = {pollfd{wake_.get(), POLLIN, 0}, pollfd{queue_.get(), POLLIN, 0}};
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(time.count()));  // -1 is passed over
    std::uint64_t wakes = 0;
    return ::read(wake_.get(), &wakes, sizeof wakes) == sizeof wakes;
  }

  /// Reads what the kernel has queued, and follows it with the watches.
  base::Result<void> collect(WatchEvents& found) {
    alignas(inotify_event) std::array<char, kBufferBytes> buffer;
    for (int reads = 0; reads < kReadsPerTurn && queue_.valid(); ++reads) {
      const ssize_t size = ::read(queue_.get(), buffer.data(), buffer.size());
      if (size <= 0) break;
      const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
      auto applied = apply(translate(parse_inotify(bytes), table_, ignore_), found);
      if (!applied) return applied;
    }
    return {};
  }

  base::Result<void> apply(Translation translation, WatchEvents& found) {
    found.events.insert(found.events.end(), std::make_move_iterator(translation.events.begin()),
                        std::make_move_iterator(translation.events.end()));
    if (translation.lost || translation.root_gone) {
      found.lost = true;
      const auto attached = attach();
      if (!attached) return attached.error();
      return {};
    }
    for (const int watch : translation.ended) table_.erase(watch);
    for (const std::string& folder : translation.folders_to_drop) drop_tree(folder);
    for (const std::string& folder : translation.folders_to_add) {
      auto added = add_tree(folder, &found.events);
      if (!added) return added;
    }
    return {};
  }

  void drop_tree(const std::string& folder) {
    for (auto watch = table_.begin(); watch != table_.end();) {
      if (is_within(watch->second, folder)) {
        ::inotify_rm_watch(queue_.get(), watch->first);  // fails only if the kernel has removed it already
        watch = table_.erase(watch);
      } else {
        ++watch;
      }
    }
  }

  const std::filesystem::path root_;
  package::TreeRules ignore_;
  Descriptor wake_;
  Descriptor queue_;  // none: there is no root
  WatchTable table_;
  std::optional<FolderIdentity> identity_;  // of the root being watched
};

InotifyBackend::InotifyBackend(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
InotifyBackend::~InotifyBackend() = default;

base::Result<std::unique_ptr<InotifyBackend>> InotifyBackend::open(const std::filesystem::path& root,
                                                                   const package::IgnoreOptions& ignore) {
  auto impl = std::make_unique<Impl>(root, ignore);
  auto opened = impl->open();
  if (!opened) return std::move(opened).error();
  return std::unique_ptr<InotifyBackend>(new InotifyBackend(std::move(impl)));
}

base::Result<WatchEvents> InotifyBackend::wait(Duration timeout) {
  return impl_->wait(timeout);
}
void InotifyBackend::wake() {
  impl_->wake();
}

}  // namespace exthost::watch
