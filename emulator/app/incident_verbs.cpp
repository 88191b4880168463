#include "emulator/app/incident_verbs.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "emulator/app/exit_code.h"
#include "emulator/app/json_fields.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;

constexpr std::size_t kShownRegions = 6;
constexpr const char* kPath = "/_emu/v1/incidents";

bool is_open(const ordered_json& row) {
  return text_at(row, "state") == "open";
}

Style style_of(const ordered_json& row) {
  if (!is_open(row)) return Style::good;
  return text_at(row, "severity") == "note" ? Style::warning : Style::bad;
}

/// `SEV3` or `note`, as the dashboard says it.
std::string severity_of(const ordered_json& row) {
  const std::string severity = text_at(row, "severity");
  return severity == "sev3" ? "SEV3" : severity;
}

/// `2026-11-21 16:05:12`, or nothing.
std::string time_at(const ordered_json& row, const char* key) {
  std::string time = text_at(row, key).substr(0, 19);
  std::replace(time.begin(), time.end(), 'T', ' ');
  return time;
}

std::string number_of(const ordered_json& row) {
  return "#" + std::to_string(number_at(row, "id"));
}

std::string handled_by(const ordered_json& row, const char* by, const char* note) {
  std::string text;
  if (const std::string name = text_at(row, by); !name.empty()) text += " by " + name;
  if (const std::string words = text_at(row, note); !words.empty()) text += ": " + words;
  return text;
}

std::string state_of(const ordered_json& row) {
  if (!is_open(row)) return "resolved";
  return text_at(row, "acknowledged").empty() ? "open" : "acknowledged";
}

using Cells = std::array<std::string, 7>;

Cells cells_of(const ordered_json& row) {
  return {number_of(row),       severity_of(row),          state_of(row),          text_at(row, "extension"),
          text_at(row, "code"), time_at(row, "firstSeen"), text_at(row, "message")};
}

void print_table(const ordered_json& rows, Terminal& out) {
  const Cells head = {"#", "SEV", "STATE", "EXTENSION", "CODE", "SINCE (UTC)", "MESSAGE"};
  std::array<std::size_t, 7> widths{};
  std::vector<Cells> lines = {head};
  for (const ordered_json& row : rows) lines.push_back(cells_of(row));
  for (const Cells& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  for (std::size_t line = 0; line < lines.size(); ++line) {
    std::string text;
    for (std::size_t i = 0; i < head.size(); ++i) {
      std::string cell = lines[line][i];
      if (i + 1 < head.size()) cell.resize(widths[i] + 2, ' ');
      text += cell;
    }
    if (line == 0) {
      out.line("  " + out.styled(Style::dim, text));
    } else {
      const Style style = style_of(rows[line - 1]);
      out.line(out.styled(style, out.symbol(style)) + " " + text);
    }
  }
}

std::string regions_of(const ordered_json& row) {
  const std::vector<std::string> regions = texts_at(row, "regions");
  std::string text;
  for (std::size_t i = 0; i < std::min(regions.size(), kShownRegions); ++i)
    text += (i == 0 ? "" : ", ") + regions[i];
  if (regions.size() > kShownRegions)
    text += " and " + std::to_string(regions.size() - kShownRegions) + " more";
  return text;
}

void print_finding(const ordered_json& problem, const std::string& message, Terminal& out) {
  const std::string said = text_at(problem, "message");
  const std::string where = position_at(problem, "where").to_string();
  const bool is_told = message.find(said) != std::string::npos;
  if (!is_told) {
    out.line("  " + (where.empty() ? "" : where + ": ") + said);
  } else if (message.find(where) == std::string::npos) {
    out.line("  " + where);
  }
  std::string frame = text_at(problem, "frame");
  while (!frame.empty() && frame.back() == '\n') frame.pop_back();
  if (!frame.empty()) out.line(frame);
  if (const std::string hint = text_at(problem, "hint"); !hint.empty()) out.line("  " + hint);
}

void print_one(const ordered_json& row, Terminal& out) {
  const Style style = style_of(row);
  const std::string message = text_at(row, "message");
  out.line(out.styled(style, std::string(out.symbol(style)) + " " + number_of(row)) + "  " +
           severity_of(row) + "  " + state_of(row) + "  " + text_at(row, "extension") + "  " +
           out.styled(Style::dim, text_at(row, "code")));
  out.line("  " + message);
  for (const ordered_json& problem : list_at(row, "evidence")) print_finding(problem, message, out);
  const auto fact = [&](std::string name, const std::string& value) {
    if (value.empty()) return;
    name.resize(14, ' ');
    out.line("  " + out.styled(Style::dim, name) + value);
  };
  const std::size_t times = number_at(row, "occurrences");
  fact("cause", text_at(row, "cause"));
  fact("owner", text_at(row, "owner"));
  fact("container", text_at(row, "containerUrl"));
  fact("regions", regions_of(row));
  fact("first seen", time_at(row, "firstSeen") + " UTC");
  fact("last seen",
       time_at(row, "lastSeen") + " UTC, seen " + std::to_string(times) + (times == 1 ? " time" : " times"));
  if (const std::string time = time_at(row, "acknowledged"); !time.empty())
    fact("acknowledged", time + " UTC" + handled_by(row, "acknowledgedBy", "acknowledgedNote"));
  if (const std::string time = time_at(row, "resolved"); !time.empty()) {
    const bool by_hand = is_set(row, "resolvedByHand");
    fact("resolved",
         time + " UTC" + (by_hand ? handled_by(row, "resolvedBy", "resolvedNote") : " by a good sync"));
  }
}

std::string user_name() {
  for (const char* name : {"USER", "LOGNAME"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

Result<std::string> change(const CommandLine& command, const ControlClient& client) {
  ordered_json remark = ordered_json::object();
  if (const std::string user = user_name(); !user.empty()) remark["by"] = user;
  if (!command.note.empty()) remark["note"] = command.note;
  return client.post(std::string(kPath) + "/" + command.incident + ":" + command.topic, to_text(remark));
}

}  // namespace

Result<int> run_incidents(const CommandLine& command, const ControlClient& client, Terminal& out) {
  const bool changes = command.topic == "ack" || command.topic == "resolve";
  const std::string query = command.state.empty() ? "" : "?state=" + command.state;
  auto answer = changes                   ? change(command, client)
                : command.topic == "show" ? client.get(std::string(kPath) + "/" + command.incident)
                                          : client.get(kPath + query);
  if (!answer) return std::move(answer).error();
  if (command.json) {
    out.lines(*answer);
    return int{kExitOk};
  }
  const auto json = ordered_json::parse(*answer, nullptr, false);
  if (!json.is_object())
    return Error{ErrorKind::internal, "the emulator's answer about incidents is no object", ""};
  if (command.topic == "show") {
    print_one(json, out);
  } else if (changes) {
    const bool resolved = command.topic == "resolve";
    out.line(out.styled(Style::good, out.symbol(Style::good)) + " " + number_of(json) +
             (resolved ? " is resolved; if its cause persists, the next failing sync opens a new one"
                       : " is acknowledged"));
  } else if (const ordered_json rows = list_at(json, "incidents"); rows.empty()) {
    out.line(out.styled(Style::good, out.symbol(Style::good)) + " no " +
             (command.state.empty() ? "" : command.state + " ") + "incidents");
  } else {
    print_table(rows, out);
  }
  return int{kExitOk};
}

}  // namespace exthost::app
