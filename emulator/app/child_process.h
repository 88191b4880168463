#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::app {

/// How a child's run ended.
struct ChildExit {
  int code = 0;  ///< 128 + the signal's number if a signal ended it.
};

/// A program that runs beside us for a long time, with all that it starts.
///
/// It gets a process group of its own and no input, so a key press in our terminal is none of its business.
/// Between it and us stands a keeper, a process of ours that does nothing but wait: it ends the whole group,
/// with SIGTERM and after `grace` with SIGKILL, when `end` asks for that, when the program itself has ended
/// and left others behind, and when this process goes, however it goes. Nothing that we have open is passed
/// on.
///
/// All but `end` must be called on one thread, which must live until `wait` has returned: the system takes
/// its end for ours.
class ChildProcess {
 public:
  /// Runs `arguments`, found by PATH, in `folder`. `not_found` if there is no such program, `unavailable` if
  /// it can't be run.
  static base::Result<ChildProcess> start(const std::vector<std::string>& arguments,
                                          const std::filesystem::path& folder,
                                          std::chrono::milliseconds grace);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Ends it, and waits for that.
  ~ChildProcess();

  /// Passes on what it prints, standard output and standard error together, as it comes, until it and
  /// its group have ended. Once.
  void read(const std::function<void(std::string_view)>& on_output);

  /// How it ended. Once, after `read`.
  ChildExit wait();

  /// The keeper's process id, for `end`. It may be another's as soon as `wait` has begun.
  pid_t keeper() const { return keeper_; }

  /// Asks a keeper to end its group. Any thread.
  static void end(pid_t keeper);

 private:
  ChildProcess(pid_t keeper, int output, int life) : keeper_(keeper), output_(output), life_(life) {}

  pid_t keeper_ = -1;  // -1: waited for
  int output_ = -1;
  int life_ = -1;  // ends with the keeper
};

}  // namespace exthost::app
