#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::app {

/// A value of the environment by its name, or null: getenv, or a test's own.
using Environment = std::function<const char*(const char*)>;

/// Whether a build server runs us: one of the variables that they set is set, and not to `false` or `0`.
bool is_ci(const Environment& environment);

/// Whether a browser may be opened: not for a build server, nor with EXTHOST_EMU_NO_BROWSER set.
bool may_open_browser(const Environment& environment);

/// The programs to try, one after the other, each with its arguments. `browser` is what BROWSER has: commands
/// separated by colons, each with `%s` where the URL belongs, or without: then it comes last. Empty:
/// xdg-open. Pure.
std::vector<std::vector<std::string>> browser_commands(std::string_view browser, const std::string& url);

/// Starts the user's browser at that URL and leaves it to itself: it outlives us, and what it prints is
/// dropped. `not_found` with kBrowserNotStarted if there is no such program. While the program that is
/// started runs, others on this machine may see the URL in the list of processes.
base::Result<void> open_browser(const std::string& url, const Environment& environment);

}  // namespace exthost::app
