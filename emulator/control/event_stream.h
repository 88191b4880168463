#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/clock.h"
#include "emulator/base/journal.h"
#include "emulator/base/result.h"
#include "emulator/http/message.h"

namespace exthost::control {

/// How events are put on the wire: as server-sent events, with or without an `event:` line naming the type (a
/// browser's EventSource calls `onmessage` only for those without), or as one JSON object a line.
enum class EventFormat { named, unnamed, lines };

/// What a follower asks for.
struct EventQuery {
  std::optional<std::uint64_t> after;  ///< Events with a higher number; absent: only those to come.
  std::vector<std::string> types;      ///< Prefixes of types; empty: all.
  EventFormat format = EventFormat::named;

  bool wants(const base::Event& event) const;
};

/// Reads `since`, `types` and `unnamed` from the query. A browser that reconnects says by Last-Event-ID what
/// it has, while its URL still says where it began: the header wins.
base::Result<EventQuery> read_event_query(const http::Request& request);

/// One event in a format, ready to be sent.
std::string format_event(const base::Event& event, EventFormat format);

/// The journal, as streams without end. Thread-safe.
///
/// A stream first repeats what the follower missed, as far as the journal still has it in memory; if
/// something is lost, a `gap` event says which numbers. Then come new events as they happen, each once and in
/// order, and a comment every 15 s so that both sides notice a dead connection. At the end of the run comes
/// `bye`.
class EventStreams {
 public:
  /// Both must outlive every stream.
  EventStreams(base::Journal& journal, base::Scheduler& heartbeats);
  ~EventStreams();

  http::Response follow(EventQuery query);

  /// What is in memory now, as a body with an end.
  http::Response recent(const EventQuery& query) const;

  /// Says `bye` to every follower and ends the streams; so do streams that are opened later. Idempotent.
  void stop();

 private:
  class Follower;
  struct Followers;

  base::Journal& journal_;
  base::Scheduler& heartbeats_;
  std::shared_ptr<Followers> followers_;
};

}  // namespace exthost::control
