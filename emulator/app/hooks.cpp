#include "emulator/app/hooks.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <utility>

#include "emulator/app/json_fields.h"
#include "emulator/base/text.h"
#include "emulator/http/exchange.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

constexpr std::uint64_t kAnswerLimit = 64 * 1024;  // nobody reads it

/// What a try came to: told, or why not and whether another may do better.
struct Attempt {
  bool told = false;
  bool passing = false;
  std::string reason;
};

bool is_passing(int status) {
  return status == 408 || status == 429 || status >= 500;
}

Attempt attempt(const std::string& url, const std::string& body, std::chrono::milliseconds timeout,
                std::stop_token stop) {
  http::FetchRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.set("Content-Type", "application/json");
  request.headers.set("User-Agent", "exthost-emu/" EXTHOST_VERSION);
  request.body = body;
  request.timeout = timeout;
  request.limit_bytes = kAnswerLimit;
  int status = 0;
  http::ExchangeHandlers handlers;
  handlers.head = [&](int answered, const http::Headers&) {
    status = answered;
    return true;
  };
  handlers.body = [](std::string_view) { return true; };
  const base::Result<void> exchanged = http::exchange(request, handlers, std::move(stop));
  // Its status is all that an answer has to say: whether its body comes to an end does not matter.
  if (status >= 200 && status < 300) return {true, false, ""};
  if (status != 0) return {false, is_passing(status), "it answered " + std::to_string(status)};
  return {false, exchanged.error().kind == base::ErrorKind::unavailable, exchanged.error().message};
}

}  // namespace

std::string shown_hook(const std::string& url) {
  const std::size_t query = url.find_first_of("?#");
  return query == std::string::npos ? url : url.substr(0, query) + "?***";
}

std::string with_event(const std::string& object, const std::string& event, const std::string& instance) {
  nlohmann::ordered_json message = {{"event", event}, {"instance", instance}};
  const auto members = nlohmann::ordered_json::parse(object, nullptr, false);
  if (members.is_object()) {
    for (const auto& [key, value] : members.items()) message[key] = value;
  }
  return to_text(message) + "\n";
}

/// One URL, with what waits for it and the thread that sends it.
class Hooks::Sender {
 public:
  Sender(std::string url, std::set<HookKind> kinds, base::Journal& journal,
         std::shared_ptr<spdlog::logger> log, HookLimits limits)
      : url_(std::move(url)),
        kinds_(std::move(kinds)),
        journal_(journal),
        log_(std::move(log)),
        limits_(limits),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  bool wants(HookKind kind) const { return kinds_.count(kind) != 0; }

  void tell(std::string event, std::string body) {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    if (waiting_.size() >= limits_.queue) {
      ++overflown_;
      return;
    }
    waiting_.push_back({std::move(event), std::move(body)});
    changed_.notify_all();
  }

  void end_after_queue() {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }

  /// Ends the thread, by force from `deadline` on.
  void join(std::chrono::steady_clock::time_point deadline) {
    if (!thread_.joinable()) return;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, deadline, [this] { return ended_; });
    }
    thread_.request_stop();
    thread_.join();
  }

 private:
  struct Message {
    std::string event;
    std::string body;
  };

  void run(const std::stop_token& stop) {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty() || stop.stop_requested()) break;
      const Message message = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      deliver(message, stop);
      tell_overflow();
    }
    tell_left();
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  void deliver(const Message& message, const std::stop_token& stop) {
    std::chrono::milliseconds pause = limits_.backoff;
    for (unsigned tried = 1;; ++tried) {
      const Attempt made = attempt(url_, message.body, limits_.timeout, stop);
      if (made.told) return;
      if (stop.stop_requested()) {
        give_up(message.event, tried, "the emulator ended before it answered");
        return;
      }
      if (!made.passing || tried >= limits_.tries) {
        give_up(message.event, tried, made.reason);
        return;
      }
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, pause, [] { return false; });
      pause *= 2;
    }
  }

  void give_up(const std::string& event, unsigned tries, const std::string& reason) {
    report("the hook " + shown_hook(url_) + " was not told of " + event + ": " + reason + " (" +
               std::to_string(tries) + (tries == 1 ? " try)" : " tries)"),
           "\"event\":" + base::json_quote(event) + ",\"tries\":" + std::to_string(tries) +
               ",\"reason\":" + base::json_quote(reason));
  }

  void tell_overflow() {
    std::size_t lost = 0;
    {
      const std::lock_guard lock(mutex_);
      lost = std::exchange(overflown_, 0);
    }
    if (lost > 0) tell_lost(lost, "its queue is full");
  }

  void tell_left() {
    std::size_t lost = 0;
    {
      const std::lock_guard lock(mutex_);
      lost = waiting_.size() + std::exchange(overflown_, 0);
      waiting_.clear();
    }
    if (lost > 0) tell_lost(lost, "the emulator ended");
  }

  void tell_lost(std::size_t count, const std::string& reason) {
    report("the hook " + shown_hook(url_) + " was not told of " + std::to_string(count) +
               (count == 1 ? " event: " : " events: ") + reason,
           "\"events\":" + std::to_string(count) + ",\"reason\":" + base::json_quote(reason));
  }

  void report(const std::string& text, const std::string& members) {
    const std::string code(model::codes::kHookFailed);
    log_->warn("code={} {}", code, text);
    journal_.append("hook.failed", "", text,
                    "{\"code\":" + base::json_quote(code) + ",\"url\":" + base::json_quote(shown_hook(url_)) +
                        "," + members + "}");
  }

  const std::string url_;
  const std::set<HookKind> kinds_;
  base::Journal& journal_;
  std::shared_ptr<spdlog::logger> log_;
  const HookLimits limits_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Message> waiting_;
  std::size_t overflown_ = 0;
  bool ending_ = false;
  bool ended_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

Hooks::Hooks(const HookSettings& settings, base::Journal& journal, std::shared_ptr<spdlog::logger> log,
             HookLimits limits) {
  std::vector<std::pair<std::string, std::set<HookKind>>> targets;  // a URL in two lists is one target
  const auto add = [&](const std::vector<std::string>& urls, HookKind kind) {
    for (const std::string& url : urls) {
      auto target = std::find_if(targets.begin(), targets.end(),
                                 [&](const auto& candidate) { return candidate.first == url; });
      if (target == targets.end()) target = targets.insert(targets.end(), {url, {}});
      target->second.insert(kind);
    }
  };
  add(settings.ready, HookKind::ready);
  add(settings.incident, HookKind::incident);
  add(settings.shutdown, HookKind::shutdown);
  for (auto& [url, kinds] : targets)
    senders_.push_back(std::make_unique<Sender>(url, std::move(kinds), journal, log, limits));
}

Hooks::~Hooks() {
  stop(std::chrono::milliseconds(0));
}

bool Hooks::wants(HookKind kind) const {
  return std::any_of(senders_.begin(), senders_.end(),
                     [kind](const auto& sender) { return sender->wants(kind); });
}

void Hooks::tell(HookKind kind, std::string event, std::string body) {
  for (const auto& sender : senders_) {
    if (sender->wants(kind)) sender->tell(event, body);
  }
}

void Hooks::stop(std::chrono::milliseconds grace) {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  for (const auto& sender : senders_) sender->end_after_queue();
  for (const auto& sender : senders_) sender->join(deadline);
}

}  // namespace exthost::app
