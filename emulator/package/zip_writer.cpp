#include "emulator/package/zip_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/package/deflate.h"
#include "emulator/package/entry_name.h"
#include "emulator/package/size_budget.h"
#include "emulator/package/zip_errors.h"
#include "emulator/package/zip_format.h"

namespace exthost::package {
namespace {

/// Formats that are compressed inside: deflating them costs time and gains next to nothing.
constexpr std::array<std::string_view, 19> kCompressedFormats = {
    ".7z",  ".avif", ".br",   ".gif",  ".gz",   ".jpeg",  ".jpg", ".m4a", ".mp3", ".mp4",
    ".ogg", ".png",  ".webm", ".webp", ".woff", ".woff2", ".xz",  ".zip", ".zst"};

constexpr std::uint16_t kVersionNeeded = 20;              // folders and deflate (APPNOTE 4.4.3.2)
constexpr std::uint16_t kVersionMadeBy = (3u << 8) | 20;  // on Unix, so that the mode below counts
constexpr std::uint32_t kAttributes = 0100644u << 16;     // a regular file, rw-r--r--

bool is_compressed_format(std::string_view name) {
  const std::string_view file = name.substr(name.rfind('/') + 1);
  const std::size_t dot = file.rfind('.');
  if (dot == std::string_view::npos) return false;
  return std::any_of(kCompressedFormats.begin(), kCompressedFormats.end(), [&](std::string_view format) {
    return base::equals_ignoring_case(file.substr(dot), format);
  });
}

/// What local and central header have in common, from `version needed` to the length of the extra field.
void put_common(zip::FieldWriter& fields, const Entry& entry, ZipTime time) {
  fields.u16(kVersionNeeded)
      .u16(zip::kFlagUtf8)
      .u16(entry.compression == Compression::deflated ? zip::kMethodDeflated : zip::kMethodStored)
      .u16(time.time)
      .u16(time.date)
      .u32(entry.crc32)
      .u32(entry.stored.size())
      .u32(entry.size)
      .u16(entry.name.size())
      .u16(0);
}

ZipTime to_zip_time(std::chrono::sys_seconds when) {
  using namespace std::chrono;
  constexpr sys_seconds kEarliest = sys_days(year(1980) / 1 / 1);
  constexpr sys_seconds kLatest = sys_days(year(2107) / 12 / 31) + hours(23) + minutes(59) + seconds(58);
  when = std::clamp(when, kEarliest, kLatest);
  const auto day = floor<days>(when);
  const year_month_day date(day);
  const hh_mm_ss clock(when - day);
  const auto years = static_cast<unsigned>(static_cast<int>(date.year()) - 1980);
  ZipTime time;
  time.date = static_cast<std::uint16_t>(years << 9 | static_cast<unsigned>(date.month()) << 5 |
                                         static_cast<unsigned>(date.day()));
  time.time = static_cast<std::uint16_t>(static_cast<unsigned>(clock.hours().count()) << 11 |
                                         static_cast<unsigned>(clock.minutes().count()) << 5 |
                                         static_cast<unsigned>(clock.seconds().count()) / 2);
  return time;
}

}  // namespace

base::Result<ZipTime> zip_time() {
  const char* variable = std::getenv("SOURCE_DATE_EPOCH");
  if (variable == nullptr || *variable == '\0') return ZipTime{};
  const std::string_view text = variable;
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  // Far more than a zip can hold, and yet safe to compute with.
  constexpr std::int64_t kUtmost = std::int64_t{1} << 40;
  if (failure != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > kUtmost) {
    return base::Error{base::ErrorKind::invalid_input,
                       "SOURCE_DATE_EPOCH is '" + std::string(text) + "', not a number of seconds", ""};
  }
  return to_zip_time(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
}

PackedBytes pack_bytes(Compressor& compressor, std::string_view name, std::string bytes) {
  PackedBytes packed;
  packed.size = bytes.size();
  packed.crc32 = crc32_of(bytes);
  if (!is_compressed_format(name)) {
    if (auto deflated = compressor.deflate(bytes)) {
      packed.stored = *std::move(deflated);
      packed.compression = Compression::deflated;
      return packed;
    }
  }
  packed.stored = std::move(bytes);
  return packed;
}

base::Result<void> check_zip_limits(std::span<const Entry> entries, const PackageLimits& limits) {
  SizeBudget budget(limits);
  for (const Entry& entry : entries) {
    // Whatever the limits, we write no zip64.
    if (entry.size >= zip::kInZip64_32) {
      return zip_too_large("file " + quoted_name(entry.name) + " has 4 GiB or more");
    }
    if (auto added = budget.add(entry.name, entry.size, entry.stored.size()); !added) return added;
  }
  const std::size_t max_entries = std::min<std::size_t>(limits.entries, zip::kInZip64_16 - 1);
  if (entries.size() > max_entries) {
    return zip_too_large("there are " + std::to_string(entries.size()) + " files, the limit is " +
                         std::to_string(max_entries));
  }
  const std::uint64_t size = zip_size(entries);
  const std::uint64_t max_size = std::min<std::uint64_t>(limits.zip_bytes, zip::kInZip64_32 - 1);
  if (size > max_size) {
    return zip_too_large("the zip would have " + std::to_string(size) + " bytes, the limit is " +
                         std::to_string(max_size));
  }
  return budget.check_whole(size);
}

std::uint64_t local_size(const Entry& entry) {
  return zip::kLocalSize + entry.name.size() + entry.stored.size();
}

std::uint64_t zip_size(std::span<const Entry> entries) {
  std::uint64_t size = zip::kEndSize;
  for (const Entry& entry : entries) size += local_size(entry) + zip::kCentralSize + entry.name.size();
  return size;
}

void append_files(std::string& zip, std::span<const Entry> entries, ZipTime time) {
  zip::FieldWriter fields(zip);
  for (const Entry& entry : entries) {
    fields.u32(zip::kLocalSignature);
    put_common(fields, entry, time);
    zip.append(entry.name).append(entry.stored);
  }
}

void append_directory(std::string& zip, std::span<const Entry> entries, ZipTime time) {
  const std::size_t begin = zip.size();
  zip::FieldWriter fields(zip);
  std::uint64_t offset = 0;
  for (const Entry& entry : entries) {
    fields.u32(zip::kCentralSignature).u16(kVersionMadeBy);
    put_common(fields, entry, time);
    fields.u16(0).u16(0).u16(0).u32(kAttributes).u32(offset);  // no comment, disk 0, no internal attributes
    zip.append(entry.name);
    offset += local_size(entry);
  }
  const std::size_t size = zip.size() - begin;
  fields.u32(zip::kEndSignature)
      .u16(0)
      .u16(0)
      .u16(entries.size())
      .u16(entries.size())
      .u32(size)
      .u32(offset)
      .u16(0);
}

std::shared_ptr<const std::string> assemble_zip(std::span<const Entry> entries, ZipTime time) {
  auto zip = std::make_shared<std::string>();
  zip->reserve(zip_size(entries));
  append_files(*zip, entries, time);
  append_directory(*zip, entries, time);
  return zip;
}

base::Result<std::shared_ptr<const std::string>> write_zip(const std::vector<NamedBytes>& files,
                                                           const PackageLimits& limits) {
  auto time = zip_time();
  if (!time) return std::move(time).error();
  std::vector<const NamedBytes*> sorted;
  for (const NamedBytes& file : files) {
    if (auto checked = check_entry_name(file.name, limits); !checked) return std::move(checked).error();
    sorted.push_back(&file);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const NamedBytes* left, const NamedBytes* right) { return left->name < right->name; });

  Compressor compressor;
  std::vector<PackedBytes> packed;
  std::vector<Entry> entries;
  packed.reserve(sorted.size());  // so that the entries' views stay good
  for (const NamedBytes* file : sorted) {
    packed.push_back(pack_bytes(compressor, file->name, file->bytes));
    entries.push_back({file->name, packed.back().stored, packed.back().size, packed.back().crc32,
                       packed.back().compression});
  }
  if (auto checked = check_zip_limits(entries, limits); !checked) return std::move(checked).error();
  auto zip = assemble_zip(entries, *time);
  if (auto opened = Package::open(zip, *zip, limits); !opened) return std::move(opened).error();
  return zip;
}

}  // namespace exthost::package
