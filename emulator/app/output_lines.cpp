#include "emulator/app/output_lines.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::app {
namespace {

constexpr char kEscape = '\x1b';

/// How long the escape sequence at the start of `text` is (ECMA-48): CSI up to its final byte, OSC and its
/// like up to their terminator, others with their intermediate bytes.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  const auto from = [&](std::size_t at, char low, char high) {
    while (at < text.size() && (text[at] < low || text[at] > high)) ++at;
    return std::min(at + 1, text.size());
  };
  switch (text[1]) {
    case '[':
      return from(2, '@', '~');
    case ']':
    case 'P':
    case '^':
    case '_': {
      const std::size_t bell = text.find('\a');
      const std::size_t end = text.find("\x1b\\", 2);
      if (bell < end) return bell + 1;
      return end == std::string_view::npos ? text.size() : end + 2;
    }
    default:
      return from(1, '0', '~');
  }
}

}  // namespace

std::string clean_line(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (const std::size_t overwritten = line.rfind('\r'); overwritten != std::string_view::npos)
    line.remove_prefix(overwritten + 1);
  std::string clean;
  while (!line.empty()) {
    const auto c = static_cast<unsigned char>(line.front());
    if (line.front() == kEscape) {
      line.remove_prefix(escape_length(line));
    } else if (c < 0x20 || c == 0x7F) {
      if (c == '\t') clean += '\t';
      line.remove_prefix(1);
    } else if (const std::size_t valid = base::valid_utf8_prefix(line.substr(0, 4)); valid == 0) {
      base::append_utf8(clean, 0xFFFD);
      line.remove_prefix(1);
    } else {
      const std::size_t end = std::min(valid, c < 0x80 ? std::size_t{1} : valid);
      clean += line.substr(0, end);
      line.remove_prefix(end);
    }
  }
  while (clean.ends_with(' ') || clean.ends_with('\t')) clean.pop_back();
  return clean;
}

void OutputLines::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::size_t taken = std::min({end, bytes.size(), kLongest - rest_.size()});
    rest_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (taken == end) bytes.remove_prefix(1);
    if (taken == end || rest_.size() == kLongest) finish();
  }
}

void OutputLines::finish() {
  if (std::string line = clean_line(std::exchange(rest_, {})); !line.empty()) on_line_(std::move(line));
}

}  // namespace exthost::app
