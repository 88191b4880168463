#include "emulator/app/code_help.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::app {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::string_view kIndent = "    ";

/// Appends `text` in lines of at most kColumns, broken between words.
void add_wrapped(std::vector<std::string>& lines, std::string_view text) {
  std::string line;
  for (const std::string& word : base::split(text, ' ')) {
    if (!line.empty() && line.size() + 1 + word.size() > kColumns) lines.push_back(std::exchange(line, {}));
    if (!line.empty()) line += ' ';
    line += word;
  }
  lines.push_back(std::move(line));
}

nlohmann::ordered_json to_json(const model::CodeEntry& entry) {
  return {{"code", entry.code},
          {"title", entry.title},
          {"meaning", entry.meaning},
          {"example", entry.example},
          {"remedy", entry.remedy}};
}

}  // namespace

std::vector<std::string> code_help(const model::CodeEntry& entry) {
  std::vector<std::string> lines;
  add_wrapped(lines, entry.meaning);
  lines.insert(lines.end(), {"", "For example:"});
  for (const std::string& line : base::split(entry.example, '\n'))
    lines.push_back(std::string(kIndent) + line);
  lines.emplace_back();
  add_wrapped(lines, "To mend it: " + std::string(entry.remedy));
  return lines;
}

std::string code_json(const model::CodeEntry& entry) {
  return to_json(entry).dump(2);
}

std::string all_codes_json() {
  nlohmann::ordered_json codes = nlohmann::ordered_json::array();
  for (const model::CodeEntry& entry : model::all_codes()) codes.push_back(to_json(entry));
  return codes.dump(2);
}

}  // namespace exthost::app
