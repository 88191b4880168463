#include "emulator/package/deflate.h"

#include <libdeflate.h>

#include <new>

namespace exthost::package {
namespace {

constexpr int kUsualLevel = 6;
constexpr int kFastLevel = 1;
/// Scratch memory above this is given back after use.
constexpr std::size_t kKeptScratch = 8u << 20;

}  // namespace

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before) {
  return libdeflate_crc32(before, bytes.data(), bytes.size());
}

Compressor::Compressor(DeflateLevel level)
    : handle_(libdeflate_alloc_compressor(level == DeflateLevel::usual ? kUsualLevel : kFastLevel)) {
  if (handle_ == nullptr) throw std::bad_alloc();
}

Compressor::~Compressor() {
  libdeflate_free_compressor(handle_);
}

std::optional<std::string> Compressor::deflate(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const std::size_t room = bytes.size() - 1;
  if (room > scratch_size_) {
    scratch_ = std::make_unique_for_overwrite<char[]>(room);
    scratch_size_ = room;
  }
  const std::size_t written =
      libdeflate_deflate_compress(handle_, bytes.data(), bytes.size(), scratch_.get(), room);
  std::string deflated(scratch_.get(), written);
  if (scratch_size_ > kKeptScratch) {
    scratch_.reset();
    scratch_size_ = 0;
  }
  if (deflated.empty()) return std::nullopt;  // it did not fit into fewer bytes
  return deflated;
}

Decompressor::Decompressor() : handle_(libdeflate_alloc_decompressor()) {
  if (handle_ == nullptr) throw std::bad_alloc();
}

Decompressor::~Decompressor() {
  libdeflate_free_decompressor(handle_);
}

Inflated Decompressor::inflate(std::string_view deflated, std::span<char> out) {
  char nothing = 0;  // libdeflate wants a place to write to, even for no bytes
  std::size_t consumed = 0;
  std::size_t written = 0;
  const auto outcome =
      libdeflate_deflate_decompress_ex(handle_, deflated.data(), deflated.size(),
                                       out.empty() ? &nothing : out.data(), out.size(), &consumed, &written);
  switch (outcome) {
    case LIBDEFLATE_SUCCESS:
      if (written < out.size()) return Inflated::too_short;
      return consumed == deflated.size() ? Inflated::exactly : Inflated::trailing;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
      return Inflated::too_long;
    case LIBDEFLATE_SHORT_OUTPUT:
      return Inflated::too_short;
    case LIBDEFLATE_BAD_DATA:
      break;
  }
  return Inflated::bad_data;
}

}  // namespace exthost::package
