#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/clock.h"

namespace exthost::watch {

/// A config.json that a container had, and when it was first seen.
struct SeenConfig {
  base::WallTime seen;
  std::string text;
};

inline constexpr std::size_t kKeptConfigs = 20;

/// Adds what a container has now to what it had, the oldest first. Returns whether that is news: the text
/// that came last, and one that is no JSON object, is not.
///
/// More than `kept` are not kept. The oldest goes that no name needs: a name needs the text before its last
/// change, which is what it can be rolled back to. So a name that changes with every save takes no room from
/// a stage that changed a month ago.
///
/// Pure.
bool remember_config(std::vector<SeenConfig>& history, SeenConfig now, std::size_t kept = kKeptConfigs);

/// The text before the last change of any of `names`: the newest one, among those that `usable` takes, in
/// which one of them has another version than in `now`. Null if there is none.
///
/// Pure.
const SeenConfig* before_last_change(const std::vector<SeenConfig>& history, std::string_view now,
                                     const std::vector<std::string>& names,
                                     const std::function<bool(const std::string& text)>& usable);

}  // namespace exthost::watch
