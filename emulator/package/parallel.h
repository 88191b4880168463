#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace exthost::package {

/// Calls `work(worker, index)` for each index below `count`, on up to `threads` threads of which the caller's
/// is one, and returns when all calls have. A `false` from `work` means that indices above it need not be
/// begun; those below it always are, so the lowest index that fails is the same in every run. `make_worker`
/// makes what one thread works with.
template <class MakeWorker, class Work>
void parallel_for(std::size_t count, unsigned threads, MakeWorker make_worker, Work work) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> end{count};
  const auto run = [&] {
    auto worker = make_worker();
    for (std::size_t index = next++; index < end; index = next++) {
      if (work(*worker, index)) continue;
      std::size_t seen = end;
      while (index < seen && !end.compare_exchange_weak(seen, index)) {
      }
    }
  };
  const std::size_t helpers =
      std::min<std::size_t>(std::max(threads, 1u), std::max<std::size_t>(count, 1)) - 1;
  std::vector<std::jthread> others;
  for (std::size_t i = 0; i < helpers; ++i) others.emplace_back(run);
  run();
}

}  // namespace exthost::package
