#include "emulator/base/ids.h"

#include <sys/random.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::base {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_hex(std::string& out, unsigned char byte) {
  out += {kDigits[byte >> 4], kDigits[byte & 15]};
}

}  // namespace

std::string IdSource::uuid() {
  std::string digits = hex(16);
  digits[12] = '4';  // version
  const std::size_t variant = kDigits.find(digits[16]);
  digits[16] = kDigits[8 + variant % 4];
  for (const std::size_t at : {20, 16, 12, 8}) digits.insert(at, 1, '-');
  return digits;
}

std::string RandomIdSource::hex(std::size_t bytes) {
  std::vector<unsigned char> buffer(bytes);
  std::size_t filled = 0;
  while (filled < bytes) {
    const ssize_t got = getrandom(buffer.data() + filled, bytes - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    EXTHOST_CHECK(got > 0);
    filled += static_cast<std::size_t>(got);
  }
  std::string out;
  out.reserve(bytes * 2);
  for (const unsigned char byte : buffer) append_hex(out, byte);
  return out;
}

std::string SeededIdSource::hex(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  std::string out;
  out.reserve(bytes * 2);
  for (std::size_t i = 0; i < bytes; ++i) append_hex(out, static_cast<unsigned char>(engine_() >> 56));
  return out;
}

}  // namespace exthost::base
