#include "emulator/model/findings.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::model {

void Findings::error(std::string_view code, std::size_t offset, std::string message, std::string hint) {
  push(Severity::error, code, offset, std::move(message), std::move(hint));
}

void Findings::warning(std::string_view code, std::size_t offset, std::string message, std::string hint) {
  push(Severity::warning, code, offset, std::move(message), std::move(hint));
}

void Findings::note(std::string_view code, std::size_t offset, std::string message, std::string hint) {
  push(Severity::note, code, offset, std::move(message), std::move(hint));
}

void Findings::add(std::vector<Problem> problems) {
  std::move(problems.begin(), problems.end(), std::back_inserter(problems_));
}

SourcePosition Findings::at(std::size_t offset) {
  offset = std::min(offset, text_.size());
  if (offset < last_offset_) {
    last_offset_ = 0;
    last_line_ = 1;
    last_column_ = 1;
  }
  for (; last_offset_ < offset; ++last_offset_) {
    const char c = text_[last_offset_];
    const bool continues_character = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (c == '\n') {
      ++last_line_;
      last_column_ = 1;
    } else if (!continues_character) {
      ++last_column_;
    }
  }
  return {file_, last_line_, last_column_};
}

std::vector<Problem> Findings::take() && {
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& left, const Problem& right) {
    return std::pair(left.where.line, left.where.column) < std::pair(right.where.line, right.where.column);
  });
  if (dropped_ > 0) {
    problems_.push_back({dropped_errors_ > 0 ? Severity::error : Severity::warning,
                         first_dropped_code_,
                         "there are " + std::to_string(dropped_) + " more problems",
                         "mend those above first",
                         SourcePosition{file_, 0, 0},
                         {}});
  }
  return std::move(problems_);
}

void Findings::push(Severity severity, std::string_view code, std::size_t offset, std::string message,
                    std::string hint) {
  if (full()) {
    if (dropped_ == 0) first_dropped_code_ = std::string(code);
    ++dropped_;
    if (severity == Severity::error) {
      if (dropped_errors_ == 0) first_dropped_code_ = std::string(code);
      ++dropped_errors_;
    }
    return;
  }
  std::string frame =
      problems_.size() < kMostFrames ? base::code_frame(text_, offset, message) : std::string();
  problems_.push_back(
      {severity, std::string(code), std::move(message), std::move(hint), at(offset), std::move(frame)});
}

std::string_view describe(const base::JsonValue& value) {
  switch (value.kind) {
    case base::JsonKind::null:
      return "null";
    case base::JsonKind::boolean:
      return value.boolean ? "true" : "false";
    case base::JsonKind::number:
      return "a number";
    case base::JsonKind::string:
      return "a string";
    case base::JsonKind::array:
      return "an array";
    case base::JsonKind::object:
      return "an object";
  }
  return "a value";
}

std::string quoted(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  std::string shown = "'";
  for (const char c : name.substr(0, base::valid_utf8_prefix(name.substr(0, kLongest)))) {
    shown.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c);
  }
  if (name.size() > kLongest) shown += "…";
  return shown + "'";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto nearest = base::nearest_word(word, candidates);
  return nearest ? "did you mean " + *nearest + "?" : std::string();
}

std::string list_of(const std::vector<std::string>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " and " : ", ";
    list += words[i];
  }
  return list;
}

}  // namespace exthost::model
