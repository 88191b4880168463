#pragma once

#include <memory>

#include "emulator/app/settings.h"
#include "emulator/base/result.h"

namespace spdlog {
class logger;
}

namespace exthost::app {

/// The log that the settings ask for: level, format, and file or standard error. Fails if the file cannot be
/// opened.
base::Result<std::shared_ptr<spdlog::logger>> make_log(const Settings& settings);

}  // namespace exthost::app
