#pragma once

#include <filesystem>

#include "emulator/base/result.h"

namespace exthost::app {

/// Writes the sample that the program carries into `folder`, unless its settings file is there already: what
/// somebody changed in an earlier run stays. Fails with kStateUnwritable.
base::Result<void> unpack_demo(const std::filesystem::path& folder);

}  // namespace exthost::app
