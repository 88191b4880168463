#include "emulator/app/source_settings_reader.h"

#include <chrono>
#include <optional>
#include <utility>

#include "emulator/app/build_command.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/version.h"

namespace exthost::app {
namespace {

using base::JsonKind;
using base::JsonMember;
using namespace std::chrono_literals;

constexpr base::Duration kShortestQuiet = 1ms;
constexpr base::Duration kLongestQuiet = 5s;

void report(SettingsFields& fields, const JsonMember& member, std::string message, std::string hint = {}) {
  fields.report(member.value.offset, model::codes::kSettingsValue, std::move(message), std::move(hint));
}

std::optional<base::Duration> read_debounce(SettingsFields& fields, const JsonMember& member,
                                            const std::string& where) {
  const auto text = fields.string_of(member, where);
  if (!text || *text == "auto") return std::nullopt;
  const auto quiet = base::parse_duration(*text);
  if (quiet && *quiet >= kShortestQuiet && *quiet <= kLongestQuiet) return quiet;
  report(fields, member,
         "'debounce' in " + where + " is neither auto nor a duration from 1ms to 5s: " + *text);
  return std::nullopt;
}

std::vector<std::string> read_command(SettingsFields& fields, const JsonMember& member,
                                      const std::string& where) {
  std::vector<std::string> words;
  bool fine = false;
  if (member.value.kind == JsonKind::array) {
    const std::size_t before = fields.problem_count();
    words = fields.strings_of(member, where);
    fine = fields.problem_count() == before && !words.empty() && !words.front().empty();
    if (fields.problem_count() != before) return {};
  } else if (member.value.kind == JsonKind::string) {
    words = shell_command(member.value.text);
    fine = !base::trim(member.value.text).empty();
  }
  // A NUL would end the word early.
  for (const std::string& word : words) fine = fine && word.find('\0') == std::string::npos;
  if (fine) return words;
  report(fields, member, "'command' in " + where + " is no command",
         R"(write it as for a shell, "npm run watch", or as a list, ["npm", "run", "watch"])");
  return {};
}

}  // namespace

SourceSettings read_source(SettingsFields& fields, const JsonMember& member, const std::string& where) {
  SourceSettings source;
  fields.read_object(
      member, where,
      {{"folder", fields.into(source.folder, where)},
       {"version",
        [&](const JsonMember& version) {
          const auto text = fields.string_of(version, where);
          if (!text) return;
          source.version = *text;
          if (const auto fine = model::check_version_name(*text); !fine)
            fields.report(version.value.offset, fine.error().code, fine.error().message);
        }},
       {"publishTo", fields.into(source.publish_to, where)},
       {"ignore", fields.into(source.ignore, where)},
       {"gitignore", fields.into(source.gitignore, where)},
       {"debounce",
        [&](const JsonMember& debounce) { source.debounce = read_debounce(fields, debounce, where); }},
       {"command", [&](const JsonMember& command) { source.command = read_command(fields, command, where); }},
       {"ready", fields.into(source.ready, where)},
       {"localConfig", fields.into(source.local_config, where)}});
  if (source.folder.empty()) report(fields, member, where + " has no 'folder'");
  return source;
}

}  // namespace exthost::app
