#include "emulator/app/commands.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "emulator/app/code_help.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/resolve_settings.h"
#include "emulator/app/settings_table.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {

int run_config_print(const CommandLine& command, Terminal& out, Terminal& err) {
  const LoadedSettings loaded =
      resolve_settings(command, UserFolders::from_environment(), out.abilities().is_terminal);
  for (const model::Problem& problem : loaded.problems) err.problem(problem);
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const SettingRow& row : setting_rows()) {
    const std::string key(row.key);
    const std::string value = row.show(loaded.settings);
    const auto origin = loaded.settings.origins.find(key);
    const std::string from = origin == loaded.settings.origins.end() ? "default" : origin->second;
    if (command.json) {
      json[key] = {{"value", value}, {"origin", from}};
    } else {
      std::string left = key + " = " + value;
      if (left.size() < 48) left.resize(48, ' ');
      out.line(left + "  " + out.styled(Style::dim, from));
    }
  }
  if (command.json) out.line(json.dump(2));
  return loaded.exit_code;
}

int run_help(const CommandLine& command, Terminal& out, Terminal& err) {
  if (!command.text.empty()) {
    out.lines(command.text);
    return kExitOk;
  }
  if (command.json && command.topic.empty()) {
    out.line(all_codes_json());
    return kExitOk;
  }
  std::string code = command.topic;
  for (char& c : code) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  const model::CodeEntry* entry = model::find_code(code);
  if (!entry) {
    std::vector<std::string> codes;
    for (const model::CodeEntry& known : model::all_codes()) codes.emplace_back(known.code);
    const auto meant = base::nearest_word(code, codes);
    err.error(
        {base::ErrorKind::invalid_input,
         "there is no help on '" + command.topic + "'" + (meant ? "; did you mean " + *meant + "?" : ""),
         std::string(model::codes::kUsage)});
    return kExitUsage;
  }
  if (command.json) {
    out.line(code_json(*entry));
    return kExitOk;
  }
  out.line(out.styled(Style::bold, std::string(entry->code) + "  " + std::string(entry->title)));
  for (const std::string& line : code_help(*entry)) out.line(line);
  return kExitOk;
}

int verb_exit_code(const base::Error& error) {
  if (error.code == model::codes::kWaitTimedOut || error.code == model::codes::kNotReached)
    return kExitTimeout;
  if (error.code == model::codes::kNoInstance) return kExitNoInstance;
  for (const std::string_view code : {model::codes::kUsage, model::codes::kTargetMissing,
                                      model::codes::kBadTarget, model::codes::kExpressionInvalid}) {
    if (error.code == code) return kExitUsage;
  }
  return kExitUnexpected;
}

base::Result<std::optional<model::Cloud>> chosen_cloud(const CommandLine& command) {
  if (command.cloud.empty()) return std::optional<model::Cloud>();
  const auto cloud = model::parse_cloud(command.cloud);
  if (cloud) return std::optional(*cloud);
  return base::Error{base::ErrorKind::invalid_input,
                     "--cloud is public, fairfax, mooncake or blackforest, not '" + command.cloud + "'",
                     std::string(model::codes::kUsage)};
}

int run_command(const std::vector<std::string>& arguments, Terminal& out, Terminal& err) {
  std::error_code fault;
  const std::filesystem::path folder = std::filesystem::current_path(fault);
  if (fault) {
    err.error({base::ErrorKind::unavailable, "the working directory cannot be read: " + fault.message(), ""});
    return kExitUnexpected;
  }
  const auto command = parse_command_line(arguments, folder);
  if (!command) {
    err.error(command.error());
    return kExitUsage;
  }
  switch (command->verb) {
    case Verb::start:
      return run_start(*command, out, err);
    case Verb::config_print:
      return run_config_print(*command, out, err);
    case Verb::explain:
      return run_explain(*command, out, err);
    case Verb::clock:
      return run_clock(*command, out, err);
    case Verb::cert:
      return run_cert(*command, out, err);
    case Verb::check:
      return run_check(*command, out, err);
    case Verb::plan:
      return run_plan(*command, out, err);
    case Verb::open:
      return run_open(*command, out, err);
    case Verb::pack:
      return run_pack(*command, out, err);
    case Verb::publish:
    case Verb::promote:
    case Verb::rollback:
    case Verb::friendly:
      return run_publishing(*command, out, err);
    case Verb::help:
    case Verb::version:
      return run_help(*command, out, err);
    default:
      return run_instance_verb(*command, out, err);
  }
}

}  // namespace exthost::app
