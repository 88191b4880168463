#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/result.h"

namespace exthost::base {

/// One thing that happened. `seq` counts from 1 without gaps within one data folder's life.
struct Event {
  std::uint64_t seq = 0;
  WallTime time;
  std::string type;  ///< `sync.succeeded`, `incident.opened`, `publish`, `page.reload`, … : words with dots.
  std::string extension;  ///< Hosting service name, or empty.
  std::string text;       ///< One sentence for people.
  std::string data;       ///< A JSON object as text, or empty: what a program wants to know.
};

/// `{"seq":…,"time":…,"type":…,"extension":…,"text":…,"data":{…}}`: the same in the file, the stream and the
/// API.
std::string to_json(const Event& event);

/// The time of the last whole event in a file of events; absent if there is no file or no event in it.
Result<std::optional<WallTime>> last_event_time(const std::filesystem::path& file);

/// Append-only record of what happened, and the feed of everyone who follows it. Thread-safe.
///
/// Keeps the newest `kept` events in memory for followers that were away; the file, if there is one, keeps
/// all. No rule depends on the journal, so a file that cannot be written is reported once and never stops
/// anything.
class Journal {
 public:
  using Listener = std::function<void(const Event&)>;

  explicit Journal(const Clock& clock, std::size_t kept = 2048);
  ~Journal();

  /// Appends to `file` as JSON lines from now on, and goes on counting after the last line it holds.
  Result<void> open_file(const std::filesystem::path& file);

  /// Records and tells every listener, on this thread, in order of `seq`. Returns the number given.
  std::uint64_t append(std::string type, std::string extension, std::string text, std::string data = {});

  std::uint64_t last_seq() const;

  /// Events with `seq` above `after` that are still in memory, oldest first.
  std::vector<Event> since(std::uint64_t after) const;

  /// Ends the subscription when destroyed; after that the listener is not called any more.
  class Subscription {
   public:
    Subscription() = default;
    explicit Subscription(std::shared_ptr<void> registration) : registration_(std::move(registration)) {}

   private:
    std::shared_ptr<void> registration_;
  };

  /// `listener` is called under the journal's order lock: it must be quick, must not block and must not
  /// append.
  [[nodiscard]] Subscription subscribe(Listener listener);

 private:
  struct State;
  const Clock& clock_;
  std::shared_ptr<State> state_;
};

}  // namespace exthost::base
