#include "tests/unit/package/raw_zip.h"

#include <random>

#include "emulator/package/deflate.h"
#include "emulator/package/zip_format.h"

namespace exthost::package::testing {

RawEntry stored(std::string name, std::string content) {
  RawEntry entry;
  entry.name = std::move(name);
  entry.crc32 = crc32_of(content);
  entry.size = content.size();
  entry.data = std::move(content);
  return entry;
}

RawEntry deflated(std::string name, std::string_view content) {
  RawEntry entry;
  entry.name = std::move(name);
  entry.method = zip::kMethodDeflated;
  entry.crc32 = crc32_of(content);
  entry.size = content.size();
  Compressor compressor;
  entry.data = compressor.deflate(content).value();
  return entry;
}

std::string RawZip::bytes() const {
  std::string zip;
  zip::FieldWriter fields(zip);
  std::string directory;
  zip::FieldWriter central(directory);
  for (const RawEntry& entry : entries) {
    zip += entry.gap;
    const std::uint64_t offset = zip.size();
    const std::string local_name = entry.local_name.value_or(entry.name);
    if (!entry.without_local) {
      fields.u32(zip::kLocalSignature).u16(20).u16(entry.local_flags.value_or(entry.flags));
      fields.u16(entry.local_method.value_or(entry.method)).u16(0).u16(33);
      fields.u32(entry.local_crc32.value_or(entry.crc32));
      fields.u32(entry.local_stored_size.value_or(static_cast<std::uint32_t>(entry.data.size())));
      fields.u32(entry.local_size.value_or(static_cast<std::uint32_t>(entry.size)));
      fields.u16(local_name.size()).u16(entry.local_extra.size());
      zip += local_name + entry.local_extra + entry.data + entry.descriptor;
    }
    central.u32(zip::kCentralSignature).u16((3u << 8) | 20).u16(20).u16(entry.flags).u16(entry.method);
    central.u16(0).u16(33).u32(entry.crc32);
    central.u32(entry.central_stored_size.value_or(static_cast<std::uint32_t>(entry.data.size())));
    central.u32(entry.central_size.value_or(static_cast<std::uint32_t>(entry.size)));
    central.u16(entry.name.size()).u16(entry.extra.size()).u16(0).u16(entry.disk).u16(0);
    central.u32(entry.attributes).u32(entry.central_offset.value_or(static_cast<std::uint32_t>(offset)));
    directory += entry.name + entry.extra;
  }
  const std::uint64_t directory_start = zip.size();
  zip += directory + before_end;
  if (zip64) {
    const std::uint64_t record = zip.size();
    const std::uint64_t count = zip64_count.value_or(entries.size());
    fields.u32(zip::kZip64EndSignature).u64(44).u16(45).u16(45).u32(0).u32(0);
    fields.u64(count).u64(count).u64(directory.size()).u64(directory_start);
    fields.u32(zip::kZip64LocatorSignature).u32(0).u64(zip64_offset.value_or(record)).u32(1);
  }
  const auto count = entry_count.value_or(static_cast<std::uint16_t>(entries.size()));
  fields.u32(zip::kEndSignature).u16(disk).u16(disk).u16(count).u16(count);
  fields.u32(directory_size.value_or(static_cast<std::uint32_t>(directory.size())));
  fields.u32(directory_offset.value_or(static_cast<std::uint32_t>(directory_start)));
  fields.u16(comment.size());
  return zip + comment;
}

std::string extra_field(std::uint16_t id, std::string_view value) {
  std::string bytes;
  zip::FieldWriter(bytes).u16(id).u16(value.size());
  return bytes.append(value);
}

std::string le32(std::initializer_list<std::uint64_t> values) {
  std::string bytes;
  for (const std::uint64_t value : values) zip::FieldWriter(bytes).u32(value);
  return bytes;
}

std::string le64(std::initializer_list<std::uint64_t> values) {
  std::string bytes;
  for (const std::uint64_t value : values) zip::FieldWriter(bytes).u64(value);
  return bytes;
}

std::string sample_text(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) text += "export const value" + std::to_string(random()) + " = 1;\n";
  text.resize(size);
  return text;
}

}  // namespace exthost::package::testing
