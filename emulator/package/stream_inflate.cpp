#include "emulator/package/stream_inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace exthost::package {
namespace {

constexpr int kRawDeflate = -15;                // no header, a window of 32 KiB
constexpr std::size_t kMostInput = 256u << 20;  // zlib counts input in an unsigned int

class Inflater {
 public:
  explicit Inflater(std::string_view input) : rest_(input) {
    if (::inflateInit2(&stream_, kRawDeflate) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Puts the next bytes into `chunk` and returns how many; `status` is zlib's.
  template <std::size_t size>
  std::size_t next(std::array<unsigned char, size>& chunk, int& status) {
    const std::size_t offered = std::min(rest_.size(), kMostInput);
    // zlib does not write to its input; its declaration is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    stream_.avail_in = static_cast<uInt>(offered);
    stream_.next_out = chunk.data();
    stream_.avail_out = static_cast<uInt>(size);
    status = ::inflate(&stream_, Z_NO_FLUSH);
    rest_.remove_prefix(offered - stream_.avail_in);
    return size - stream_.avail_out;
  }

  std::size_t input_left() const { return rest_.size(); }

 private:
  z_stream stream_{};
  std::string_view rest_;
};

}  // namespace

StreamSums sum_stream(std::string_view deflated, std::uint64_t size) {
  Inflater inflater(deflated);
  std::array<unsigned char, 64 * 1024> chunk;
  StreamSums sums;
  std::uint64_t total = 0;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const std::size_t count = inflater.next(chunk, status);
    if (status != Z_OK && status != Z_STREAM_END) return {Inflated::bad_data, 0};
    total += count;
    if (total > size) return {Inflated::too_long, 0};
    sums.crc32 = crc32_of({reinterpret_cast<const char*>(chunk.data()), count}, sums.crc32);
  }
  sums.outcome = total < size                 ? Inflated::too_short
                 : inflater.input_left() != 0 ? Inflated::trailing
                                              : Inflated::exactly;
  return sums;
}

}  // namespace exthost::package
