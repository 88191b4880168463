#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exthost::model {

/// How fast the emulator's time may pass beside the machine's, while it passes at all.
inline constexpr double kSlowestClock = 0.01;
inline constexpr double kFastestClock = 86'400;  ///< A day a second.

/// The rate that a mode of the clock stands for (ux.md 4, `clock.mode`): `real` is 1, `virtual` stands still
/// (0), `scaled:60` is 60. Absent for anything else, and for a scale beyond the two limits.
std::optional<double> parse_clock_mode(std::string_view text);

/// `60`, `0.5`: a scale within the limits; absent for anything else.
std::optional<double> parse_clock_scale(std::string_view text);

/// The mode of that rate: `real`, `virtual` or `scaled:60`.
std::string to_clock_mode(double rate);

/// `60`, `0.5`: as short as it can be.
std::string to_rate_text(double rate);

}  // namespace exthost::model
