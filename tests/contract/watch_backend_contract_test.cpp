// What every WatchBackend promises (watch_backend.h), on the real ones and on the one in memory.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "emulator/watch/folder_backend.h"
#include "emulator/watch/inotify_backend.h"
#include "emulator/watch/inotify_translation.h"
#include "emulator/watch/polling_backend.h"
#include "tests/support/catch.h"
#include "tests/support/memory_watch_backend.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using namespace exthost::watch;
using namespace std::chrono_literals;

namespace {

constexpr Duration kDeadline = 20s;

/// A tree that a test changes, and the back end that watches it.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual void write(const std::string& path) = 0;
  virtual void remove(const std::string& path) = 0;
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual WatchBackend& backend() = 0;

  /// Waits until each of the paths was told, by itself, by a folder above it or by `lost`.
  void expect(std::set<std::string> paths) {
    const Instant deadline = std::chrono::steady_clock::now() + kDeadline;
    while (!paths.empty()) {
      INFO("not told of: " << *paths.begin());
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      const auto events = backend().wait(kDeadline);
      REQUIRE(events);
      if (events->lost) return;
      for (const WatchEvent& event : events->events) {
        for (auto path = paths.begin(); path != paths.end();) {
          path = is_within(*path, event.path) ? paths.erase(path) : std::next(path);
        }
      }
    }
  }
  /// Waits until a marker, written last, is told: all before it has been told then.
  void drain() {
    write("marker-" + std::to_string(++markers_));
    expect({"marker-" + std::to_string(markers_)});
  }

 private:
  int markers_ = 0;
};

class WatchedFolder : public Watched {
 public:
  void write(const std::string& path) override { tree_.write(path, "text " + std::to_string(++writes_)); }
  void remove(const std::string& path) override { tree_.remove(path); }
  void rename(const std::string& from, const std::string& to) override { tree_.rename(from, to); }
  WatchBackend& backend() override { return *backend_; }

 protected:
  WatchedFolder() {
    tree_.write("index.html", "x");
    tree_.write("js/app.js", "x");
  }
  testing::SourceTree tree_;
  std::unique_ptr<WatchBackend> backend_;
  int writes_ = 0;
};

struct ByInotify final : WatchedFolder {
  ByInotify() {
    auto backend = InotifyBackend::open(tree_.path(), {});
    REQUIRE(backend);
    backend_ = *std::move(backend);
  }
};

struct ByPolling final : WatchedFolder {
  ByPolling() {
    backend_ = std::make_unique<PollingBackend>(tree_.path(), std::vector<std::string>(), Duration(2));
  }
};

struct ByChoice final : WatchedFolder {
  ByChoice() { backend_ = open_folder_backend(tree_.path(), {}); }
};

struct InMemory final : Watched {
  void write(const std::string& path) override { memory_.tell(path); }
  void remove(const std::string& path) override { memory_.tell(path); }
  void rename(const std::string& from, const std::string& to) override {
    memory_.tell(from);
    memory_.tell(to);
  }
  WatchBackend& backend() override { return memory_; }

 private:
  testing::MemoryWatchBackend memory_;
};

}  // namespace

TEMPLATE_TEST_CASE("a back end tells of files written, removed and renamed", "", ByInotify, ByPolling,
                   ByChoice, InMemory) {
  TestType watched;
  watched.write("index.html");
  watched.write("js/app.js");
  watched.write("js/new.js");
  watched.expect({"index.html", "js/app.js", "js/new.js"});
  watched.remove("js/new.js");
  watched.expect({"js/new.js"});
  watched.rename("index.html", "default.html");
  watched.expect({"index.html", "default.html"});
}

TEMPLATE_TEST_CASE("what happened before the first wait is told by it", "", ByInotify, ByPolling, ByChoice,
                   InMemory) {
  TestType watched;
  watched.write("js/app.js");
  watched.remove("index.html");
  watched.expect({"js/app.js", "index.html"});
}

TEMPLATE_TEST_CASE("files in folders made a moment ago are told, however deep", "", ByInotify, ByPolling,
                   ByChoice, InMemory) {
  TestType watched;
  std::set<std::string> paths;
  for (int i = 0; i < 50; ++i) {
    const std::string path = "new" + std::to_string(i) + "/a/b/file.js";
    watched.write(path);
    paths.insert(path);
  }
  watched.expect(paths);
}

TEMPLATE_TEST_CASE("a folder that was renamed is watched under its new name", "", ByInotify, ByPolling,
                   ByChoice, InMemory) {
  TestType watched;
  watched.write("js/deep/x.js");
  watched.expect({"js/deep/x.js"});
  watched.rename("js", "scripts");
  watched.expect({"js/app.js", "scripts/app.js", "scripts/deep/x.js"});
  watched.drain();
  watched.write("scripts/deep/x.js");
  watched.expect({"scripts/deep/x.js"});
}

TEMPLATE_TEST_CASE("a wait ends with its time when nothing happens", "", ByInotify, ByPolling, ByChoice,
                   InMemory) {
  TestType watched;
  watched.drain();
  // Hints may come late; when they have ended, a wait brings nothing.
  const Instant deadline = std::chrono::steady_clock::now() + kDeadline;
  while (true) {
    const auto events = watched.backend().wait(Duration(30));
    REQUIRE(events);
    if (events->empty()) break;
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  }
}

TEMPLATE_TEST_CASE("a wake ends a wait, or the next one", "", ByInotify, ByPolling, ByChoice, InMemory) {
  TestType watched;
  const Instant start = std::chrono::steady_clock::now();
  watched.backend().wake();
  REQUIRE(watched.backend().wait(Duration(60s)));
  std::thread other([&watched] { watched.backend().wake(); });
  REQUIRE(watched.backend().wait(Duration(60s)));
  other.join();
  CHECK(std::chrono::steady_clock::now() - start < 60s);
}

namespace {

/// Waits until everything before was told and a wait brings `lost`.
void expect_lost(WatchBackend& backend) {
  const Instant deadline = std::chrono::steady_clock::now() + kDeadline;
  while (true) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    const auto events = backend.wait(kDeadline);
    REQUIRE(events);
    if (events->lost) return;
  }
}

void expect_path(WatchBackend& backend, const std::string& path) {
  const Instant deadline = std::chrono::steady_clock::now() + kDeadline;
  while (true) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    const auto events = backend.wait(kDeadline);
    REQUIRE(events);
    for (const WatchEvent& event : events->events) {
      if (is_within(path, event.path)) return;
    }
  }
}

std::unique_ptr<WatchBackend> inotify(const std::filesystem::path& root,
                                      const package::IgnoreOptions& ignore = {}) {
  auto backend = InotifyBackend::open(root, ignore);
  REQUIRE(backend);
  return *std::move(backend);
}

std::unique_ptr<WatchBackend> polling(const std::filesystem::path& root,
                                      const package::IgnoreOptions& ignore = {}) {
  return std::make_unique<PollingBackend>(root, ignore, Duration(2));
}

}  // namespace

TEST_CASE("a root that vanishes and comes back is told as lost, and watched again") {
  for (const auto& open : {inotify, polling}) {
    const testing::SourceTree tree;
    tree.write("output/a.js", "1");
    const auto backend = open(tree.path("output"), {});
    tree.remove("output");
    expect_lost(*backend);
    tree.write("output/b.js", "2");
    expect_lost(*backend);
    tree.write("output/c.js", "3");
    expect_path(*backend, "c.js");
  }
}

TEST_CASE("a root that is swapped for another folder is watched in its place") {
  const testing::SourceTree tree;
  tree.write("output/a.js", "1");
  tree.write("next/b.js", "1");
  const auto backend = inotify(tree.path("output"));
  tree.rename("output", "old");
  tree.rename("next", "output");
  expect_lost(*backend);
  tree.write("output/b.js", "2");
  expect_path(*backend, "b.js");
}

TEST_CASE("a root that is a link is watched where it leads, also when it is led elsewhere") {
  const testing::SourceTree tree;
  tree.write("v1/a.js", "1");
  tree.write("v2/a.js", "1");
  tree.link(tree.path("v1"), "current");
  const auto backend = inotify(tree.path("current"));
  tree.write("v1/a.js", "2");
  expect_path(*backend, "a.js");
  tree.link(tree.path("v2"), "next");
  tree.rename("next", "current");
  expect_lost(*backend);
  tree.write("v2/a.js", "2");
  expect_path(*backend, "a.js");
}

TEST_CASE("a root that is not there yet is waited for") {
  for (const auto& open : {inotify, polling}) {
    const testing::SourceTree tree;
    const auto backend = open(tree.path("later"), {});
    tree.write("later/a.js", "1");
    expect_lost(*backend);
    tree.write("later/b.js", "1");
    expect_path(*backend, "b.js");
  }
}

TEST_CASE("what a link inside leads to is told where it lies; a link to the outside is not followed") {
  const testing::SourceTree tree;
  const testing::SourceTree outside;
  outside.write("secret.txt", "1");
  tree.write("real/a.js", "1");
  tree.link(tree.path("real"), "alias");
  tree.link(outside.path(), "away");
  tree.link(tree.path(), "loop");
  const auto backend = inotify(tree.path());
  outside.write("secret.txt", "2");
  tree.write("alias/a.js", "2");
  const auto events = backend->wait(kDeadline);
  REQUIRE(events);
  REQUIRE_FALSE(events->events.empty());
  for (const WatchEvent& event : events->events) CHECK(event.path == "real/a.js");
}

TEST_CASE("folders that are left out are not watched") {
  const testing::SourceTree tree;
  tree.write("node_modules/x/a.js", "1");
  const auto backend = inotify(tree.path(), {"node_modules/", "*.map"});
  tree.write("node_modules/x/a.js", "2");
  tree.write(".git/index", "1");
  tree.write("app.js.map", "1");
  tree.write("app.js", "1");
  const auto events = backend->wait(kDeadline);
  REQUIRE(events);
  REQUIRE_FALSE(events->events.empty());
  for (const WatchEvent& event : events->events) CHECK(event.path == "app.js");
}

TEST_CASE("what a .gitignore leaves out is not told, until it says otherwise") {
  for (const auto& open : {inotify, polling}) {
    const testing::SourceTree tree;
    tree.write(".gitignore", "node_modules/\n*.map\n");
    tree.write("lib/.gitignore", "/only.js\n");
    tree.write("node_modules/x/a.js", "1");
    const auto backend = open(tree.path(), package::IgnoreOptions({}, true));
    for (const char* path : {"node_modules/x/a.js", "app.js.map", "lib/only.js", "app.js"})
      tree.write(path, "2");
    for (bool told = false; !told;) {
      const auto events = backend->wait(kDeadline);
      REQUIRE(events);
      REQUIRE_FALSE(events->empty());
      for (const WatchEvent& event : events->events) {
        // What was written a moment before the first look may be told by it.
        if (event.path != ".gitignore" && event.path != "lib/.gitignore") CHECK(event.path == "app.js");
        told = told || event.path == "app.js";
      }
    }
    tree.write(".gitignore", "*.map\n");
    const Instant deadline = std::chrono::steady_clock::now() + kDeadline;
    for (bool told = false; !told;) {  // `lost` by the one, the files themselves by the other
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      const auto events = backend->wait(kDeadline);
      REQUIRE(events);
      told = events->lost;
      for (const WatchEvent& event : events->events) told = told || event.path == "node_modules/x/a.js";
    }
    tree.write("node_modules/x/a.js", "3");
    expect_path(*backend, "node_modules/x/a.js");
  }
}

TEST_CASE("one file is watched without the rest of its folder") {
  const testing::SourceTree tree;
  tree.write("dist/[ready] *.txt", "1");
  tree.write("dist/node_modules/a.js", "1");
  BackendOptions options;
  const auto backend = open_file_backend(tree.path("dist/[ready] *.txt"), options);
  tree.write("dist/node_modules/a.js", "2");
  tree.write("dist/r", "2");
  tree.write("dist/[ready] x.txt", "2");
  tree.write("dist/[ready] *.txt", "2");
  const auto events = backend->wait(kDeadline);
  REQUIRE(events);
  REQUIRE_FALSE(events->events.empty());
  for (const WatchEvent& event : events->events) CHECK(event.path == "[ready] *.txt");
  tree.remove("dist");
  expect_lost(*backend);
  tree.write("dist/[ready] *.txt", "3");
  expect_lost(*backend);
}

TEST_CASE("a folder that is moved in is watched, one that is moved out no longer") {
  const testing::SourceTree tree;
  const testing::SourceTree elsewhere;
  elsewhere.write("lib/deep/a.js", "1");
  tree.write("gone/b.js", "1");
  const auto backend = inotify(tree.path());
  std::filesystem::rename(elsewhere.path("lib"), tree.path("lib"));
  std::filesystem::rename(tree.path("gone"), elsewhere.path("gone"));
  expect_path(*backend, "lib/deep/a.js");
  tree.write("marker", "1");
  expect_path(*backend, "marker");
  elsewhere.write("gone/b.js", "2");
  tree.write("lib/deep/a.js", "2");
  expect_path(*backend, "lib/deep/a.js");
  tree.write("marker", "2");
  const Instant deadline = std::chrono::steady_clock::now() + kDeadline;
  for (bool marked = false; !marked;) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    const auto events = backend->wait(kDeadline);
    REQUIRE(events);
    for (const WatchEvent& event : events->events) {
      CHECK_FALSE(is_within(event.path, "gone"));
      marked = marked || event.path == "marker";
    }
  }
}

TEST_CASE("more events than the kernel's queue holds are told as lost, and nothing is missed after that") {
  std::size_t queue_length = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue_length;
  if (queue_length == 0 || queue_length > 100'000) {
    WARN("the event queue of this machine is too long to be filled in a test: " << queue_length);
    return;
  }
  const testing::SourceTree tree;
  tree.write("a", "1");
  tree.write("b", "1");
  const auto backend = inotify(tree.path());
  const auto time = std::filesystem::last_write_time(tree.path("a"));
  for (std::size_t i = 0; i <= queue_length; ++i) {
    std::filesystem::last_write_time(tree.path(i % 2 == 0 ? "a" : "b"), time);
  }
  tree.make_folder("made/meanwhile");
  expect_lost(*backend);
  tree.write("made/meanwhile/c.js", "1");
  expect_path(*backend, "made/meanwhile/c.js");
}
