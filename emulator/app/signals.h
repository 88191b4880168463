#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace exthost::app {

/// Takes this process's signals on a thread of its own. Make it before any other thread, since they inherit
/// what it blocks.
///
/// SIGHUP calls `on_reload` if the process was started without a terminal, as services are (ux.md 10.4).
/// SIGINT, SIGTERM and any other SIGHUP ask for an end: the first one calls `on_end`; another one, if it
/// comes more than 100 ms later (a terminal and a package manager may both pass on one Ctrl-C), ends the
/// process at once with 128 + its number. SIGUSR1 calls `on_dump`. SIGPIPE is ignored. Around a stop by
/// the terminal (Ctrl-Z) the terminal is as it was before the program (Keyboard::release).
class SignalWatcher {
 public:
  SignalWatcher(std::function<void(int signal)> on_end, std::function<void()> on_dump,
                std::function<void()> on_reload);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  void run();
  void stop_process();

  std::function<void(int)> on_end_;
  std::function<void()> on_dump_;
  std::function<void()> on_reload_;
  bool has_terminal_;
  sigset_t signals_{};
  std::jthread thread_;
};

}  // namespace exthost::app
