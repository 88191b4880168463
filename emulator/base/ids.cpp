#include "emulator/base/ids.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"

namespace exthost::base {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void append_hex(std::string& out, unsigned char byte) {
  out.push_back(kDigits[byte >> 4]);
  out.push_back(kDigits[byte & 15]);
}

void fill_randomly(std::span<unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    EXTHOST_CHECK(got > 0);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

/// The system's random bytes, drawn ahead by one thread for its own use. Each is given once, and not kept.
class RandomSupply {
 public:
  void take(std::span<unsigned char> bytes) {
    if (bytes.size() > supply_.size()) return fill_randomly(bytes);
    if (bytes.size() > supply_.size() - used_) {
      fill_randomly(supply_);
      used_ = 0;
    }
    const auto taken = std::span(supply_).subspan(used_, bytes.size());
    std::copy(taken.begin(), taken.end(), bytes.begin());
    std::fill(taken.begin(), taken.end(), static_cast<unsigned char>(0));
    used_ += bytes.size();
  }

 private:
  std::array<unsigned char, 512> supply_{};
  std::size_t used_ = supply_.size();
};

}  // namespace

std::string IdSource::uuid() {
  std::string digits = hex(16);
  digits[12] = '4';  // version
  const std::size_t variant = kDigits.find(digits[16]);
  digits[16] = kDigits[8 + variant % 4];
  std::string uuid;
  uuid.reserve(36);
  for (std::size_t at = 0; at < digits.size(); ++at) {
    if (at == 8 || at == 12 || at == 16 || at == 20) uuid.push_back('-');
    uuid.push_back(digits[at]);
  }
  return uuid;
}

std::string RandomIdSource::hex(std::size_t bytes) {
  thread_local RandomSupply supply;
  std::vector<unsigned char> buffer(bytes);
  supply.take(buffer);
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
