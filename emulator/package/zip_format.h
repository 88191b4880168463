#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/result.h"

/// The layout of a zip (PKWARE APPNOTE 6.3, sections 4.3 to 4.5): signatures, fixed sizes, flags. Numbers are
/// little-endian.
namespace exthost::package::zip {

inline constexpr std::uint32_t kLocalSignature = 0x04034b50;
inline constexpr std::uint32_t kCentralSignature = 0x02014b50;
inline constexpr std::uint32_t kEndSignature = 0x06054b50;
inline constexpr std::uint32_t kZip64EndSignature = 0x06064b50;
inline constexpr std::uint32_t kZip64LocatorSignature = 0x07064b50;
inline constexpr std::uint32_t kDescriptorSignature = 0x08074b50;

inline constexpr std::size_t kLocalSize = 30;     // without name and extra field
inline constexpr std::size_t kCentralSize = 46;   // without name, extra field and comment
inline constexpr std::size_t kEndSize = 22;       // without comment
inline constexpr std::size_t kZip64EndSize = 56;  // without extensible data
inline constexpr std::size_t kZip64LocatorSize = 20;
inline constexpr std::size_t kMaxComment = 0xffff;

inline constexpr std::uint16_t kFlagEncrypted = 1u << 0;
inline constexpr std::uint16_t kFlagsDeflateLevel = (1u << 1) | (1u << 2);
inline constexpr std::uint16_t kFlagDescriptor = 1u << 3;
inline constexpr std::uint16_t kFlagUtf8 = 1u << 11;

inline constexpr std::uint16_t kMethodStored = 0;
inline constexpr std::uint16_t kMethodDeflated = 8;

inline constexpr std::uint16_t kExtraZip64 = 0x0001;
inline constexpr std::uint16_t kExtraUnicodePath = 0x7075;

/// What a 16 or 32 bit field holds when the value stands in a zip64 field.
inline constexpr std::uint16_t kInZip64_16 = 0xffff;
inline constexpr std::uint32_t kInZip64_32 = 0xffffffff;

/// Takes numbers off the front of a record. The caller has made sure that there are enough bytes.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  std::uint64_t u64() { return take(8); }
  void skip(std::size_t count) {
    EXTHOST_CHECK(count <= rest_.size());
    rest_.remove_prefix(count);
  }
  std::string_view rest() const { return rest_; }

 private:
  std::uint64_t take(std::size_t count) {
    EXTHOST_CHECK(count <= rest_.size());
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    }
    rest_.remove_prefix(count);
    return value;
  }

  std::string_view rest_;
};

/// The four bytes at `offset`, or 0, which is no signature, if there are not as many.
inline std::uint32_t signature_at(std::string_view zip, std::uint64_t offset) {
  if (offset > zip.size() || zip.size() - offset < 4) return 0;
  return FieldReader(zip.substr(offset)).u32();
}

/// Whether a 16 or 32 bit field says the same as the zip64 field that may stand for it, or refers to it.
inline bool agrees_with_zip64(std::uint64_t value, std::uint64_t zip64_value, std::uint64_t in_zip64) {
  return value == in_zip64 || value == zip64_value;
}

/// Appends numbers to a record.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  FieldWriter& u16(std::uint64_t value) { return put(value, 2); }
  FieldWriter& u32(std::uint64_t value) { return put(value, 4); }
  FieldWriter& u64(std::uint64_t value) { return put(value, 8); }

 private:
  FieldWriter& put(std::uint64_t value, std::size_t count) {
    char bytes[8];
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
    out_.append(bytes, count);
    return *this;
  }

  std::string& out_;
};

}  // namespace exthost::package::zip
