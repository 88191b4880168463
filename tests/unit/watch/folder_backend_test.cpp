#include "emulator/watch/folder_backend.h"

#include <sys/resource.h>

#include <memory>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/support/memory_watch_backend.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using namespace exthost::watch;
using testing::ManualTime;
using testing::MemoryWatchBackend;

namespace {

/// Lets this process open no further files for as long as it lives.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual_) == 0);
    rlimit none = usual_;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &usual_); }

 private:
  rlimit usual_{};
};

}  // namespace

TEST_CASE("file systems that do not tell of every change are known by their type") {
  CHECK(silent_file_system(0x6969) == "NFS");
  CHECK(silent_file_system(0x01021997) == "9P");
  CHECK(silent_file_system(0xFFFFFFFFFF534D42ul) == "CIFS");  // sign-extended, as statfs may give it
  CHECK(silent_file_system(0xEF53) == std::nullopt);          // ext4
  CHECK(silent_file_system(0x01021994) == std::nullopt);      // tmpfs
}

TEST_CASE("when the watch limit is reached, polling takes over, and says so once") {
  ManualTime time;
  auto inotify = std::make_shared<MemoryWatchBackend>(&time);
  inotify->fail(
      {base::ErrorKind::unavailable, "no inotify watch is left", std::string(model::codes::kWatchLimit)});
  FallbackBackend backend(
      inotify,
      [&time]() -> std::unique_ptr<WatchBackend> {
        auto polling = std::make_unique<MemoryWatchBackend>(&time);
        polling->tell("seen by polling");
        return polling;
      },
      Duration(250));

  const auto first = backend.wait(Duration(1000));
  REQUIRE(first);
  CHECK(first->lost);
  REQUIRE(first->notice);
  CHECK(first->notice->code == model::codes::kWatchLimit);
  CHECK_THAT(first->notice->message, ContainsSubstring("every 250 ms"));

  const auto second = backend.wait(Duration(1000));
  REQUIRE(second);
  CHECK_FALSE(second->notice);
  REQUIRE(second->events.size() == 1);
  CHECK(second->events[0].path == "seen by polling");
}

TEST_CASE("a notice known from the start comes with the first wait, at once") {
  ManualTime time;
  const Instant start = time.now();
  FallbackBackend backend(std::make_shared<MemoryWatchBackend>(&time), {}, Duration(250),
                          base::Error{base::ErrorKind::unavailable, "on NFS", ""});
  const auto first = backend.wait(Duration(1000));
  REQUIRE(first);
  REQUIRE(first->notice);
  CHECK(time.now() == start);
  const auto second = backend.wait(Duration(1000));
  REQUIRE(second);
  CHECK(second->empty());
}

TEST_CASE("where inotify can't be had at all, the folder is polled, with the reason and the remedy") {
  const testing::SourceTree tree;
  std::unique_ptr<WatchBackend> backend;
  {
    const NoDescriptorsLeft limit;
    BackendOptions options;
    options.fallback_interval = Duration(1);
    backend = open_folder_backend(tree.path(), options);
  }
  const auto first = backend->wait(Duration(10'000));
  REQUIRE(first);
  REQUIRE(first->notice);
  CHECK(first->notice->code == model::codes::kWatchLimit);
  CHECK_THAT(first->notice->message, ContainsSubstring("sysctl"));
  CHECK_THAT(first->notice->message, ContainsSubstring("every 1 ms"));
}

TEST_CASE("polling by wish needs no notice") {
  const testing::SourceTree tree;
  BackendOptions options;
  options.poll_every = Duration(1);
  const auto backend = open_folder_backend(tree.path(), options);
  tree.write("a.js", "1");
  const auto events = backend->wait(Duration(10'000));
  REQUIRE(events);
  CHECK_FALSE(events->notice);
  REQUIRE_FALSE(events->events.empty());
  CHECK(events->events[0].path == "a.js");
}
