#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct libdeflate_compressor;
struct libdeflate_decompressor;

/// The one door to libdeflate.
namespace exthost::package {

/// `before` is the CRC of the bytes ahead of these.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before = 0);

/// How hard to look for shorter streams: `usual` is what a zip of a release has, `fast` takes a third of the
/// time for some tenths more bytes (libdeflate's levels 6 and 1).
enum class DeflateLevel { usual, fast };

/// Makes raw deflate streams. Costs a few hundred KB while it lives. Not thread-safe: one a thread.
class Compressor {
 public:
  explicit Compressor(DeflateLevel level = DeflateLevel::usual);
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// The deflated bytes, absent if they would not be fewer. The same input gives the same output for one
  /// libdeflate.
  std::optional<std::string> deflate(std::string_view bytes);

 private:
  libdeflate_compressor* handle_;
  std::unique_ptr<char[]> scratch_;
  std::size_t scratch_size_ = 0;
};

enum class Inflated {
  exactly,    ///< The stream took all of the input and filled the output.
  too_long,   ///< There is more output than there is room.
  too_short,  ///< The stream ends before the output is full.
  trailing,   ///< Bytes are left over after the end of the stream.
  bad_data,   ///< It is not a deflate stream.
};

/// Expands raw deflate streams into a buffer of the expected size and never past it. Not thread-safe: one a
/// thread.
class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  Inflated inflate(std::string_view deflated, std::span<char> out);

 private:
  libdeflate_decompressor* handle_;
};

}  // namespace exthost::package
