#include "emulator/base/clock.h"

#include <array>
#include <charconv>
#include <utility>

namespace exthost::base {
namespace {

struct Fields {
  std::chrono::year_month_day date;
  std::chrono::weekday weekday;
  std::chrono::hh_mm_ss<Duration> time;
};

Fields split_up(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day(day), std::chrono::weekday(day),
          std::chrono::hh_mm_ss<Duration>(time - day)};
}

/// `value` in decimal, with zeros in front up to `width`.
void append_number(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

std::int64_t year_of(const Fields& fields) {
  return static_cast<int>(fields.date.year());
}
std::int64_t month_of(const Fields& fields) {
  return static_cast<unsigned>(fields.date.month());
}
std::int64_t day_of(const Fields& fields) {
  return static_cast<unsigned>(fields.date.day());
}

/// `120411` or `12:04:11`.
void append_time_of_day(std::string& out, const Fields& fields, std::string_view separator) {
  append_number(out, fields.time.hours().count(), 2);
  out += separator;
  append_number(out, fields.time.minutes().count(), 2);
  out += separator;
  append_number(out, fields.time.seconds().count(), 2);
}

std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  const auto result = std::from_chars(text.data(), text.data() + digits, number);
  if (result.ec != std::errc() || result.ptr != text.data() + digits || number < 0) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The time of day after `T`, in milliseconds.
std::optional<Duration> parse_time_of_day(std::string_view text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  Duration time = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  if (take(text, ':')) {
    const auto seconds = take_number(text, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    time += std::chrono::seconds(*seconds);
    if (take(text, '.')) {
      int milliseconds = 0;
      int weight = 100;
      std::size_t digits = 0;
      for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits, text.remove_prefix(1)) {
        milliseconds += (text.front() - '0') * weight;
        weight /= 10;
      }
      if (digits == 0 || digits > 7) return std::nullopt;
      time += Duration(milliseconds);
    }
  }
  if (text != "Z") return std::nullopt;
  return time;
}

}  // namespace

WallTime MachineClock::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

std::string to_iso8601(WallTime time) {
  const Fields fields = split_up(time);
  std::string out;
  append_number(out, year_of(fields), 4);
  out.push_back('-');
  append_number(out, month_of(fields), 2);
  out.push_back('-');
  append_number(out, day_of(fields), 2);
  out.push_back('T');
  append_time_of_day(out, fields, ":");
  out.push_back('.');
  append_number(out, fields.time.subseconds().count(), 3);
  out.push_back('Z');
  return out;
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const WallTime midnight{std::chrono::sys_days(date)};
  if (text.empty()) return midnight;
  if (!take(text, 'T')) return std::nullopt;
  const auto time = parse_time_of_day(text);
  if (!time) return std::nullopt;
  return midnight + *time;
}

std::string to_http_date(WallTime time) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Fields fields = split_up(time);
  std::string out(kDays[fields.weekday.c_encoding()]);
  out += ", ";
  append_number(out, day_of(fields), 2);
  out.push_back(' ');
  out += kMonths[static_cast<std::size_t>(month_of(fields) - 1)];
  out.push_back(' ');
  append_number(out, year_of(fields), 4);
  out.push_back(' ');
  append_time_of_day(out, fields, ":");
  out += " GMT";
  return out;
}

std::string to_version_stamp(WallTime time) {
  const Fields fields = split_up(time);
  std::string out;
  append_number(out, year_of(fields) % 100, 2);
  append_number(out, month_of(fields), 2);
  append_number(out, day_of(fields), 2);
  out.push_back('-');
  append_time_of_day(out, fields, "");
  return out;
}

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits = {
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  constexpr std::int64_t kLongest = 36'525 * std::int64_t{86'400'000};
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto number = std::from_chars(text.data(), text.data() + text.size(), count);
    if (number.ec != std::errc() || count < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(number.ptr - text.data()));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789"));
    text.remove_prefix(unit.size());
    std::int64_t milliseconds = 0;
    for (const auto& [name, length] : kUnits) {
      if (unit == name) milliseconds = length;
    }
    if (milliseconds == 0 || count > kLongest / milliseconds) return std::nullopt;
    total += count * milliseconds;
    if (total > kLongest) return std::nullopt;
  }
  return Duration(total);
}

std::string to_duration_text(Duration duration) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits = {
      {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text;
  for (const auto& [name, milliseconds] : kUnits) {
    if (rest < milliseconds) continue;
    text += std::to_string(rest / milliseconds) + std::string(name);
    rest %= milliseconds;
  }
  return text;
}

}  // namespace exthost::base
