#pragma once

#include <string_view>

#include "emulator/app/settings_file.h"
#include "tests/support/catch.h"

namespace exthost::app::testing {

/// The settings of a file in `/p` with that text, which has no mistake.
inline Settings settings_of(std::string_view text) {
  Settings settings;
  for (const auto& problem : read_settings(text, "exthost-emu.json", "/p", settings)) FAIL(problem.message);
  for (const auto& problem : complete_extensions(settings)) FAIL(problem.message);
  return settings;
}

}  // namespace exthost::app::testing
