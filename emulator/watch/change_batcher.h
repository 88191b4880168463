#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// How long to wait for more. Why these figures: libraries.md, Packages.
struct BatchTiming {
  std::size_t few_paths = 3;     ///< Up to here it is a person's save, above it a tool's burst.
  Duration quiet_after_save{5};  ///< Without events, after a save.
  Duration quiet_in_burst{
      25};                  ///< The same in a burst, after lost events, or while a writer has a file open.
  Duration max_delay{150};  ///< From the first event, however many follow.
};

struct Batch {
  std::vector<std::string> paths;  ///< Sorted, each once.
  bool lost = false;
};

/// Turns a burst of file events into one batch, so that one save causes one rebuild.
///
/// A batch is due when no event has come for the quiet period, or `max_delay` after its first event,
/// whichever is sooner; without the second limit a tool that writes without pause would hold a reload off for
/// ever. The quiet period is short for what looks like a person's save and longer for what looks like a tool
/// at work.
///
/// Pure: it never reads a clock and never blocks; times come in as arguments and must not decrease. Not
/// thread-safe; the watch thread owns it.
class ChangeBatcher {
 public:
  explicit ChangeBatcher(BatchTiming timing = {}) : timing_(timing) {}

  void add(const WatchEvents& events, Instant now);

  /// When the batch falls due if nothing more comes; absent if there is none.
  std::optional<Instant> due() const;

  /// The batch, if it is due at `now`; the batcher is empty after that.
  std::optional<Batch> take(Instant now);

 private:
  bool is_burst() const;

  BatchTiming timing_;
  std::map<std::string, bool> paths_;  // path, and whether its writer has not finished
  bool lost_ = false;
  std::optional<Instant> first_;  // absent: no batch
  Instant last_{};
};

}  // namespace exthost::watch
