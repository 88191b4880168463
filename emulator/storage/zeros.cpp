#include "emulator/storage/zeros.h"

#include <algorithm>

namespace exthost::storage {
namespace {

// Not constant, so that it is not stored in the program's file; nobody has its address but to read.
char zero_bytes[64u << 20];

}  // namespace

std::vector<http::Slice> zeros(std::uint64_t size_bytes) {
  std::vector<http::Slice> slices;
  slices.reserve(size_bytes / sizeof zero_bytes + 1);
  while (size_bytes != 0) {
    const std::size_t length = std::min<std::uint64_t>(size_bytes, sizeof zero_bytes);
    slices.push_back({nullptr, std::string_view(zero_bytes, length)});
    size_bytes -= length;
  }
  return slices;
}

}  // namespace exthost::storage
