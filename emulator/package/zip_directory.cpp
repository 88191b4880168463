#include "emulator/package/zip_directory.h"

#include <cstddef>
#include <optional>
#include <string>

#include "emulator/package/entry_name.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_extra.h"
#include "emulator/package/zip_format.h"

namespace exthost::package::zip {
namespace {

/// Takes the values that the 32 bit fields of a central record refer to out of its zip64 field, which must
/// hold these and no others.
base::Result<void> apply_central_zip64(const std::optional<std::string_view>& field, std::uint16_t disk,
                                       CentralRecord& record) {
  std::size_t wanted = disk == kInZip64_16 ? 4 : 0;
  for (const std::uint64_t value : {record.size, record.stored_size, record.local_offset}) {
    if (value == kInZip64_32) wanted += 8;
  }
  const std::string_view value_bytes = field.value_or(std::string_view());
  if (field.has_value() != (wanted != 0) || value_bytes.size() != wanted)
    return zip64_mismatch(record.raw_name);
  FieldReader fields(value_bytes);
  for (std::uint64_t* value : {&record.size, &record.stored_size, &record.local_offset}) {
    if (*value == kInZip64_32) *value = fields.u64();
  }
  const std::uint32_t real_disk = disk == kInZip64_16 ? fields.u32() : disk;
  if (real_disk != 0) return zip_unsupported("the zip is split over several files");
  return {};
}

base::Result<CentralRecord> read_central_record(FieldReader& fields) {
  if (fields.rest().size() < kCentralSize || fields.u32() != kCentralSignature) {
    return zip_corrupt("the central directory has fewer entries than the end record says");
  }
  CentralRecord record;
  fields.skip(4);  // versions
  record.flags = fields.u16();
  record.method = fields.u16();
  fields.skip(4);  // time and date
  record.crc32 = fields.u32();
  record.stored_size = fields.u32();
  record.size = fields.u32();
  const std::size_t name_size = fields.u16();
  const std::size_t extra_size = fields.u16();
  const std::size_t comment_size = fields.u16();
  const std::uint16_t disk = fields.u16();
  fields.skip(2);  // internal attributes
  record.attributes = fields.u32();
  record.local_offset = fields.u32();
  if (fields.rest().size() < name_size + extra_size + comment_size) {
    return zip_corrupt("the central directory is cut short");
  }
  record.raw_name = fields.rest().substr(0, name_size);
  const std::string_view extra_bytes = fields.rest().substr(name_size, extra_size);
  fields.skip(name_size + extra_size + comment_size);

  auto extra = read_extra(extra_bytes, record.raw_name);
  if (!extra) return std::move(extra).error();
  record.unicode_path = extra->unicode_path;
  if (auto applied = apply_central_zip64(extra->zip64, disk, record); !applied) {
    return std::move(applied).error();
  }
  return record;
}

}  // namespace

base::Result<std::vector<CentralRecord>> read_directory(std::string_view zip, const Directory& directory) {
  if (directory.entries > directory.size / kCentralSize) {
    return zip_corrupt("the central directory has fewer entries than the end record says");
  }
  FieldReader fields(zip.substr(directory.offset, directory.size));
  std::vector<CentralRecord> records;
  records.reserve(directory.entries);
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    auto record = read_central_record(fields);
    if (!record) return std::move(record).error();
    records.push_back(*record);
  }
  if (!fields.rest().empty()) {
    return zip_corrupt("the central directory has more entries than the end record says");
  }
  return records;
}

base::Result<void> check_supported(const CentralRecord& record) {
  const auto entry = [&](const char* is) { return "entry " + quoted_name(record.raw_name) + is; };
  if ((record.flags & kFlagEncrypted) != 0) return zip_unsupported(entry(" is encrypted"));
  if ((record.flags & ~(kFlagsDeflateLevel | kFlagDescriptor | kFlagUtf8)) != 0) {
    return zip_unsupported(entry(" uses a feature of the format that is not supported (flags ") +
                           std::to_string(record.flags) + ")");
  }
  if (record.method != kMethodStored && record.method != kMethodDeflated) {
    return zip_unsupported(entry(" is compressed with method ") + std::to_string(record.method) +
                           ", only stored (0) and deflated (8) are supported");
  }
  constexpr std::uint32_t kTypeMask = 0170000, kRegular = 0100000, kFolder = 0040000, kLink = 0120000;
  const std::uint32_t type = (record.attributes >> 16) & kTypeMask;
  if (type == kLink) return zip_unsafe(entry(" is a symbolic link"));
  if (type != 0 && type != kRegular && type != kFolder) return zip_unsafe(entry(" is a device or the like"));
  if (type == kFolder && !record.raw_name.ends_with('/') && !record.raw_name.ends_with('\\')) {
    return zip_unsafe(entry(" is a folder, but its name does not end in a slash"));
  }
  constexpr std::uint32_t kVolumeLabel = 0x08, kDevice = 0x40, kReparsePoint = 0x400;
  if ((record.attributes & (kVolumeLabel | kDevice | kReparsePoint)) != 0) {
    return zip_unsafe(entry(" is a volume label, a device or a link"));
  }
  return {};
}

}  // namespace exthost::package::zip
