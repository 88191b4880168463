#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace exthost::http {

/// Whether a byte must not stand within a line of a head (RFC 9110, 5.5): a control character other than tab.
inline bool is_control_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

/// Where the first such byte is; the text's size if there is none. Looks at eight bytes at a time.
inline std::size_t find_control_byte(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighBits = kOnes * 0x80;
  std::size_t at = 0;
  for (std::uint64_t word = 0; text.size() - at >= sizeof word;) {
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t delete_bytes = word ^ (kOnes * 0x7f);
    const std::uint64_t low = (word - kOnes * 0x20) & ~word;
    const std::uint64_t deletes = (delete_bytes - kOnes) & ~delete_bytes;
    if (((low | deletes) & kHighBits) == 0) {
      at += sizeof word;
      continue;
    }
    // One of these eight is a control character or a tab.
    const std::size_t end = at + sizeof word;
    while (at < end && !is_control_byte(text[at])) ++at;
    if (at < end) return at;
  }
  while (at < text.size() && !is_control_byte(text[at])) ++at;
  return at;
}

}  // namespace exthost::http
