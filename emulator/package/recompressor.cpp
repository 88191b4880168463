#include "emulator/package/recompressor.h"

#include <utility>

#include "emulator/package/deflate.h"

namespace exthost::package {

void Recompressor::begin(std::vector<Job> jobs) {
  {
    const std::lock_guard lock(mutex_);
    if (working_ || jobs.empty()) return;
    working_ = true;
  }
  thread_ = std::jthread([this, jobs = std::move(jobs)](const std::stop_token& stop) mutable {
    Compressor compressor(DeflateLevel::usual);
    for (Job& job : jobs) {
      if (stop.stop_requested()) return;
      const Entry& entry = job.package->entries()[job.entry];
      auto bytes = job.package->read(entry);
      EXTHOST_CHECK(bytes);  // we deflated it ourselves
      PackedBytes packed = pack_bytes(compressor, entry.name, *std::move(bytes));
      const std::lock_guard lock(mutex_);
      done_.push_back({std::move(job), std::move(packed)});
    }
    jobs.clear();
    const std::lock_guard lock(mutex_);
    working_ = false;
  });
}

std::vector<Recompressor::Done> Recompressor::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

}  // namespace exthost::package
