#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::package::testing {

/// An entry of a hand-made zip. What is not set follows from the rest, so that a test states only what is
/// wrong.
struct RawEntry {
  std::string name;
  std::string data;  ///< As it lies in the zip.
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t size = 0;
  std::uint32_t attributes = 0;
  std::uint16_t disk = 0;
  std::string extra;       ///< In the central directory.
  std::string descriptor;  ///< Behind the data.
  std::string gap;         ///< Bytes ahead of the local header.

  std::optional<std::uint32_t> central_stored_size;
  std::optional<std::uint32_t> central_size;
  std::optional<std::uint32_t> central_offset;

  std::optional<std::string> local_name;
  std::optional<std::uint16_t> local_flags;
  std::optional<std::uint16_t> local_method;
  std::optional<std::uint32_t> local_crc32;
  std::optional<std::uint32_t> local_stored_size;
  std::optional<std::uint32_t> local_size;
  std::string local_extra;
  bool without_local = false;  ///< Only in the directory; `central_offset` says where its header is.
};

RawEntry stored(std::string name, std::string content);
RawEntry deflated(std::string name, std::string_view content);

/// A hand-made zip: entries, directory, end records.
struct RawZip {
  std::vector<RawEntry> entries = {};
  std::string before_end = {};  ///< Bytes between the directory and the end records.
  std::string comment = {};
  std::uint16_t disk = 0;
  std::optional<std::uint16_t> entry_count = {};
  std::optional<std::uint32_t> directory_size = {};
  std::optional<std::uint32_t> directory_offset = {};

  bool zip64 = false;                              ///< With a zip64 end record and its locator.
  std::optional<std::uint64_t> zip64_count = {};   ///< Another count than there are.
  std::optional<std::uint64_t> zip64_offset = {};  ///< Another place for the locator to point at.

  std::string bytes() const;
};

/// An extra field: id, length, value.
std::string extra_field(std::uint16_t id, std::string_view value);
/// Numbers, little-endian, of 4 or 8 bytes each.
std::string le32(std::initializer_list<std::uint64_t> values);
std::string le64(std::initializer_list<std::uint64_t> values);

/// Text that is different in every line, so that it shrinks but little, of about `size` bytes.
std::string sample_text(std::size_t size, unsigned seed = 1);

}  // namespace exthost::package::testing
