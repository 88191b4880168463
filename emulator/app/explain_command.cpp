#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "emulator/app/commands.h"
#include "emulator/app/container_explanation.h"
#include "emulator/app/control_client.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/json_fields.h"
#include "emulator/base/json_document.h"
#include "emulator/base/text.h"
#include "emulator/control/json.h"
#include "emulator/model/cloud.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Error;
using base::Result;
using nlohmann::ordered_json;

/// One explanation for people: the outcome, the reasons as numbered sentences, and what would change it.
class ExplanationPrinter {
 public:
  ExplanationPrinter(const ordered_json& explanation, Terminal& out) : json_(explanation), out_(out) {}

  /// Whether there is a page for the user.
  bool print() {
    const bool good = print_outcome();
    print_facts();
    for (const ordered_json& problem : list_at(json_, "problems")) {
      std::string line =
          "  " + out_.styled(Style::warning, out_.symbol(Style::warning)) + " " + text_at(problem, "message");
      if (const std::string hint = text_at(problem, "hint"); !hint.empty()) line += "; " + hint;
      out_.line(line);
    }
    int number = 0;
    out_.line("");
    for (const ordered_json& reason : list_at(json_, "reasons")) print_reason(++number, reason);
    const ordered_json counterfactuals = list_at(json_, "counterfactuals");
    if (!counterfactuals.empty()) out_.line("");
    for (const ordered_json& one : counterfactuals) out_.line("  " + text_at(one, "text"));
    return good;
  }

 private:
  bool print_outcome() {
    const std::string name = text_at(json_, "name");
    const std::string version = text_at(json_, "version");
    const std::size_t status = number_at(json_, "status");
    const bool enabled = is_set(json_, "enabled");
    constexpr std::size_t kOk = 200;
    const bool good = status == kOk || (status == 0 && enabled);
    std::string line;
    if (status == kOk) {
      line = name + " gets " + version + where() + "  (HTTP 200)";
    } else if (status != 0) {
      line = name + " gets no page" + where() + ": HTTP " + std::to_string(status);
      if (!version.empty()) line += ", though " + version + " is its version";
    } else if (enabled) {
      line = name + " is loaded from another server, not from the hosting service";
    } else {
      line = name + " is not loaded: the portal has it disabled";
    }
    const Style style = good ? Style::good : Style::bad;
    line = out_.styled(style, out_.symbol(style)) + " " + out_.styled(Style::bold, line);
    const auto failure = json_.find("failure");
    if (failure != json_.end() && failure->is_object())
      line += "  " + out_.styled(Style::dim, text_at(*failure, "code"));
    out_.line(line);
    return good;
  }

  /// ` in West US (westus)`
  std::string where() const {
    const std::string name = text_at(json_, "region");
    const model::Region* region = model::find_region(name);
    if (region == nullptr) return name.empty() ? "" : " in " + name;
    return " in " + std::string(region->display_name) + " (" + name + ")";
  }

  void print_facts() {
    for (const char* key : {"url", "localUrl"}) {
      if (const std::string url = text_at(json_, key); !url.empty())
        out_.line("  " + out_.styled(Style::link, url));
    }
    std::vector<std::string> facts;
    if (const std::string environment = text_at(json_, "environment"); !environment.empty())
      facts.push_back(environment + ", " + text_at(json_, "cloud") + " cloud");
    if (const std::string stage = text_at(json_, "stage"); !stage.empty()) facts.push_back(stage);
    if (const std::string file = text_at(json_, "environmentFile"); !file.empty()) facts.push_back(file);
    std::string line;
    for (const std::string& fact : facts) line += (line.empty() ? "  " : "; ") + fact;
    if (!line.empty()) out_.line(out_.styled(Style::dim, line));
  }

  void print_reason(int number, const ordered_json& reason) {
    std::string line = std::to_string(number);
    line.insert(0, line.size() < 2 ? 3 : 2, ' ');
    line += "  " + text_at(reason, "text");
    const std::string place = position_at(reason, "source").to_string();
    if (line.find(place) == std::string::npos) line += "  " + out_.styled(Style::link, place);
    out_.line(line);
  }

  const ordered_json& json_;
  Terminal& out_;
};

/// An answer as the API gives it, as it came or for people. False: there is an extension without a page.
bool print_answer(std::string answer, bool as_json, Terminal& out) {
  const auto json = ordered_json::parse(answer, nullptr, false);
  std::vector<ordered_json> explanations{json};
  if (json.is_object() && json.contains("explanations")) {
    explanations.clear();
    for (const ordered_json& one : list_at(json, "explanations")) explanations.push_back(one);
  }
  if (as_json) {
    while (!answer.empty() && answer.back() == '\n') answer.pop_back();
    out.line(answer);
  }
  bool all_good = true;
  for (const ordered_json& explanation : explanations) {
    if (as_json) {
      const auto failure = explanation.find("failure");
      all_good = all_good && (failure == explanation.end() || failure->is_null());
      continue;
    }
    if (&explanation != &explanations.front()) out.line("");
    all_good = ExplanationPrinter(explanation, out).print() && all_good;
  }
  return all_good;
}

/// What the control API of a running instance answers.
Result<std::string> ask_instance(const CommandLine& command) {
  auto found = find_instance(command.instance, UserFolders::from_environment());
  if (!found) return std::move(found).error();
  std::string query;
  for (const auto& [name, value] : {std::pair{"extension", &command.extension},
                                    {"url", &command.url},
                                    {"region", &command.region},
                                    {"cloud", &command.cloud},
                                    {"stamp", &command.stamp},
                                    {"authority", &command.authority}}) {
    if (!value->empty())
      query += (query.empty() ? "?" : "&") + std::string(name) + "=" + base::percent_encode(*value);
  }
  return ControlClient(*found).get("/_emu/v1/explain" + query);
}

/// Straight on a container: what the hosting service would refuse goes to `err`.
int run_on_container(const CommandLine& command, Terminal& out, Terminal& err) {
  const model::ExplainQuestion question{command.url,   command.extension, command.region,
                                        command.stamp, command.authority, command.cloud};
  auto asked = explain_container(command.container, command.instance.project, question);
  if (!asked) {
    err.error(asked.error());
    return verb_exit_code(asked.error());
  }
  const bool good = print_answer(control::explain_json(asked->explanations), command.json, out);
  for (const model::Problem& problem : asked->problems) err.problem(problem);
  if (asked->refused) return kExitFindings;
  return good ? kExitOk : kExitUnexpected;
}

}  // namespace

int run_explain(const CommandLine& command, Terminal& out, Terminal& err) {
  if (!command.container.empty()) return run_on_container(command, out, err);
  auto answer = ask_instance(command);
  if (!answer) {
    err.error(answer.error());
    return verb_exit_code(answer.error());
  }
  return print_answer(*std::move(answer), command.json, out) ? kExitOk : kExitUnexpected;
}

}  // namespace exthost::app
