#include "emulator/model/clock_mode.h"

#include <array>
#include <charconv>

#include "emulator/base/result.h"

namespace exthost::model {
namespace {

constexpr std::string_view kScaled = "scaled:";

}  // namespace

std::optional<double> parse_clock_scale(std::string_view text) {
  double scale = 0;
  const auto [end, fault] =
      std::from_chars(text.data(), text.data() + text.size(), scale, std::chars_format::fixed);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(scale >= kSlowestClock && scale <= kFastestClock)) return std::nullopt;
  return scale;
}

std::optional<double> parse_clock_mode(std::string_view text) {
  if (text == "real") return 1;
  if (text == "virtual") return 0;
  if (text.substr(0, kScaled.size()) != kScaled) return std::nullopt;
  return parse_clock_scale(text.substr(kScaled.size()));
}

std::string to_rate_text(double rate) {
  std::array<char, 64> buffer{};
  const auto [end, fault] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), rate, std::chars_format::fixed);
  EXTHOST_CHECK(fault == std::errc());
  return {buffer.data(), end};
}

std::string to_clock_mode(double rate) {
  if (rate == 0) return "virtual";
  if (rate == 1) return "real";
  return std::string(kScaled) + to_rate_text(rate);
}

}  // namespace exthost::model
