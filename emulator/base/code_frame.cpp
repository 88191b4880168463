#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json_document.h"
#include "emulator/base/text.h"

namespace exthost::base {
namespace {

constexpr std::size_t kWidestLine = 100;  // code points shown of one line

/// What one code point, or one byte that belongs to none, looks like in a terminal: exactly one column for
/// all but wide characters, and nothing that a terminal would obey.
std::vector<std::string> columns_of(std::string_view line) {
  std::vector<std::string> columns;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t length = 1;
    while (length < 4 && at + length < line.size() &&
           (static_cast<unsigned char>(line[at + length]) & 0xC0) == 0x80) {
      ++length;
    }
    std::string_view unit = line.substr(at, length);
    const auto first = static_cast<unsigned char>(unit[0]);
    if (first < 0x80 || !is_valid_utf8(unit)) unit = unit.substr(0, 1);
    const bool c1_control = unit.size() == 2 && first == 0xC2 && static_cast<unsigned char>(unit[1]) < 0xA0;
    if (unit == "\t") {
      columns.emplace_back(" ");
    } else if (first < 0x20 || first == 0x7F || c1_control || (first >= 0x80 && unit.size() == 1)) {
      columns.emplace_back("\xEF\xBF\xBD");
    } else {
      columns.emplace_back(unit);
    }
    at += unit.size();
  }
  return columns;
}

struct Place {
  std::size_t line_number = 1;
  std::size_t line_start = 0;
  std::size_t column = 1;
};

Place find_place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  return {static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1, start,
          columns_of(before.substr(start)).size() + 1};
}

std::string_view line_at(std::string_view text, std::size_t start) {
  std::string_view line = text.substr(start);
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string gutter(const std::string& number) {
  constexpr std::size_t kNumberWidth = 6;
  std::string out(kNumberWidth - std::min(kNumberWidth, number.size()), ' ');
  return out + number + " \xE2\x94\x82 ";  // a vertical bar of the box-drawing set
}

/// The columns of `line` from `first` on, with an ellipsis where something is left out.
std::string window(std::string_view line, std::size_t first) {
  const std::vector<std::string> columns = columns_of(line);
  const std::size_t end = std::min(columns.size(), first + kWidestLine);
  std::string out;
  for (std::size_t i = first; i < end; ++i) {
    const bool cut = (i == first && first > 0) || (i + 1 == end && end < columns.size());
    out += cut ? "\xE2\x80\xA6" : columns[i];
  }
  return out;
}

}  // namespace

std::string SourcePosition::to_string() const {
  if (!known()) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

SourcePosition locate(std::string_view text, std::size_t offset, std::string file) {
  const Place place = find_place(text, offset);
  return {std::move(file), place.line_number, place.column};
}

std::string code_frame(std::string_view text, std::size_t offset, std::string_view note) {
  const Place place = find_place(text, offset);
  const std::size_t first = place.column > kWidestLine * 3 / 4 ? place.column - 1 - kWidestLine / 2 : 0;
  std::string out;
  if (place.line_start > 0) {
    const Place previous = find_place(text, place.line_start - 1);
    out += gutter(std::to_string(previous.line_number)) + window(line_at(text, previous.line_start), first) +
           "\n";
  }
  out += gutter(std::to_string(place.line_number)) + window(line_at(text, place.line_start), first) + "\n";
  out += gutter("") + std::string(place.column - 1 - first, ' ') + "^";
  if (!note.empty()) out += " " + std::string(note);
  return out;
}

}  // namespace exthost::base
