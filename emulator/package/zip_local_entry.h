#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/base/result.h"
#include "emulator/package/zip_directory.h"

namespace exthost::package::zip {

/// Where an entry lies in the zip: header, data and, if it has one, data descriptor.
struct LocalEntry {
  std::uint64_t begin = 0;
  std::uint64_t data = 0;
  std::uint64_t end = 0;
};

/// Reads the local header (and data descriptor) of a record and holds it against the record. Nothing of it
/// may reach past `limit`, where the directory begins.
base::Result<LocalEntry> match_local_entry(std::string_view zip, const CentralRecord& record,
                                           std::uint64_t limit);

}  // namespace exthost::package::zip
