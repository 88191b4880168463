#include "emulator/package/zip_local_entry.h"

#include <cstddef>
#include <optional>

#include "emulator/package/entry_name.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_extra.h"
#include "emulator/package/zip_format.h"

namespace exthost::package::zip {
namespace {

/// The sizes and the CRC as a local header or a data descriptor gives them.
struct LocalSums {
  std::uint32_t crc32 = 0;
  std::uint64_t stored_size = 0;
  std::uint64_t size = 0;

  bool match(const CentralRecord& record) const {
    return crc32 == record.crc32 && stored_size == record.stored_size && size == record.size;
  }
  /// What a writer that only learns the sums later puts ahead of the data.
  bool match_or_blank(const CentralRecord& record) const {
    return (crc32 == 0 || crc32 == record.crc32) && (stored_size == 0 || stored_size == record.stored_size) &&
           (size == 0 || size == record.size);
  }
};

/// The size of the data descriptor at the front of `bytes` that says what `record` says, or absent. Its
/// signature is optional (APPNOTE 4.3.9.3); its sizes have 8 bytes exactly if the local header has a zip64
/// field.
std::optional<std::size_t> descriptor_size(std::string_view bytes, const CentralRecord& record, bool zip64) {
  const std::size_t plain = zip64 ? 20 : 12;
  for (const std::size_t signature : {std::size_t{4}, std::size_t{0}}) {
    if (bytes.size() < signature + plain) continue;
    FieldReader fields(bytes);
    if (signature != 0 && fields.u32() != kDescriptorSignature) continue;
    LocalSums sums;
    sums.crc32 = fields.u32();
    sums.stored_size = zip64 ? fields.u64() : fields.u32();
    sums.size = zip64 ? fields.u64() : fields.u32();
    if (sums.match(record)) return signature + plain;
  }
  return std::nullopt;
}

base::Error local_mismatch(const CentralRecord& record, const char* what) {
  return zip_corrupt("entry " + quoted_name(record.raw_name) + " has another " + what +
                     " in its local header than in the central directory");
}

}  // namespace

base::Result<LocalEntry> match_local_entry(std::string_view zip, const CentralRecord& record,
                                           std::uint64_t limit) {
  const std::string_view before_directory = zip.substr(0, limit);
  if (record.local_offset > limit || limit - record.local_offset < kLocalSize ||
      signature_at(before_directory, record.local_offset) != kLocalSignature) {
    return zip_corrupt("entry " + quoted_name(record.raw_name) +
                       " has no local header where the central directory says");
  }
  FieldReader fields(before_directory.substr(record.local_offset + 4));
  fields.skip(2);  // version
  const std::uint16_t flags = fields.u16();
  const std::uint16_t method = fields.u16();
  fields.skip(4);  // time and date
  LocalSums sums;
  sums.crc32 = fields.u32();
  sums.stored_size = fields.u32();
  sums.size = fields.u32();
  const std::size_t name_size = fields.u16();
  const std::size_t extra_size = fields.u16();
  if (fields.rest().size() < name_size + extra_size) {
    return zip_corrupt("the local header of entry " + quoted_name(record.raw_name) + " is cut short");
  }
  if (fields.rest().substr(0, name_size) != record.raw_name) return local_mismatch(record, "name");
  // Some tools set the bits that tell the deflate level in one place only; they mean nothing to a reader.
  if (((flags ^ record.flags) & ~kFlagsDeflateLevel) != 0) return local_mismatch(record, "set of flags");
  if (method != record.method) return local_mismatch(record, "method");

  auto extra = read_extra(fields.rest().substr(name_size, extra_size), record.raw_name);
  if (!extra) return std::move(extra).error();
  if (!extra->unicode_path.empty() && extra->unicode_path != record.unicode_path) {
    return local_mismatch(record, "Unicode name");
  }
  if (sums.size == kInZip64_32 || sums.stored_size == kInZip64_32) {
    // A local zip64 field holds both sizes (APPNOTE 4.5.3).
    if (!extra->zip64 || extra->zip64->size() < 16) return zip64_mismatch(record.raw_name);
    FieldReader sizes(*extra->zip64);
    const std::uint64_t size = sizes.u64();
    const std::uint64_t stored_size = sizes.u64();
    if (!agrees_with_zip64(sums.size, size, kInZip64_32) ||
        !agrees_with_zip64(sums.stored_size, stored_size, kInZip64_32)) {
      return zip64_mismatch(record.raw_name);
    }
    sums.size = size;
    sums.stored_size = stored_size;
  }

  LocalEntry entry;
  entry.begin = record.local_offset;
  entry.data = limit - fields.rest().size() + name_size + extra_size;
  if (record.stored_size > limit - entry.data) {
    return zip_corrupt("the data of entry " + quoted_name(record.raw_name) + " is cut short");
  }
  entry.end = entry.data + record.stored_size;
  const bool described_later = (record.flags & kFlagDescriptor) != 0;
  if (!(described_later ? sums.match_or_blank(record) : sums.match(record))) {
    return local_mismatch(record, "size or CRC");
  }
  if (described_later) {
    const auto size = descriptor_size(before_directory.substr(entry.end), record, extra->zip64.has_value());
    if (!size) {
      return zip_corrupt("the data descriptor of entry " + quoted_name(record.raw_name) +
                         " does not agree with the central directory");
    }
    entry.end += *size;
  }
  return entry;
}

}  // namespace exthost::package::zip
