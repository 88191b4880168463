// A build in watch mode: real processes, told apart by what they print and by files that they write.

#include "emulator/app/build_command.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <fstream>
#include <mutex>

#include "emulator/model/codes.h"
#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

using namespace exthost;
using app::BuildCommand;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds kLimit = 20s;

/// What a command told, to be waited for.
class Told {
 public:
  BuildCommand::Callbacks callbacks() {
    BuildCommand::Callbacks callbacks;
    callbacks.on_started = [this] { note([this] { ++started_; }); };
    callbacks.on_line = [this](const std::string& line) { note([&] { lines_.push_back(line); }); };
    callbacks.on_ended = [this](const base::Error& error, int code, const std::vector<std::string>& tail) {
      note([&] {
        ends_.push_back(error);
        exit_code_ = code;
        tail_ = tail;
      });
    };
    return callbacks;
  }
  void wait_for_line(const std::string& line, std::size_t times = 1) {
    wait([&] { return static_cast<std::size_t>(std::count(lines_.begin(), lines_.end(), line)) >= times; },
         line);
  }
  /// The number behind `name ` in a line.
  pid_t wait_for_number(const std::string& name) {
    pid_t number = 0;
    wait(
        [&] {
          for (const std::string& line : lines_) {
            if (line.starts_with(name + " ")) number = std::stoi(line.substr(name.size() + 1));
          }
          return number != 0;
        },
        name);
    return number;
  }
  base::Error wait_for_end() {
    wait([&] { return !ends_.empty(); }, "an end");
    std::lock_guard lock(mutex_);
    return ends_.back();
  }
  int exit_code() const { return exit_code_; }
  std::vector<std::string> tail() const { return tail_; }
  std::size_t ends() {
    std::lock_guard lock(mutex_);
    return ends_.size();
  }
  std::size_t started() {
    std::lock_guard lock(mutex_);
    return started_;
  }

 private:
  template <class F>
  void note(F change) {
    std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  template <class F>
  void wait(F holds, const std::string& what) {
    std::unique_lock lock(mutex_);
    INFO("waiting for " << what);
    REQUIRE(changed_.wait_for(lock, kLimit, holds));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t started_ = 0;
  std::vector<std::string> lines_, tail_;
  std::vector<base::Error> ends_;
  int exit_code_ = -1;
};

/// Whether the process is gone: ended, and its end taken.
bool is_gone(pid_t process) {
  return ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

TEST_CASE("a command runs in its folder, and says what it prints to both outputs") {
  const testing::SourceTree tree;
  tree.write("here.txt", "x");
  Told told;
  BuildCommand command(app::shell_command("ls; echo to stderr >&2; cat; sleep 600"), tree.path(),
                       told.callbacks());
  told.wait_for_line("here.txt");
  told.wait_for_line("to stderr");
  CHECK(told.ends() == 0);
}

TEST_CASE("a command may be a list of words, which no shell sees") {
  Told told;
  BuildCommand command({"printf", "%s\\n", "a b", "$HOME"}, "/", told.callbacks());
  told.wait_for_line("a b");
  told.wait_for_line("$HOME");
}

TEST_CASE("a command that ends by itself is told with its exit code and what it printed last") {
  Told told;
  BuildCommand command(app::shell_command("echo one; echo two; exit 3"), "/", told.callbacks());
  const base::Error end = told.wait_for_end();
  CHECK(end.code == model::codes::kBuildCommandEnded);
  CHECK_THAT(end.message, ContainsSubstring("exit code 3"));
  CHECK_THAT(end.message, ContainsSubstring("echo one; echo two; exit 3"));
  CHECK(told.exit_code() == 3);
  CHECK(told.tail() == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a command that a signal ended has the code that a shell would give it") {
  Told told;
  BuildCommand command(app::shell_command("kill -9 $$"), "/", told.callbacks());
  told.wait_for_end();
  CHECK(told.exit_code() == 128 + SIGKILL);
}

TEST_CASE("a command that can't be started says why, and may be tried again") {
  const testing::SourceTree tree;
  Told told;
  BuildCommand command({tree.path("later.sh").string()}, tree.path(), told.callbacks());
  CHECK_THAT(told.wait_for_end().message, ContainsSubstring("No such file"));
  CHECK(told.started() == 0);
  tree.write("later.sh", "#!/bin/sh\necho here now\nsleep 600\n");
  std::filesystem::permissions(tree.path("later.sh"), std::filesystem::perms::owner_all);
  command.restart();
  told.wait_for_line("here now");

  Told nowhere;
  BuildCommand lost({"true"}, tree.path("absent"), nowhere.callbacks());
  CHECK_THAT(nowhere.wait_for_end().message, ContainsSubstring("absent"));
}

TEST_CASE("a restart ends the whole group and starts anew, without a word of an end") {
  Told told;
  BuildCommand command(app::shell_command("sleep 600 & echo child $!; echo up; wait"), "/", told.callbacks());
  told.wait_for_line("up");
  const pid_t first = told.wait_for_number("child");
  command.restart();
  told.wait_for_line("up", 2);
  CHECK(is_gone(first));
  CHECK(told.started() == 2);
  CHECK(told.ends() == 0);
}

TEST_CASE("the end of the command ends its group, also what does not listen to SIGTERM") {
  Told told;
  pid_t child = 0;
  pid_t stubborn = 0;
  {
    BuildCommand command(
        app::shell_command(
            "sleep 600 & echo child $!; (trap '' TERM; echo ready; while :; do sleep 1; done) & "
            "echo stubborn $!; wait"),
        "/", told.callbacks(), std::chrono::milliseconds(200));
    child = told.wait_for_number("child");
    stubborn = told.wait_for_number("stubborn");
    told.wait_for_line("ready");
  }
  CHECK(is_gone(child));
  CHECK(is_gone(stubborn));
  CHECK(told.ends() == 0);
}

TEST_CASE("what a command leaves behind when it ends goes with it") {
  Told told;
  BuildCommand command(app::shell_command("sleep 600 & echo child $!; exit 0"), "/", told.callbacks());
  const pid_t child = told.wait_for_number("child");
  told.wait_for_end();
  CHECK(is_gone(child));
  CHECK(told.exit_code() == 0);
}

TEST_CASE("a command that closes its output runs on, and can still be ended") {
  const testing::SourceTree tree;
  Told told;
  {
    BuildCommand command(app::shell_command("echo going quiet; exec >/dev/null 2>&1; sleep 600"), tree.path(),
                         told.callbacks());
    told.wait_for_line("going quiet");
  }
  CHECK(told.ends() == 0);
}

TEST_CASE("nothing that we have open is the command's") {
  const testing::SourceTree tree;
  std::ofstream ours(tree.path("ours.txt"));
  REQUIRE(ours);
  Told told;
  BuildCommand command(
      app::shell_command("ls -l /proc/self/fd | grep -q ours.txt && echo found || echo clean"), "/",
      told.callbacks());
  told.wait_for_line("clean");
}
