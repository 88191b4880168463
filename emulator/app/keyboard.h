#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace exthost::app {

/// Single key presses of the terminal behind standard input, without Enter.
///
/// While one lives the terminal hands over each key at once and shows none of them; what it makes signals of
/// (Ctrl-C, Ctrl-Z, Ctrl-\) stays so. The terminal is put back as it was by the destructor, while the process
/// is stopped (SignalWatcher), and before a signal ends the process, SIGKILL apart. In the background the
/// terminal is somebody else's and is left alone. There is one terminal, so there may be one of these.
///
/// All that the program knows of terminals' modes is in this pair of files.
class Keyboard {
 public:
  /// Whether keys can be read: standard input and output are terminals, and this process has them.
  static bool is_available();

  /// `on_key` is called with each key, on a thread of this object's own, one after the other; what is typed
  /// meanwhile waits.
  explicit Keyboard(std::function<void(char)> on_key);
  /// Waits for a call of `on_key` under way.
  ~Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

  /// Puts the terminal back, and takes it again, if a Keyboard lives: around a stop of this process, and
  /// before `_exit`. Any thread, any number of times; may be called in a signal handler.
  static void release() noexcept;
  static void retake() noexcept;

 private:
  void run();

  std::function<void(char)> on_key_;
  int wake_read_ = -1, wake_write_ = -1;  // a pipe: something in it ends the thread
  std::jthread thread_;                   // last: it uses all of the above
};

/// The keys in what a terminal sent at once: printable ASCII, without the sequences of arrow and function
/// keys. None of a longer text: it was pasted. Pure.
std::string keys_in(std::string_view sent);

}  // namespace exthost::app
