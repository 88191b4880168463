#include "emulator/app/key_commands.h"

#include <array>
#include <string_view>

#include "emulator/base/text.h"

namespace exthost::app {
namespace {

struct KeyRow {
  char key;
  std::string_view brief;  ///< In the line that start prints; empty: not there.
  std::string_view help;
  std::string_view verb;  ///< With its arguments, separated by spaces; empty: no verb does this.
};

constexpr std::array<KeyRow, 11> kKeys = {{
    {'h', "help", "this list", ""},
    {'o', "portal", "open the portal in the browser", "open portal"},
    {'d', "dashboard", "open the dashboard in the browser", "open dashboard"},
    {'s', "sync", "sync every extension now", "sync"},
    {'t', "+1 min", "advance the clock by a minute", "clock advance 1m"},
    {'T', "", "advance the clock by half an hour", "clock advance 30m"},
    {'r', "", "build again: restart build commands, look at source folders, publish what changed", ""},
    {'x', "explain", "explain what a user gets who asks for nothing in particular", "explain"},
    {'f', "", "list the failures: open incidents", "incidents list --state open"},
    {'c', "", "clear the screen", ""},
    {'q', "quit", "end the emulator", ""},
}};

}  // namespace

void KeyCommands::press(char key) {
  if (ended_.with([](bool ended) { return ended; })) return;
  for (const KeyRow& row : kKeys) {
    if (row.key == key && !row.verb.empty()) return actions_.run(base::split(row.verb, ' '));
  }
  if (key == 'h' || key == '?') return help();
  if (key == 'c') return out_.clear();
  if (key == 'q') return actions_.quit();
  if (key == 'r') rebuild();
}

void KeyCommands::end() {
  ended_.with([](bool& ended) { ended = true; });
}

void KeyCommands::rebuild() {
  const bool watched = ended_.with([&](bool ended) { return ended || actions_.rebuild(); });
  out_.line(watched ? "looking at the source folders" : "no source folder is watched");
}

void KeyCommands::help() {
  std::string text;
  for (const KeyRow& row : kKeys) {
    std::string line =
        "  " + out_.styled(Style::bold, std::string(1, row.key)) + "  " + std::string(row.help);
    if (!row.verb.empty()) line += "  " + out_.styled(Style::dim, "exthost-emu " + std::string(row.verb));
    text += line + "\n";
  }
  out_.lines(text);
}

std::string KeyCommands::summary(const Terminal& terminal) {
  const std::string separator = terminal.abilities().unicode ? " · " : " | ";
  std::string line;
  for (const KeyRow& row : kKeys) {
    if (row.brief.empty()) continue;
    line += line.empty() ? "press " : separator;
    line += terminal.styled(Style::bold, std::string(1, row.key)) + (row.key == 'h' ? " for " : " ") +
            std::string(row.brief);
  }
  return line;
}

}  // namespace exthost::app
