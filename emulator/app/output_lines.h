#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace exthost::app {

/// Takes apart what another program prints into lines that can stand among ours.
///
/// A line ends with a line feed, or when it has kLongest bytes. What a carriage return has overwritten is
/// dropped, and so are escape sequences (`tsc --watch` clears the screen) and other control characters but
/// tabs; bytes that are not UTF-8 become U+FFFD. Empty lines are left out. Not thread-safe.
class OutputLines {
 public:
  static constexpr std::size_t kLongest = 8 * 1024;

  explicit OutputLines(std::function<void(std::string)> on_line) : on_line_(std::move(on_line)) {}

  void add(std::string_view bytes);
  /// There will be no more: what has come since the last line end is a line.
  void finish();

 private:
  std::function<void(std::string)> on_line_;
  std::string rest_;
};

/// What a terminal would show of a line (as OutputLines). Pure.
std::string clean_line(std::string_view line);

}  // namespace exthost::app
