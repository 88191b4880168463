#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "emulator/base/text.h"

namespace exthost::model {

/// What a stage's or friendly name is good for: it becomes a part of a URL's path and a value in the portal's
/// query.
enum class StampName {
  good,      ///< Letters and digits (b9).
  doubtful,  ///< Also underscores and hyphens: used, but not documented (q5).
  unusable,  ///< Empty, longer than 128 characters, or with anything else in it.
  reserved,  ///< `true` or `false`, which enable and disable in the portal's query (q5).
};

inline StampName judge_stamp_name(std::string_view name) {
  constexpr std::size_t kLongest = 128;
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  const auto is_doubtful = [](char c) { return c == '_' || c == '-'; };
  if (name.empty() || name.size() > kLongest) return StampName::unusable;
  if (base::equals_ignoring_case(name, "true") || base::equals_ignoring_case(name, "false"))
    return StampName::reserved;
  if (std::all_of(name.begin(), name.end(), is_plain)) return StampName::good;
  const bool usable =
      std::all_of(name.begin(), name.end(), [&](char c) { return is_plain(c) || is_doubtful(c); });
  return usable ? StampName::doubtful : StampName::unusable;
}

}  // namespace exthost::model
