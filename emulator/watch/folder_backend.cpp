#include "emulator/watch/folder_backend.h"

#include <sys/statfs.h>

#include <array>
#include <string_view>
#include <utility>

#include "emulator/watch/inotify_backend.h"
#include "emulator/watch/polling_backend.h"

namespace exthost::watch {
namespace {

struct SilentFileSystem {
  unsigned long type;
  const char* name;
};

// statfs(2), f_type. Each shows changes made on another machine or on the host, and sends no event for them.
constexpr std::array<SilentFileSystem, 8> kSilentFileSystems = {{{0x6969, "NFS"},
                                                                 {0x517B, "SMB"},
                                                                 {0xFE534D42, "SMB2"},
                                                                 {0xFF534D42, "CIFS"},
                                                                 {0x01021997, "9P"},
                                                                 {0x65735546, "FUSE"},
                                                                 {0x786F4256, "vboxsf"},
                                                                 {0x00C36400, "CephFS"}}};

base::Error polling_notice(base::Error cause, Duration interval) {
  cause.message += "; looking for changes every " + std::to_string(interval.count()) + " ms instead";
  return cause;
}

}  // namespace

std::optional<std::string> silent_file_system(unsigned long type) {
  for (const SilentFileSystem& known : kSilentFileSystems) {
    if (known.type == (type & 0xFFFFFFFFul)) return known.name;
  }
  return std::nullopt;
}

std::unique_ptr<WatchBackend> open_folder_backend(const std::filesystem::path& root,
                                                  const BackendOptions& options) {
  if (options.poll_every) return std::make_unique<PollingBackend>(root, options.ignore, *options.poll_every);

  const Duration interval = options.fallback_interval;
  const auto poll = [root, ignore = options.ignore, interval]() -> std::unique_ptr<WatchBackend> {
    return std::make_unique<PollingBackend>(root, ignore, interval);
  };
  struct statfs status {};
  if (::statfs(root.c_str(), &status) == 0) {
    if (const auto name = silent_file_system(static_cast<unsigned long>(status.f_type))) {
      base::Error silent{base::ErrorKind::unavailable,
                         root.string() + " is on " + *name + ", which does not tell of every change", ""};
      return std::make_unique<FallbackBackend>(poll(), poll, interval,
                                               polling_notice(std::move(silent), interval));
    }
  }
  auto inotify = InotifyBackend::open(root, options.ignore);
  if (inotify) return std::make_unique<FallbackBackend>(*std::move(inotify), poll, interval);
  return std::make_unique<FallbackBackend>(poll(), poll, interval,
                                           polling_notice(std::move(inotify).error(), interval));
}

std::unique_ptr<WatchBackend> open_file_backend(const std::filesystem::path& file, BackendOptions options) {
  std::string glob = "!/";
  for (const char c : file.filename().string()) {
    if (std::string_view("\\*?[ ").find(c) != std::string_view::npos) glob += '\\';
    glob += c;
  }
  options.ignore = {"/*", glob};
  return open_folder_backend(file.parent_path(), options);
}

FallbackBackend::FallbackBackend(std::shared_ptr<WatchBackend> first, MakeBackend substitute,
                                 Duration interval, std::optional<base::Error> notice)
    : current_(std::move(first)),
      substitute_(std::move(substitute)),
      interval_(interval),
      notice_(std::move(notice)) {}

base::Result<WatchEvents> FallbackBackend::wait(Duration timeout) {
  const auto current = current_.with([](const auto& backend) { return backend; });
  auto events = current->wait(notice_ ? Duration::zero() : timeout);
  if (events) {
    if (notice_) events->notice = std::exchange(notice_, std::nullopt);
    return events;
  }
  std::shared_ptr<WatchBackend> next = substitute_();
  current_.with([&next](auto& backend) { backend.swap(next); });
  WatchEvents look_at_everything;
  look_at_everything.lost = true;
  look_at_everything.notice = polling_notice(std::move(events).error(), interval_);
  return look_at_everything;
}

void FallbackBackend::wake() {
  current_.with([](const auto& backend) { return backend; })->wake();
}

}  // namespace exthost::watch
