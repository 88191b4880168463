#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/watch/watch_backend.h"

namespace exthost::watch {

/// How long to wait for more. Why these figures: libraries.md, Packages; of storms, decision 9.
struct BatchTiming {
  std::size_t few_paths = 3;     ///< Up to here it is a person's save, above it a tool's burst.
  Duration quiet_after_save{5};  ///< Without events, after a save.
  Duration quiet_in_burst{
      25};                  ///< The same in a burst, after lost events, or while a writer has a file open.
  Duration max_delay{150};  ///< From the first event, however many follow: of a first batch.
  Duration quiet_in_storm{150};    ///< Without events, once a tool has gone on for longer than one batch.
  unsigned storm_growth = 16;      ///< Each further batch of a storm may take so many times as long,
  Duration longest_delay{10'000};  ///< and at most this.
  unsigned saves_in_a_row = 2;  ///< More batches than these with less than `quiet_in_storm` between them are
                                ///< no person's.
};

/// The timing of a source whose settings name a quiet period (`source.debounce`): it counts for saves, bursts
/// and storms alike, and the limits are never shorter than a few of it.
BatchTiming timing_with_quiet(Duration quiet);

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
/// What goes on after a batch is a storm: one that the limit cut off, a burst that came while the batch was
/// being worked on, or one small batch right after another (decision 9). Then the limit grows from batch to
/// batch and the quiet period is `quiet_in_storm`. A batch that begins after real quiet is a first one again.
///
/// Pure: it never reads a clock and never blocks; times come in as arguments and must not decrease. Not
/// thread-safe; the watch thread owns it.
class ChangeBatcher {
 public:
  explicit ChangeBatcher(BatchTiming timing = {}) : timing_(timing), limit_(timing.max_delay) {}

  void add(const WatchEvents& events, Instant now);

  /// Work on a batch, or on anything else that kept events waiting, has ended; `meanwhile` are the events
  /// that came in its time.
  void worked(const WatchEvents& meanwhile, Instant now);

  /// The paths of a batch that looks like a whole save, once for each batch: work on it that does not show
  /// may begin before the batch is due.
  std::optional<std::vector<std::string>> take_hint();

  /// When the batch falls due if nothing more comes; absent if there is none.
  std::optional<Instant> due() const;

  /// The batch, if it is due at `now`; the batcher has none after that.
  std::optional<Batch> take(Instant now);

 private:
  void begin(Instant now, bool burst_meanwhile);
  bool is_burst() const;
  bool is_storm() const { return limit_ > timing_.max_delay; }

  BatchTiming timing_;
  std::map<std::string, bool> paths_;  // path, and whether its writer has not finished
  bool lost_ = false;
  bool hinted_ = false;           // of this batch
  std::optional<Instant> first_;  // absent: no batch
  std::optional<Instant> last_;   // the newest event, of the batch before if there is none
  // The storm so far, from batch to batch.
  Duration limit_;                      // of this batch, or of the one before
  bool cut_ = false;                    // the batch before ended by its limit
  std::optional<Instant> quiet_since_;  // after that batch: when we could have seen an event first
  unsigned in_a_row_ = 0;               // batches with hardly a pause between them
};

}  // namespace exthost::watch
