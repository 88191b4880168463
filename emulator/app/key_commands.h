#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/app/terminal.h"
#include "emulator/base/guarded.h"

namespace exthost::app {

/// What the keys of the terminal do while the emulator runs (ux.md 2). Each does what a verb does, on this
/// very instance. `press` is for one thread at a time, `end` for any.
class KeyCommands {
 public:
  struct Actions {
    /// Runs a verb with its arguments on this instance.
    std::function<void(std::vector<std::string>)> run;
    /// Has every source folder looked at soon, and does not wait for that. False if none is watched.
    std::function<bool()> rebuild;
    std::function<void()> quit;
  };
  KeyCommands(Actions actions, Terminal& out) : actions_(std::move(actions)), out_(out) {}

  /// A key that means nothing does nothing.
  void press(char key);

  /// The emulator is ending: no key does anything from now on.
  void end();

  /// The line that start prints: the keys that are worth knowing.
  static std::string summary(const Terminal& terminal);

 private:
  void help();
  void rebuild();

  const Actions actions_;
  Terminal& out_;
  base::Guarded<bool> ended_;  // held while `rebuild` is called, so that nothing ends under it
};

}  // namespace exthost::app
