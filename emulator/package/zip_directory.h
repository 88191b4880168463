#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/package/zip_end_record.h"

namespace exthost::package::zip {

/// What the central directory says about one entry. Views point into the zip.
struct CentralRecord {
  std::string_view raw_name;
  std::string_view unicode_path;  ///< As in ExtraFields.
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t stored_size = 0;
  std::uint64_t size = 0;
  std::uint64_t local_offset = 0;
  std::uint32_t attributes = 0;  ///< External: MS-DOS in the low half, a Unix mode in the high one.
};

/// Reads all of the directory. Its entries must fill it exactly.
base::Result<std::vector<CentralRecord>> read_directory(std::string_view zip, const Directory& directory);

/// Refuses what a version zip may not use: methods other than stored and deflated, encryption, anything but
/// regular files and folders.
base::Result<void> check_supported(const CentralRecord& record);

}  // namespace exthost::package::zip
