#include "emulator/package/zip_end_record.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_format.h"

namespace exthost::package::zip {
namespace {

/// True if an end record at `offset` has a comment that ends exactly where the zip does.
bool is_end_record(std::string_view zip, std::size_t offset) {
  if (signature_at(zip, offset) != kEndSignature || zip.size() - offset < kEndSize) return false;
  FieldReader fields(zip.substr(offset + kEndSize - 2));
  return fields.u16() == zip.size() - offset - kEndSize;
}

/// The end record's offset. Readers differ in which one they take if there are several, so there may be only
/// one.
base::Result<std::size_t> find_end_record(std::string_view zip) {
  if (zip.size() < kEndSize) return zip_corrupt("this is not a zip: it is too short for an end record");
  const std::size_t last = zip.size() - kEndSize;
  const std::size_t first = last - std::min(last, kMaxComment);
  std::optional<std::size_t> found;
  for (std::size_t offset = last + 1; offset-- > first;) {
    if (signature_at(zip, offset) != kEndSignature) continue;
    if (is_end_record(zip, offset)) {
      if (found) return zip_corrupt("the zip has more than one end record");
      found = offset;
    } else if (!found) {
      return zip_corrupt("bytes follow the zip's end record, or its comment hides another end record");
    }
  }
  if (!found) return zip_corrupt("this is not a complete zip: it has no end record");
  return *found;
}

struct EndRecord {
  std::uint64_t disk = 0;
  std::uint64_t directory_disk = 0;
  std::uint64_t entries_on_disk = 0;
  Directory directory;
};

EndRecord read_end_record(std::string_view zip, std::size_t offset) {
  FieldReader fields(zip.substr(offset + 4));
  EndRecord end;
  end.disk = fields.u16();
  end.directory_disk = fields.u16();
  end.entries_on_disk = fields.u16();
  end.directory.entries = fields.u16();
  end.directory.size = fields.u32();
  end.directory.offset = fields.u32();
  return end;
}

bool needs_zip64(const EndRecord& end) {
  return end.disk == kInZip64_16 || end.directory_disk == kInZip64_16 || end.entries_on_disk == kInZip64_16 ||
         end.directory.entries == kInZip64_16 || end.directory.size == kInZip64_32 ||
         end.directory.offset == kInZip64_32;
}

/// Replaces `end` by the zip64 end record that the locator ahead of it names. Returns where that record
/// begins.
base::Result<std::uint64_t> apply_zip64(std::string_view zip, std::uint64_t locator_offset, EndRecord& end) {
  FieldReader locator(zip.substr(locator_offset + 4));
  const std::uint32_t record_disk = locator.u32();
  const std::uint64_t record_offset = locator.u64();
  const std::uint32_t disks = locator.u32();
  if (record_disk != 0 || disks > 1) return zip_unsupported("the zip is split over several files");
  if (record_offset > locator_offset || locator_offset - record_offset < kZip64EndSize ||
      signature_at(zip, record_offset) != kZip64EndSignature) {
    return zip_corrupt("the zip64 locator does not point at a zip64 end record");
  }
  FieldReader fields(zip.substr(record_offset + 4));
  const std::uint64_t rest = fields.u64();
  if (rest != locator_offset - record_offset - 12) {
    return zip_corrupt("the zip64 end record does not end where its locator begins");
  }
  fields.skip(4);  // versions
  EndRecord large;
  large.disk = fields.u32();
  large.directory_disk = fields.u32();
  large.entries_on_disk = fields.u64();
  large.directory.entries = fields.u64();
  large.directory.size = fields.u64();
  large.directory.offset = fields.u64();
  if (!agrees_with_zip64(end.disk, large.disk, kInZip64_16) ||
      !agrees_with_zip64(end.directory_disk, large.directory_disk, kInZip64_16) ||
      !agrees_with_zip64(end.entries_on_disk, large.entries_on_disk, kInZip64_16) ||
      !agrees_with_zip64(end.directory.entries, large.directory.entries, kInZip64_16) ||
      !agrees_with_zip64(end.directory.size, large.directory.size, kInZip64_32) ||
      !agrees_with_zip64(end.directory.offset, large.directory.offset, kInZip64_32)) {
    return zip_corrupt("the zip's end record and its zip64 end record contradict each other");
  }
  end = large;
  return record_offset;
}

}  // namespace

base::Result<Directory> find_directory(std::string_view zip) {
  auto end_offset = find_end_record(zip);
  if (!end_offset) return std::move(end_offset).error();
  EndRecord end = read_end_record(zip, *end_offset);
  std::uint64_t directory_end = *end_offset;
  const bool has_locator = *end_offset >= kZip64LocatorSize &&
                           signature_at(zip, *end_offset - kZip64LocatorSize) == kZip64LocatorSignature;
  if (has_locator) {
    auto begin = apply_zip64(zip, *end_offset - kZip64LocatorSize, end);
    if (!begin) return std::move(begin).error();
    directory_end = *begin;
  } else if (needs_zip64(end)) {
    return zip_corrupt("the zip's end record refers to a zip64 end record that is not there");
  }
  if (end.disk != 0 || end.directory_disk != 0 || end.entries_on_disk != end.directory.entries) {
    return zip_unsupported("the zip is split over several files");
  }
  if (end.directory.offset > directory_end || end.directory.size != directory_end - end.directory.offset) {
    return zip_corrupt("the central directory does not lie where the end record says");
  }
  return end.directory;
}

}  // namespace exthost::package::zip
