#pragma once

#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/model/problem.h"

namespace exthost::app {

enum class Style { plain, bold, dim, good, warning, bad, link };

/// What we print for people, in one voice (ux.md 1). Colour and symbols only where the output can show them.
/// Thread-safe: a call prints whole lines.
class Terminal {
 public:
  struct Abilities {
    bool is_terminal = false;
    bool colour = false;   ///< A terminal, NO_COLOR unset, TERM not dumb (or FORCE_COLOR).
    bool unicode = false;  ///< The locale is UTF-8 and TERM is not dumb.
  };
  /// What the stream behind `descriptor` can do, by the environment.
  static Abilities detect(int descriptor);

  Terminal(std::ostream& out, Abilities abilities) : out_(out), abilities_(abilities) {}

  const Abilities& abilities() const { return abilities_; }
  void line(std::string_view text);
  /// Lines as they came, such as an answer: ends with one line end, however many there are. Nothing if that
  /// is all there is.
  void lines(std::string_view text);
  /// Empties the screen. Nothing where that can't be done.
  void clear();
  std::string styled(Style style, std::string_view text) const;
  /// `✔`, `✖`, `⚠`, `➜`, `↻`, or ASCII in their place.
  std::string_view symbol(Style style) const;
  std::string_view arrow() const { return abilities_.unicode ? "➜" : "->"; }
  std::string_view reload() const { return abilities_.unicode ? "↻" : "*"; }

  /// What is wrong, where, and how to mend it: symbol, sentence, code; place and frame; hint; where to read
  /// more.
  void problem(const model::Problem& problem);
  void error(const base::Error& error);

 private:
  std::ostream& out_;
  Abilities abilities_;
  std::mutex mutex_;
};

}  // namespace exthost::app
