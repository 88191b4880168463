#include <nlohmann/json.hpp>

#include "emulator/app/commands.h"
#include "emulator/app/control_client.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/json_fields.h"
#include "emulator/model/expression.h"

namespace exthost::app {
namespace {

using base::Result;
using nlohmann::ordered_json;

constexpr const char* kPath = "/_emu/v1/clock";
constexpr std::chrono::hours kPatience{24};  // years of polls take their time

Result<std::string> ask(const CommandLine& command, const ControlClient& client) {
  const std::string& action = command.topic;
  if (action == "advance")
    return client.post("/_emu/v1/clock:advance", to_text({{"by", command.argument}}), kPatience);
  if (action == "run-until") {
    const ordered_json body = {{"expr", command.argument}, {"max", base::to_duration_text(command.most)}};
    return client.post("/_emu/v1/clock:runUntil", to_text(body), kPatience);
  }
  if (action == "freeze") return client.post(kPath, R"({"frozen":true})");
  if (action == "resume") return client.post(kPath, R"({"frozen":false})");
  if (action == "scale") return client.post(kPath, "{\"scale\":" + command.argument + "}");
  return client.get(kPath);
}

/// `the clock is at 2026-01-01T00:31:00.000Z, and stands still`
std::string describe(const ordered_json& clock) {
  std::string text = "the clock is at " + text_at(clock, "now");
  const std::string mode = text_at(clock, "mode");
  if (mode == "virtual") return text + ", and stands still";
  const auto rate = clock.find("rate");
  if (mode == "scaled" && rate != clock.end())
    return text + ", and passes at " + rate->dump() + " times its speed";
  return text;
}

}  // namespace

int run_clock(const CommandLine& command, Terminal& out, Terminal& err) {
  if (command.topic == "run-until") {
    const auto expression = model::parse_expression(command.argument);
    for (const model::Problem& problem : expression.problems) err.problem(problem);
    if (!expression.value) return kExitUsage;
  }
  const auto instance = find_instance(command.instance, UserFolders::from_environment());
  const Result<std::string> answer =
      instance ? ask(command, ControlClient(*instance)) : Result<std::string>(instance.error());
  if (!answer) {
    err.error(answer.error());
    return verb_exit_code(answer.error());
  }
  if (command.json) {
    out.lines(*answer);
    return kExitOk;
  }
  const auto clock = ordered_json::parse(*answer, nullptr, false);
  if (command.topic == "run-until") {
    out.line(out.styled(Style::good, out.symbol(Style::good)) + " " + command.argument + " after " +
             text_at(clock, "by"));
  }
  out.line(describe(clock));
  return kExitOk;
}

}  // namespace exthost::app
