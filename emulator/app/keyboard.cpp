#include "emulator/app/keyboard.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <utility>

#include "emulator/base/result.h"

namespace exthost::app {
namespace {

constexpr int kTerminal = STDIN_FILENO;
constexpr std::size_t kMostTyped = 4;     // keys at once: more were pasted
constexpr int kLookForTerminalMs = 1000;  // in the background: a shell does not always tell when that ends
constexpr std::array kDeadlySignals = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV};

// Signal handlers reach nothing but globals. The modes are written before `taken` is set, and not after.
termios original_modes{};
termios key_modes{};
std::atomic<bool> taken{false};

bool in_foreground() noexcept {
  return ::tcgetpgrp(kTerminal) == ::getpgrp();
}

/// Sets the terminal's modes if it is ours now. SIGTTOU would stop the process if it went to the background
/// just then.
void set_modes(const termios& modes) noexcept {
  sigset_t block{}, before{};
  sigemptyset(&block);
  sigaddset(&block, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &block, &before);
  if (in_foreground()) ::tcsetattr(kTerminal, TCSANOW, &modes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

extern "C" void put_back_and_die(int signal) {
  Keyboard::release();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// Puts the terminal back before a signal ends the process, unless somebody else minds that signal.
void mind_deadly_signals() {
  for (const int signal : kDeadlySignals) {
    struct sigaction current {};
    if (::sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_DFL)
      std::signal(signal, put_back_and_die);
  }
}

void forget_deadly_signals() {
  for (const int signal : kDeadlySignals) {
    struct sigaction current {};
    if (::sigaction(signal, nullptr, &current) == 0 && current.sa_handler == put_back_and_die)
      std::signal(signal, SIG_DFL);
  }
}

/// Of what a function key, or a key with Alt, sends: ESC and what belongs to it (ECMA-48, 5.4). `sent` begins
/// with ESC.
std::size_t sequence_length(std::string_view sent) {
  if (sent.size() < 2) return sent.size();
  if (sent[1] == 'O') return std::min<std::size_t>(sent.size(), 3);
  if (sent[1] != '[') return 2;
  std::size_t last = 2;
  while (last < sent.size() && sent[last] < '@') ++last;
  return std::min(sent.size(), last + 1);
}

}  // namespace

bool Keyboard::is_available() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1 && in_foreground();
}

void Keyboard::release() noexcept {
  const int fault = errno;  // a handler must leave it
  if (taken.load()) set_modes(original_modes);
  errno = fault;
}

void Keyboard::retake() noexcept {
  if (taken.load()) set_modes(key_modes);
}

Keyboard::Keyboard(std::function<void(char)> on_key) : on_key_(std::move(on_key)) {
  EXTHOST_CHECK(!taken.load());
  if (::tcgetattr(kTerminal, &original_modes) != 0) return;  // it has just gone: there are no keys
  std::array<int, 2> wake{};
  if (::pipe2(wake.data(), O_CLOEXEC) != 0) return;
  wake_read_ = wake[0];
  wake_write_ = wake[1];
  key_modes = original_modes;
  key_modes.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  key_modes.c_cc[VMIN] = 1;
  key_modes.c_cc[VTIME] = 0;
  taken.store(true);
  mind_deadly_signals();
  set_modes(key_modes);
  thread_ = std::jthread([this] { run(); });
}

Keyboard::~Keyboard() {
  if (wake_write_ < 0) return;
  release();
  taken.store(false);
  forget_deadly_signals();
  ::close(wake_write_);  // the thread's end of the pipe tells of it
  thread_.join();
  ::close(wake_read_);
}

void Keyboard::run() {
  // In the background a read fails instead of stopping the process.
  sigset_t block{};
  sigemptyset(&block);
  sigaddset(&block, SIGTTIN);
  pthread_sigmask(SIG_BLOCK, &block, nullptr);
  bool away = false;
  for (;;) {
    if (std::exchange(away, !in_foreground()) && !away) retake();
    std::array<pollfd, 2> ready{{{wake_read_, POLLIN, 0}, {kTerminal, POLLIN, 0}}};
    const int count = ::poll(ready.data(), away ? 1 : 2, away ? kLookForTerminalMs : -1);
    if (count < 0 && errno != EINTR) return;
    if (count <= 0) continue;
    if (ready[0].revents != 0) return;
    std::array<char, 256> buffer{};
    const ssize_t size = ::read(kTerminal, buffer.data(), buffer.size());
    if (size == 0 || (size < 0 && errno != EINTR && in_foreground())) return;  // the terminal has gone
    if (size < 0) continue;
    for (const char key : keys_in({buffer.data(), static_cast<std::size_t>(size)})) on_key_(key);
  }
}

std::string keys_in(std::string_view sent) {
  std::string keys;
  while (!sent.empty()) {
    const char c = sent.front();
    sent.remove_prefix(c == '\x1b' ? sequence_length(sent) : 1);
    if (c > ' ' && c < '\x7f') keys += c;
  }
  return keys.size() > kMostTyped ? std::string() : keys;
}

}  // namespace exthost::app
