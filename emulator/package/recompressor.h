#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "emulator/package/package.h"
#include "emulator/package/zip_writer.h"

namespace exthost::package {

/// Deflates at the usual level, on a thread of its own, what was deflated fast because somebody waited.
///
/// For one thread. Destruction waits for the file that is being deflated, not for the rest.
class Recompressor {
 public:
  /// An entry of a package, by its index.
  struct Job {
    std::shared_ptr<const Package> package;
    std::size_t entry = 0;
  };
  struct Done {
    Job job;
    PackedBytes packed;
  };

  /// Begins with those, unless it still is at others.
  void begin(std::vector<Job> jobs);

  /// What was done since the last call.
  std::vector<Done> take();

 private:
  std::mutex mutex_;
  std::vector<Done> done_;
  bool working_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace exthost::package
