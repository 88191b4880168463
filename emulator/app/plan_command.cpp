#include "emulator/app/plan_command.h"

#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/commands.h"
#include "emulator/app/control_client.h"
#include "emulator/app/control_wiring.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/json_fields.h"
#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/check/container.h"
#include "emulator/control/json.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;

/// Far above what a config may have: the service's own limit is checked, and explained, later.
constexpr std::uint64_t kFileLimitBytes = 1024 * 1024;
constexpr std::size_t kRegionsShown = 3;

Result<std::string> read_text(const std::filesystem::path& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  auto text = base::read_file(file, kFileLimitBytes);
  if (!text) return std::move(text).error();
  if (!text->has_value()) {
    return Error{ErrorKind::not_found, "there is no file " + file.string(),
                 std::string(model::codes::kTargetMissing)};
  }
  return **std::move(text);
}

// ---- where the plan comes from

Result<std::string> plan_on_container(const CommandLine& command, const hosting::ProposedConfig& proposed) {
  hosting::PlanRules rules;
  auto cloud = chosen_cloud(command);
  if (!cloud) return std::move(cloud).error();
  rules.cloud = cloud->value_or(rules.cloud);
  auto container = check::open_container(command.container, command.instance.project);
  if (!container) return std::move(container).error();
  auto current = hosting::read_container_deployment(**container, rules);
  if (!current) return std::move(current).error();
  if (current->refusal) {
    return Error{
        ErrorKind::corrupt,
        "the config.json that the container has now would be refused, so what is served is not to be "
        "seen from it (a running instance knows): " +
            current->refusal->message,
        current->refusal->code};
  }
  auto change = hosting::plan_config_change(current->deployment ? &*current->deployment : nullptr, proposed,
                                            **container, {}, rules);
  if (!change) return std::move(change).error();
  return control::plan_json(command.extension, plan_answer(*std::move(change), rules.cloud));
}

Result<std::string> plan_on_instance(const CommandLine& command, const hosting::ProposedConfig& proposed) {
  auto instance = find_instance(command.instance, UserFolders::from_environment());
  if (!instance) return std::move(instance).error();
  ordered_json body = {{"config", proposed.config_text}};
  if (proposed.definition_text) body["definition"] = *proposed.definition_text;
  return ControlClient(*std::move(instance))
      .post("/_emu/v1/plan?extension=" + base::percent_encode(command.extension), to_text(body));
}

Result<std::string> plan_text(const CommandLine& command) {
  auto config = read_text(command.config);
  if (!config) return std::move(config).error();
  hosting::ProposedConfig proposed{*std::move(config), std::nullopt};
  if (!command.definition.empty()) {
    auto definition = read_text(command.definition);
    if (!definition) return std::move(definition).error();
    proposed.definition_text = *std::move(definition);
  }
  return command.container.empty() ? plan_on_instance(command, proposed)
                                   : plan_on_container(command, proposed);
}

// ---- how it is shown

/// `westcentralus (1 region)`.
std::string regions_text(const ordered_json& line) {
  const std::vector<std::string> regions = texts_at(line, "regions");
  const std::size_t without_users = texts_at(line, "withoutUsers").size();
  if (regions.empty()) return "no region";
  std::string text;
  if (is_set(line, "coversRest") && regions.size() > kRegionsShown) {
    text = "all other regions";
  } else {
    for (std::size_t i = 0; i < regions.size() && i < kRegionsShown; ++i) {
      text += (i == 0 ? "" : ", ") + regions[i];
    }
    if (regions.size() > kRegionsShown) text += " and more";
  }
  text += " (" + base::counted(regions.size(), "region");
  if (without_users == regions.size()) return text + ", no users)";
  return text + (without_users > 0 ? ", " + std::to_string(without_users) + " without users)" : ")");
}

model::Problem problem_of(const ordered_json& json) {
  model::Problem problem;
  const std::string severity = text_at(json, "severity");
  problem.severity = severity == "error"     ? model::Severity::error
                     : severity == "warning" ? model::Severity::warning
                                             : model::Severity::note;
  problem.code = text_at(json, "code");
  problem.message = text_at(json, "message");
  problem.hint = text_at(json, "hint");
  problem.frame = text_at(json, "frame");
  problem.where = position_at(json, "where");
  return problem;
}

/// Rows of columns that are as wide as their widest cell.
class PlanTable {
 public:
  explicit PlanTable(Terminal& out) : out_(out), arrow_(out.abilities().unicode ? " → " : " -> ") {}

  void add(std::string name, const ordered_json& line, std::string what, std::string remark) {
    const std::string before = text_at(line, "before");
    const std::string after = text_at(line, "after");
    Row row{std::move(name), before, "", text_at(line, "direction"), std::move(what), std::move(remark)};
    if (before.empty()) {
      row.before = after;
    } else if (after != before) {
      row.after = after;
    }
    name_ = std::max(name_, row.name.size());
    versions_ = std::max(versions_, width(row));
    rows_.push_back(std::move(row));
  }

  void print() const {
    for (const Row& row : rows_) {
      std::string text = "  " + row.name + std::string(name_ - row.name.size() + 2, ' ') + row.before;
      if (!row.after.empty()) text += arrow_ + row.after;
      text += std::string(versions_ - width(row) + 2, ' ');
      const bool down = row.direction == "downgrade";
      std::string direction = row.direction == "unknown" ? "changed" : row.direction;
      direction.resize(std::max<std::size_t>(direction.size(), 9), ' ');
      text += down ? out_.styled(Style::warning, direction) : direction;
      text += "  " + row.what;
      if (!row.remark.empty()) text += mark(row.remark);
      text.erase(text.find_last_not_of(' ') + 1);
      out_.line(text);
    }
  }

 private:
  struct Row {
    std::string name, before, after, direction, what, remark;
  };

  std::size_t width(const Row& row) const {
    const std::size_t arrow = out_.abilities().unicode ? 3 : arrow_.size();
    return row.before.size() + (row.after.empty() ? 0 : arrow + row.after.size());
  }
  std::string mark(const std::string& text) const {
    return "  " + out_.styled(Style::warning, std::string(out_.symbol(Style::warning)) + " " + text);
  }

  Terminal& out_;
  std::string arrow_;
  std::vector<Row> rows_;
  std::size_t name_ = 0, versions_ = 0;
};

std::string next_step(const ordered_json& json, const ordered_json& plan) {
  if (!is_set(json, "accepted")) {
    return "The service would refuse it and keep serving what it has: mend what stands above, then plan "
           "again.";
  }
  if (is_set(plan, "changesNothing")) return "There is nothing to publish.";
  if (is_set(plan, "skips")) {
    return "A skipped stage has had no time to show a fault: let the version run there first.";
  }
  if (is_set(plan, "downgrades")) return "If the downgrade is meant, publish: upload it as config.json.";
  return "Publish: upload it as config.json. In production every region follows within about 30 minutes.";
}

}  // namespace

std::string share_of_regions(const ordered_json& plan) {
  const std::size_t changed = number_at(plan, "regionsChanged");
  return std::to_string(changed) + " of " + base::counted(number_at(plan, "regionsTotal"), "region") +
         (changed == 1 ? " changes (" : " change (") + std::to_string(number_at(plan, "percentChanged")) +
         " %)";
}

void print_plan(const ordered_json& json, Terminal& out, Terminal& err) {
  for (const ordered_json& problem : list_at(json, "problems")) err.problem(problem_of(problem));
  const ordered_json plan = json.value("plan", ordered_json());
  if (!is_set(json, "accepted") && list_at(json, "problems").empty()) {
    const ordered_json refusal = json.value("refusal", ordered_json());
    err.error({ErrorKind::invalid_input, text_at(refusal, "message"), text_at(refusal, "code")});
  }
  if (plan.is_object()) {
    PlanTable table(out);
    for (const ordered_json& line : list_at(plan, "stages")) {
      const std::string direction = text_at(line, "direction");
      const std::vector<std::string> skipped = texts_at(line, "skipped");
      const bool changes = direction != "same" && direction != "removed";
      std::string remark = direction == "downgrade" ? "downgrade" : "";
      if (!skipped.empty()) remark += (remark.empty() ? "" : ", ") + ("skips " + model::list_of(skipped));
      table.add(text_at(line, "stage"), line, changes ? regions_text(line) : "", std::move(remark));
    }
    for (const ordered_json& line : list_at(plan, "friendlyNames")) {
      table.add(text_at(line, "name"), line, "friendly name", "");
    }
    table.print();
    for (const ordered_json& moved : list_at(plan, "movedRegions")) {
      out.line("  " + text_at(moved, "region") + " moves from " + text_at(moved, "from") + " to " +
               text_at(moved, "to"));
    }
    if (const auto fresh = texts_at(plan, "newVersions"); !fresh.empty()) {
      out.line("  new here: " + model::list_of(fresh));
    }
    if (const auto dropped = texts_at(plan, "droppedVersions"); !dropped.empty()) {
      out.line("  no longer used: " + model::list_of(dropped));
    }
    const std::string share = share_of_regions(plan);
    out.line(out.styled(Style::bold, is_set(json, "accepted") ? share : "would be: " + share));
  }
  out.line(next_step(json, plan.is_object() ? plan : ordered_json::object()));
}

int run_plan(const CommandLine& command, Terminal& out, Terminal& err) {
  const auto text = plan_text(command);
  if (!text) {
    err.error(text.error());
    return text.error().kind == ErrorKind::corrupt ? kExitFindings : verb_exit_code(text.error());
  }
  const auto json = ordered_json::parse(*text, nullptr, false);
  if (!json.is_object()) {
    err.error({ErrorKind::internal, "the emulator's answer is not a plan", ""});
    return kExitUnexpected;
  }
  if (command.json) {
    out.lines(*text);
  } else {
    print_plan(json, out, err);
  }
  if (!is_set(json, "accepted")) return kExitFindings;
  const ordered_json plan = json.value("plan", ordered_json::object());
  return command.strict && (is_set(plan, "skips") || is_set(plan, "downgrades")) ? kExitFindings : kExitOk;
}

}  // namespace exthost::app
