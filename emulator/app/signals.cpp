#include "emulator/app/signals.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <utility>

#include "emulator/app/keyboard.h"

namespace exthost::app {
namespace {

constexpr int kWakeUp = SIGUSR2;  // sent by the destructor to its own thread only
constexpr std::chrono::milliseconds kSameKeyPress{100};

/// Asked at the start: a terminal that hangs up is gone when its SIGHUP comes.
bool has_controlling_terminal() {
  const int terminal = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (terminal >= 0) ::close(terminal);
  return terminal >= 0;
}

}  // namespace

SignalWatcher::SignalWatcher(std::function<void(int)> on_end, std::function<void()> on_dump,
                             std::function<void()> on_reload)
    : on_end_(std::move(on_end)),
      on_dump_(std::move(on_dump)),
      on_reload_(std::move(on_reload)),
      has_terminal_(has_controlling_terminal()) {
  std::signal(SIGPIPE, SIG_IGN);
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGTSTP, SIGCONT, kWakeUp})
    sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::jthread([this] { run(); });
}

SignalWatcher::~SignalWatcher() {
  pthread_kill(thread_.native_handle(), kWakeUp);
}

/// Does what the system does for SIGTSTP if it is not blocked; returns once the process goes on.
void SignalWatcher::stop_process() {
  Keyboard::release();
  sigset_t stop{};
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  ::kill(::getpid(), SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);  // it comes here
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  Keyboard::retake();
}

void SignalWatcher::run() {
  std::optional<std::chrono::steady_clock::time_point> first_end;
  for (;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    if (signal == kWakeUp) return;
    if (signal == SIGUSR1) {
      on_dump_();
      continue;
    }
    if (signal == SIGTSTP) {
      stop_process();
      continue;
    }
    if (signal == SIGCONT) {
      Keyboard::retake();
      continue;
    }
    if (signal == SIGHUP && !has_terminal_) {
      on_reload_();
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!first_end) {
      first_end = now;
      on_end_(signal);
    } else if (now - *first_end > kSameKeyPress) {
      Keyboard::release();
      ::_exit(128 + signal);
    }
  }
}

}  // namespace exthost::app
