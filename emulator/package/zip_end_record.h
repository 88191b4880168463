#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/base/result.h"

namespace exthost::package::zip {

/// Where the central directory lies.
struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t entries = 0;
};

/// Finds the one end record, and the zip64 one that must agree with it, and with them the directory, which
/// must end where the end records begin. Bytes behind the zip are refused, and so are bytes put ahead of it
/// unless its offsets count them in.
base::Result<Directory> find_directory(std::string_view zip);

}  // namespace exthost::package::zip
