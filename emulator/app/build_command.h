#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "emulator/app/child_process.h"
#include "emulator/base/result.h"

namespace exthost::app {

/// The user's own build in watch mode (`source.command`): started with this, ended with it.
///
/// When it ends by itself that is told, and it stays so until `restart`. All members are for any thread.
class BuildCommand {
 public:
  /// Called on the command's thread, with no lock held; each may be empty.
  struct Callbacks {
    std::function<void()> on_started;
    std::function<void(const std::string& line)> on_line;  ///< As OutputLines has it.
    /// It ended by itself, or could not be started: kBuildCommandEnded. `tail` are the last lines it printed.
    std::function<void(const base::Error& error, int exit_code, const std::vector<std::string>& tail)>
        on_ended;
  };

  /// What the group has from SIGTERM to SIGKILL.
  static constexpr std::chrono::milliseconds kGrace{5000};

  /// Starts it, on a thread of its own. `arguments` as for ChildProcess.
  BuildCommand(std::vector<std::string> arguments, std::filesystem::path folder, Callbacks callbacks,
               std::chrono::milliseconds grace = kGrace);
  /// Ends it with its group, and waits for that: `grace` at most, and a moment.
  ~BuildCommand();
  BuildCommand(const BuildCommand&) = delete;
  BuildCommand& operator=(const BuildCommand&) = delete;

  /// Begins its end, for good. Returns at once.
  void stop();

  /// Ends it if it runs, and starts it anew. Returns at once.
  void restart();

 private:
  enum class Wish { run, rest, stop };

  void work();
  void run_once();

  const std::vector<std::string> arguments_;
  const std::filesystem::path folder_;
  const Callbacks callbacks_;
  const std::chrono::milliseconds grace_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Wish wish_ = Wish::run;
  pid_t keeper_ = -1;    // of the one that runs
  std::jthread thread_;  // last: it uses all of the above
};

/// A command as it was written: the text given to the shell, or the words.
std::string shown_command(const std::vector<std::string>& arguments);

/// The words that have the shell run `text`.
std::vector<std::string> shell_command(const std::string& text);

}  // namespace exthost::app
