// What is told of an extension's folders and build command: real files and processes.

#include "emulator/app/publishing.h"

#include <condition_variable>
#include <map>
#include <mutex>

#include "emulator/base/virtual_scheduler.h"
#include "emulator/storage/blob_actions.h"
#include "emulator/storage/memory_blob_store.h"
#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds kLimit = 20s;

/// An extension with a container in memory and its folders in a temporary one.
class Project {
 public:
  Project() {
    REQUIRE(storage::ensure_container(*store_, {"devstoreaccount1", "demo"}, storage::AccessLevel::none,
                                      clock_.now()));
    extension.hosting_service_name = "demo";
    extension.storage.account = "devstoreaccount1";
    extension.storage.container = "demo";
  }
  ~Project() { publishing.reset(); }

  app::SourceSettings source_with(const std::string& command) const {
    app::SourceSettings source;
    source.folder = tree.path("dist");
    source.version = "1.0.0";
    source.command = app::shell_command(command);
    return source;
  }

  void start() {
    app::PublishingContext context;
    context.project_folder = tree.path();
    app::Publishing::Callbacks callbacks;
    callbacks.show_problems = [this](const std::string& part, std::vector<model::Problem> problems) {
      std::lock_guard lock(mutex_);
      shown_[part] = std::move(problems);
      changed_.notify_all();
    };
    callbacks.waits = [this](const std::string& awaited) {
      std::lock_guard lock(mutex_);
      awaited_ = awaited;
      changed_.notify_all();
    };
    publishing = std::make_unique<app::Publishing>(extension, std::move(context), *store_, clock_, journal_,
                                                   std::move(callbacks));
    publishing->first_turn();
    publishing->start();
  }

  /// Waits until pages show that many problems of a part, and returns them.
  std::vector<model::Problem> wait_for(const std::string& part, std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kLimit, [&] { return shown_[part].size() == count; }));
    return shown_[part];
  }

  /// Waits until what the source waits for has these words; empty: until it waits for nothing.
  void wait_until_awaited(const std::string& words) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kLimit, [&] {
      return words.empty() ? awaited_.empty() : awaited_.find(words) != std::string::npos;
    }));
  }

  testing::SourceTree tree;
  app::ExtensionSettings extension;
  std::unique_ptr<app::Publishing> publishing;

 private:
  base::VirtualScheduler clock_{base::WallTime(std::chrono::seconds(1'800'000'000))};
  base::Journal journal_{clock_};
  std::unique_ptr<storage::BlobStore> store_ = storage::make_memory_blob_store();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::vector<model::Problem>> shown_;
  std::string awaited_;
};

}  // namespace

TEST_CASE("a build command that ended is a problem of the pages until it runs again") {
  Project project;
  project.tree.write("dist/index.html", "x");
  const std::string fails_at_first = "test -e mended && sleep 600; echo no such module; exit 3";
  project.extension.source = project.source_with(fails_at_first);
  project.start();
  const auto problems = project.wait_for("build", 1);
  CHECK(problems[0].code == "EHE6005");
  CHECK_THAT(problems[0].message, ContainsSubstring("exit code 3"));
  CHECK(problems[0].frame == "no such module\n");

  SECTION("because somebody restarts it") {
    project.tree.write("mended", "");
    REQUIRE(project.publishing->restart_command());
    project.wait_for("build", 0);
  }
  SECTION("or the settings name another, or none") {
    project.publishing->change_source(project.source_with("echo another; exit 4"));
    CHECK(project.wait_for("build", 1).size() == 1);
    project.publishing->change_source(std::nullopt);
    project.wait_for("build", 0);
  }
}

TEST_CASE("a source's problem goes with the source") {
  Project project;
  project.tree.make_folder("dist");
  project.extension.source = project.source_with("sleep 600");
  project.start();
  CHECK(project.wait_for("source", 1)[0].code == "EHE6004");
  project.publishing->change_source(std::nullopt);
  project.wait_for("source", 0);
}

TEST_CASE("a seed's problems are the pages' until the seed can be copied again") {
  Project project;
  project.tree.write("seed/1.0.0.1/index.html", "x");
  project.tree.write("seed/1.0.0.1.zip", "which of the two?");
  project.extension.storage.seed = project.tree.path("seed");
  project.start();
  CHECK_THAT(project.wait_for("seed", 1)[0].message, ContainsSubstring("1.0.0.1"));
  project.tree.remove("seed/1.0.0.1.zip");
  project.wait_for("seed", 0);
}

TEST_CASE("a source says what it waits for, until it was packed, cannot be, or is gone") {
  Project project;
  project.tree.write("dist/index.html", "x");
  project.extension.source = project.source_with("sleep 600");
  project.extension.source->ready = project.tree.path("built");
  project.start();
  project.wait_until_awaited("built is written");

  SECTION("packed") {
    project.tree.write("built", "");
  }
  SECTION("nothing to pack") {
    project.tree.remove("dist/index.html");
    project.tree.write("built", "");
    project.wait_for("source", 1);
  }
  SECTION("gone") {
    project.publishing->change_source(std::nullopt);
  }
  project.wait_until_awaited("");
}
