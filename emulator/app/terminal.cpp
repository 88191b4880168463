#include "emulator/app/terminal.h"

#include <unistd.h>

#include <cstdlib>
#include <ostream>

#include "emulator/base/text.h"

namespace exthost::app {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const std::string_view value = variable(name); !value.empty()) {
      const std::string lower = base::to_lower(value);
      return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
    }
  }
  return true;  // Debian's bare containers set none of them and show UTF-8
}

std::string_view colour_code(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\033[1m";
    case Style::dim:
      return "\033[2m";
    case Style::good:
      return "\033[32m";
    case Style::warning:
      return "\033[33m";
    case Style::bad:
      return "\033[31m";
    case Style::link:
      return "\033[36m";
  }
  return "";
}

}  // namespace

Terminal::Abilities Terminal::detect(int descriptor) {
  Abilities abilities;
  abilities.is_terminal = ::isatty(descriptor) == 1;
  const bool dumb = variable("TERM") == "dumb";
  const bool forced = !variable("FORCE_COLOR").empty() || !variable("CLICOLOR_FORCE").empty();
  abilities.colour = variable("NO_COLOR").empty() && (forced || (abilities.is_terminal && !dumb));
  abilities.unicode = !dumb && locale_is_utf8();
  return abilities;
}

void Terminal::line(std::string_view text) {
  std::lock_guard lock(mutex_);
  out_ << text << '\n' << std::flush;
}

void Terminal::lines(std::string_view text) {
  text = text.substr(0, text.find_last_not_of('\n') + 1);
  if (!text.empty()) line(text);
}

void Terminal::clear() {
  if (!abilities_.is_terminal || variable("TERM") == "dumb") return;
  std::lock_guard lock(mutex_);
  out_ << "\033[H\033[2J\033[3J" << std::flush;
}

std::string Terminal::styled(Style style, std::string_view text) const {
  if (!abilities_.colour || style == Style::plain) return std::string(text);
  return std::string(colour_code(style)) + std::string(text) + "\033[0m";
}

std::string_view Terminal::symbol(Style style) const {
  switch (style) {
    case Style::good:
      return abilities_.unicode ? "✔" : "ok";
    case Style::warning:
      return abilities_.unicode ? "⚠" : "!";
    case Style::bad:
      return abilities_.unicode ? "✖" : "x";
    default:
      return "";
  }
}

void Terminal::problem(const model::Problem& problem) {
  const Style style = problem.severity == model::Severity::error ? Style::bad : Style::warning;
  std::string text = styled(style, std::string(symbol(style)) + " " + problem.message);
  if (!problem.code.empty()) text += "  " + styled(Style::dim, problem.code);
  if (!problem.where.file.empty()) text += "\n  " + styled(Style::link, problem.where.to_string());
  if (!problem.frame.empty()) text += "\n" + problem.frame;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (!problem.hint.empty()) text += "\n  " + problem.hint;
  line(text);
}

void Terminal::error(const base::Error& error) {
  problem({model::Severity::error, error.code, error.message, "", {}, {}});
}

}  // namespace exthost::app
