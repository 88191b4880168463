#include <array>
#include <charconv>
#include <chrono>

#include "emulator/base/text.h"
#include "emulator/http/conditions.h"

namespace exthost::http {

namespace {

/// Takes a text apart from the left; every step fails if the text is not what was asked for.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool literal(std::string_view expected) {
    if (rest_.substr(0, expected.size()) != expected) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  /// Exactly `digits` digits.
  bool number(std::size_t digits, int& value) {
    if (rest_.size() < digits) return false;
    const char* end = rest_.data() + digits;
    if (rest_.front() == '-') return false;
    const auto parsed = std::from_chars(rest_.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end) return false;
    rest_.remove_prefix(digits);
    return true;
  }

  /// A month's three letters, as 1 to 12.
  bool month(int& value) {
    static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (std::size_t index = 0; index < kMonths.size(); ++index) {
      if (literal(kMonths[index])) {
        value = static_cast<int>(index) + 1;
        return true;
      }
    }
    return false;
  }

  /// Drops everything up to and including the first `mark`.
  bool skip_past(char mark) {
    const std::size_t at = rest_.find(mark);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + 1);
    return true;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct DateParts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

bool read_time(DateReader& reader, DateParts& parts) {
  return reader.number(2, parts.hour) && reader.literal(":") && reader.number(2, parts.minute) &&
         reader.literal(":") && reader.number(2, parts.second);
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
bool read_imf_fixdate(DateReader reader, DateParts& parts) {
  return reader.skip_past(',') && reader.literal(" ") && reader.number(2, parts.day) && reader.literal(" ") &&
         reader.month(parts.month) && reader.literal(" ") && reader.number(4, parts.year) &&
         reader.literal(" ") && read_time(reader, parts) && reader.literal(" GMT") && reader.at_end();
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`; years from 70 belong to the last century.
bool read_rfc850(DateReader reader, DateParts& parts) {
  const bool complete = reader.skip_past(',') && reader.literal(" ") && reader.number(2, parts.day) &&
                        reader.literal("-") && reader.month(parts.month) && reader.literal("-") &&
                        reader.number(2, parts.year) && reader.literal(" ") && read_time(reader, parts) &&
                        reader.literal(" GMT") && reader.at_end();
  if (complete) parts.year += parts.year >= 70 ? 1900 : 2000;
  return complete;
}

/// `Sun Nov  6 08:49:37 1994`
bool read_asctime(DateReader reader, DateParts& parts) {
  if (!reader.skip_past(' ') || !reader.month(parts.month) || !reader.literal(" ")) return false;
  const bool day = reader.literal(" ") ? reader.number(1, parts.day) : reader.number(2, parts.day);
  return day && reader.literal(" ") && read_time(reader, parts) && reader.literal(" ") &&
         reader.number(4, parts.year) && reader.at_end();
}

}  // namespace

std::optional<base::WallTime> parse_http_date(std::string_view text) {
  const DateReader reader(base::trim(text));
  DateParts parts;
  if (!read_imf_fixdate(reader, parts) && !read_rfc850(reader, parts) && !read_asctime(reader, parts)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(parts.year),
                                         std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day)));
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(parts.hour) + std::chrono::minutes(parts.minute) +
         std::chrono::seconds(parts.second);
}

}  // namespace exthost::http
