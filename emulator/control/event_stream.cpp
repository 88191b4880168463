#include "emulator/control/event_stream.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <utility>

#include "emulator/base/guarded.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::control {
namespace {

constexpr base::Duration kHeartbeat = std::chrono::seconds(15);
/// Of the past, at most this is sent at once: half of what may pile up before a client is disconnected
/// (http/message.h).
constexpr std::size_t kCatchUpBytes = 512 * 1024;

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string format_note(const std::string& type, const std::string& data, EventFormat format) {
  const std::string json = "{\"type\":" + base::json_quote(type) + ",\"data\":" + data + "}";
  if (format == EventFormat::lines) return json + "\n";
  return (format == EventFormat::named ? "event: " + type + "\n" : "") + "data: " + json + "\n\n";
}

std::string format_gap(std::uint64_t first, std::uint64_t last, EventFormat format) {
  return format_note("gap", "{\"from\":" + std::to_string(first) + ",\"to\":" + std::to_string(last) + "}",
                     format);
}

std::string heartbeat(EventFormat format) {
  return format == EventFormat::lines ? "\n" : ":\n\n";
}
std::string bye(EventFormat format) {
  return format_note("bye", "{}", format);
}

/// The past of a follower: as many of the newest events as fit, after a note of what is lost.
struct CatchUp {
  std::string bytes;
  std::uint64_t last_seq = 0;
};

CatchUp catch_up(const base::Journal& journal, const EventQuery& query) {
  std::uint64_t after = query.after.value_or(journal.last_seq());
  // A number that was never given comes from another data folder: that follower has nothing of this one.
  if (after > journal.last_seq()) after = 0;
  const std::vector<base::Event> events = journal.since(after);
  CatchUp result;
  result.last_seq = events.empty() ? after : events.back().seq;
  std::vector<std::string> newest_first;
  std::size_t size = 0;
  std::uint64_t first_kept = result.last_seq + 1;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (query.wants(*event)) {
      std::string text = format_event(*event, query.format);
      if (size + text.size() > kCatchUpBytes) break;
      size += text.size();
      newest_first.push_back(std::move(text));
    }
    first_kept = event->seq;
  }
  if (first_kept > after + 1) result.bytes += format_gap(after + 1, first_kept - 1, query.format);
  for (auto text = newest_first.rbegin(); text != newest_first.rend(); ++text) result.bytes += *text;
  return result;
}

}  // namespace

bool EventQuery::wants(const base::Event& event) const {
  return types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& prefix) {
           return event.type.compare(0, prefix.size(), prefix) == 0;
         });
}

base::Result<EventQuery> read_event_query(const http::Request& request) {
  EventQuery query;
  const auto refuse = [](const std::string& message) {
    return base::Error{base::ErrorKind::invalid_input, message, std::string(model::codes::kBadTarget)};
  };
  if (const auto since = request.target.parameter("since")) {
    query.after = parse_number(*since);
    if (!query.after) return refuse("since must be an event's number");
  }
  // What is no number of ours is no reason to fail: the browser sends back what it was last given, by
  // whomever.
  if (const auto last = request.headers.get("Last-Event-ID")) {
    if (const auto number = parse_number(*last)) query.after = number;
  }
  if (const auto types = request.target.parameter("types")) {
    for (const std::string& type : base::split(*types, ',')) {
      if (!base::trim(type).empty()) query.types.emplace_back(base::trim(type));
    }
  }
  if (const auto unnamed = request.target.parameter("unnamed")) {
    if (*unnamed != "true" && *unnamed != "false") return refuse("unnamed must be true or false");
    if (*unnamed == "true") query.format = EventFormat::unnamed;
  }
  return query;
}

std::string format_event(const base::Event& event, EventFormat format) {
  const std::string json = base::to_json(event);
  if (format == EventFormat::lines) return json + "\n";
  std::string text = "id: " + std::to_string(event.seq) + "\n";
  if (format == EventFormat::named) {
    std::string type = event.type;  // a line end in it would begin another field
    std::replace_if(
        type.begin(), type.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    text += "event: " + type + "\n";
  }
  return text + "data: " + json + "\n\n";
}

/// One open stream.
class EventStreams::Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(EventQuery query, std::shared_ptr<http::StreamSink> sink, base::Scheduler& heartbeats)
      : query_(std::move(query)), sink_(std::move(sink)), heartbeats_(heartbeats) {}

  ~Follower() {
    heartbeats_.cancel(next_beat_.with([](const base::Scheduler::TaskId& task) { return task; }));
  }

  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void start(base::Journal& journal) {
    if (query_.format != EventFormat::lines) sink_->send("retry: 1000\n\n");
    subscription_ = journal.subscribe([this](const base::Event& event) { on_event(event); });
    {
      // An event is in the journal's memory before its listeners hear of it. So what happens before this lock
      // is taken is in the past that is read here, and what happens later waits for it and follows.
      std::lock_guard lock(mutex_);
      const CatchUp past = catch_up(journal, query_);
      if (!past.bytes.empty()) sink_->send(past.bytes);
      last_seq_ = past.last_seq;
    }
    schedule_beat();
  }

  void say_goodbye() {
    sink_->send(bye(query_.format));
    sink_->close();
  }

 private:
  void on_event(const base::Event& event) {
    std::lock_guard lock(mutex_);
    if (!last_seq_ || event.seq <= *last_seq_) return;
    last_seq_ = event.seq;
    if (query_.wants(event)) sink_->send(format_event(event, query_.format));
  }

  void schedule_beat() {
    const auto task = heartbeats_.run_after(kHeartbeat, [weak = weak_from_this()] {
      const std::shared_ptr<Follower> self = weak.lock();
      if (!self) return;
      self->sink_->send(heartbeat(self->query_.format));
      self->schedule_beat();
    });
    next_beat_.with([task](base::Scheduler::TaskId& next) { next = task; });
  }

  const EventQuery query_;
  const std::shared_ptr<http::StreamSink> sink_;
  base::Scheduler& heartbeats_;
  std::mutex mutex_;                       // guards last_seq_ and the order of what is sent
  std::optional<std::uint64_t> last_seq_;  // absent until the past has been sent
  base::Guarded<base::Scheduler::TaskId> next_beat_;
  base::Journal::Subscription subscription_;  // last: ends before what its listener uses
};

struct EventStreams::Followers {
  struct State {
    bool stopped = false;
    std::vector<std::weak_ptr<Follower>> open;
  };
  base::Guarded<State> state;

  /// False if the run is ending.
  bool add(const std::shared_ptr<Follower>& follower) {
    return state.with([&](State& held) {
      std::erase_if(held.open, [](const std::weak_ptr<Follower>& one) { return one.expired(); });
      if (!held.stopped) held.open.push_back(follower);
      return !held.stopped;
    });
  }
};

EventStreams::EventStreams(base::Journal& journal, base::Scheduler& heartbeats)
    : journal_(journal), heartbeats_(heartbeats), followers_(std::make_shared<Followers>()) {}

EventStreams::~EventStreams() {
  stop();
}

http::Response EventStreams::follow(EventQuery query) {
  http::Response response;
  response.headers.set("Content-Type",
                       query.format == EventFormat::lines ? "application/x-ndjson" : "text/event-stream");
  response.body = http::StreamBody{[&journal = journal_, &heartbeats = heartbeats_, followers = followers_,
                                    query = std::move(query)](std::shared_ptr<http::StreamSink> sink) {
    auto follower = std::make_shared<Follower>(query, std::move(sink), heartbeats);
    if (followers->add(follower)) {
      follower->start(journal);
    } else {
      follower->say_goodbye();
    }
    return std::static_pointer_cast<void>(follower);
  }};
  return response;
}

http::Response EventStreams::recent(const EventQuery& query) const {
  http::Response response;
  response.headers.set("Content-Type", "application/x-ndjson");
  EventQuery all = query;
  all.after = query.after.value_or(0);
  std::string lines;
  for (const base::Event& event : journal_.since(*all.after)) {
    if (all.wants(event)) lines += format_event(event, EventFormat::lines);
  }
  response.body = std::move(lines);
  return response;
}

void EventStreams::stop() {
  const std::vector<std::weak_ptr<Follower>> open = followers_->state.with([](Followers::State& held) {
    held.stopped = true;
    return std::exchange(held.open, {});
  });
  for (const std::weak_ptr<Follower>& one : open) {
    if (const std::shared_ptr<Follower> follower = one.lock()) follower->say_goodbye();
  }
}

}  // namespace exthost::control
