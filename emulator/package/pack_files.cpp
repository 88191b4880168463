#include "emulator/package/pack_files.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

#include "emulator/package/deflate.h"
#include "emulator/package/parallel.h"
#include "emulator/package/same_content.h"
#include "emulator/package/source_file.h"

namespace exthost::package {
namespace {

/// One thread's compressors.
class Packer {
 public:
  explicit Packer(const PackOptions& options) : options_(options) {}

  base::Result<FreshFile> pack(const LayeredSource& source, const SourceFile& file, const Entry* before) {
    const auto [folder, local] = source.place_of(file.path);
    auto reading = read_settled(file.path, [&, &where = folder, &name = local] {
      return read_source_file(where, name, options_.limit_bytes);
    });
    if (!reading) return std::move(reading).error();
    FreshFile fresh;
    fresh.known.must_read_again = may_hide_change(reading->before, reading->read_at_ns);
    fresh.known.file = std::move(reading->before);
    fresh.known.file.path = file.path;
    fresh.known.file.linked = file.linked;
    fresh.same = before != nullptr && has_content(*before, reading->bytes);
    if (fresh.same) return fresh;
    fresh.known.packed_fast = options_.hot && reading->bytes.size() >= kHotBytes;
    fresh.packed = pack_bytes(compressor(fresh.known.packed_fast), file.path, std::move(reading->bytes));
    return fresh;
  }

 private:
  Compressor& compressor(bool fast) {
    std::optional<Compressor>& compressor = fast ? fast_ : usual_;
    if (!compressor) compressor.emplace(fast ? DeflateLevel::fast : DeflateLevel::usual);
    return *compressor;
  }

  const PackOptions& options_;
  std::optional<Compressor> usual_;
  std::optional<Compressor> fast_;
};

}  // namespace

base::Result<std::vector<FreshFile>> pack_files(const LayeredSource& source,
                                                const std::vector<SourceFile>& scanned,
                                                const std::vector<std::size_t>& to_read,
                                                const EntryBefore& before, const PackOptions& options) {
  std::vector<FreshFile> fresh(to_read.size());
  std::mutex failure_guard;
  std::optional<std::pair<std::size_t, base::Error>> failure;
  // The largest first: one that is begun last keeps a single thread at work.
  std::vector<std::size_t> order(to_read.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return scanned[to_read[left]].size > scanned[to_read[right]].size;
  });
  parallel_for(
      order.size(), options.threads, [&] { return std::make_unique<Packer>(options); },
      [&](Packer& packer, std::size_t turn) {
        const std::size_t index = order[turn];
        auto packed = packer.pack(source, scanned[to_read[index]], before(to_read[index]));
        if (packed) {
          fresh[index] = *std::move(packed);
        } else {
          std::lock_guard lock(failure_guard);
          if (!failure || index < failure->first) failure.emplace(index, std::move(packed).error());
        }
        return true;  // which error is told must not depend on who was quicker
      });
  if (failure) return std::move(failure->second);
  return fresh;
}

}  // namespace exthost::package
