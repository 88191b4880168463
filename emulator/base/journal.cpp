#include "emulator/base/journal.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "emulator/base/file.h"
#include "emulator/base/guarded.h"
#include "emulator/base/text.h"

namespace exthost::base {
namespace {

using Json = nlohmann::ordered_json;

/// `data` on one line. What is no JSON object is still told, as a string.
std::string one_line(const std::string& data) {
  if (data.empty()) return "{}";
  const Json parsed = Json::parse(data, nullptr, false);
  if (!parsed.is_object()) return json_quote(data);
  return parsed.dump(-1, ' ', false, Json::error_handler_t::replace);
}

constexpr std::uint64_t kTailBytes = 1024 * 1024;  // far more than the longest line

/// The event of the last whole line, looking back over torn ones; null if there is none.
Json last_event_in(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t start = lines.rfind('\n');
    const std::string_view line = start == std::string_view::npos ? lines : lines.substr(start + 1);
    Json parsed = Json::parse(line, nullptr, false);
    if (parsed.is_object() && parsed.contains("seq") && parsed["seq"].is_number_unsigned()) return parsed;
    if (start == std::string_view::npos) break;
    lines = lines.substr(0, start);
  }
  return nullptr;
}

struct Memory {
  std::uint64_t last_seq = 0;
  std::deque<Event> events;
};

}  // namespace

std::string to_json(const Event& event) {
  return "{\"seq\":" + std::to_string(event.seq) + ",\"time\":" + json_quote(to_iso8601(event.time)) +
         ",\"type\":" + json_quote(event.type) + ",\"extension\":" + json_quote(event.extension) +
         ",\"text\":" + json_quote(event.text) + ",\"data\":" + one_line(event.data) + "}";
}

Result<std::optional<WallTime>> last_event_time(const std::filesystem::path& file) {
  Result<std::optional<std::string>> tail = read_end_of_file(file, kTailBytes);
  if (!tail) return std::move(tail).error();
  const Json last = last_event_in(tail->value_or(""));
  if (last.is_null() || !last.contains("time") || !last["time"].is_string()) return std::optional<WallTime>();
  return parse_iso8601(last["time"].get<std::string>());
}

struct Journal::State {
  explicit State(std::size_t kept_events) : kept(kept_events) {}

  const std::size_t kept;
  Guarded<Memory> memory;  // apart from the order lock, so that readers never wait for the disk or a listener

  std::mutex order;  // held while an event is numbered, written and told; guards what follows
  std::optional<AppendFile> file;
  bool file_failing = false;  // its last write failed: the line may be torn, and the failure has been told
  std::uint64_t next_listener = 1;
  std::map<std::uint64_t, Listener> listeners;

  /// Numbers the event and tells everyone. Needs `order`.
  std::uint64_t publish(Event event) {
    memory.with([&](Memory& held) {
      event.seq = ++held.last_seq;
      held.events.push_back(event);
      if (held.events.size() > kept) held.events.pop_front();
    });
    for (const auto& entry : listeners) entry.second(event);
    return write(event);
  }

  /// Returns the event's own number, whatever became of its line.
  std::uint64_t write(const Event& event) {
    if (!file) return event.seq;
    const std::string line = (file_failing ? "\n" : "") + to_json(event) + "\n";
    const Result<void> written = file->append(line);
    const bool failed_before = std::exchange(file_failing, !written.has_value());
    if (!written && !failed_before) {
      publish(
          Event{0,
                event.time,
                "journal.unwritable",
                "",
                "The event log can't be written; events are kept in memory only: " + written.error().message,
                {}});
    }
    return event.seq;
  }
};

Journal::Journal(const Clock& clock, std::size_t kept)
    : clock_(clock), state_(std::make_shared<State>(kept)) {}
Journal::~Journal() = default;

Result<void> Journal::open_file(const std::filesystem::path& file) {
  std::lock_guard lock(state_->order);
  if (last_seq() != 0) {
    return Error{ErrorKind::conflict, "the event log must be opened before the first event", {}};
  }
  Result<std::optional<std::string>> tail = read_end_of_file(file, kTailBytes);
  if (!tail) return std::move(tail).error();
  Result<AppendFile> opened = AppendFile::open(file);
  if (!opened) return std::move(opened).error();
  const std::string lines = tail->value_or("");
  const Json last = last_event_in(lines);
  state_->memory.with(
      [&](Memory& held) { held.last_seq = last.is_null() ? 0 : last["seq"].get<std::uint64_t>(); });
  state_->file.emplace(std::move(*opened));
  state_->file_failing = !lines.empty() && lines.back() != '\n';
  return {};
}

std::uint64_t Journal::append(std::string type, std::string extension, std::string text, std::string data) {
  std::lock_guard lock(state_->order);
  return state_->publish(
      Event{0, clock_.now(), std::move(type), std::move(extension), std::move(text), std::move(data)});
}

std::uint64_t Journal::last_seq() const {
  return state_->memory.with([](const Memory& held) { return held.last_seq; });
}

std::vector<Event> Journal::since(std::uint64_t after) const {
  return state_->memory.with([after](const Memory& held) {
    std::vector<Event> newer;
    for (const Event& event : held.events) {
      if (event.seq > after) newer.push_back(event);
    }
    return newer;
  });
}

Journal::Subscription Journal::subscribe(Listener listener) {
  std::lock_guard lock(state_->order);
  const std::uint64_t id = state_->next_listener++;
  state_->listeners.emplace(id, std::move(listener));
  const auto leave = [state = state_, id](void*) {
    std::lock_guard order(state->order);
    state->listeners.erase(id);
  };
  // Owns nothing but its deleter, which ends the registration.
  return Subscription(std::shared_ptr<void>(state_.get(), leave));
}

}  // namespace exthost::base
