#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json_document.h"
#include "emulator/model/problem.h"

namespace exthost::model {

/// Collects what a reader of one text has to say about it, with places and code frames. For this layer's
/// readers. The text must outlive the collector. A hundred findings are kept, ten of them with a code frame,
/// and the rest only counted, so that a hostile file costs little more than a bad one.
class Findings {
 public:
  static constexpr std::size_t kMost = 100;
  static constexpr std::size_t kMostFrames = 10;

  Findings(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  void error(std::string_view code, std::size_t offset, std::string message, std::string hint = {});
  void warning(std::string_view code, std::size_t offset, std::string message, std::string hint = {});
  void note(std::string_view code, std::size_t offset, std::string message, std::string hint = {});
  void add(std::vector<Problem> problems);

  /// As base::locate, but quick for offsets that ascend. The text must be valid UTF-8.
  SourcePosition at(std::size_t offset);
  bool has_errors() const { return model::has_errors(problems_) || dropped_errors_ > 0; }
  /// Further findings will only be counted: what is costly to work out for a message may be left out.
  bool full() const { return problems_.size() >= kMost; }

  /// Everything kept, in the order of the text, and a last word about the rest if there is any.
  std::vector<Problem> take() &&;

 private:
  void push(Severity severity, std::string_view code, std::size_t offset, std::string message,
            std::string hint);

  std::string_view text_;
  std::string file_;
  std::vector<Problem> problems_;
  std::size_t dropped_ = 0;
  std::size_t dropped_errors_ = 0;
  std::string first_dropped_code_;
  // where at() last stood
  std::size_t last_offset_ = 0;
  std::size_t last_line_ = 1;
  std::size_t last_column_ = 1;
};

/// `a string`, `an array`, … : what stands there, for messages.
std::string_view describe(const base::JsonValue& value);

/// A name as a message shows it: in single quotes, shortened, without control characters.
std::string quoted(std::string_view name);

/// `did you mean x?`, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// `a`, `a and b`, `a, b and c`.
std::string list_of(const std::vector<std::string>& words);

}  // namespace exthost::model
