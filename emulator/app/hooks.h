#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "emulator/app/settings.h"
#include "emulator/base/journal.h"

namespace spdlog {
class logger;
}

namespace exthost::app {

/// What one hook may cost.
struct HookLimits {
  std::chrono::milliseconds timeout{10'000};  ///< For one try, whole exchange.
  unsigned tries = 3;
  std::chrono::milliseconds backoff{1000};  ///< Before the second try; twice as long before the third.
  std::size_t queue = 256;                  ///< Messages that wait for one URL; more are not sent.
};

enum class HookKind { ready, incident, shutdown };

/// Tells the URLs of the settings what happened (ux.md 4, `hooks`): a POST of JSON to each, with no secret of
/// this run in it.
///
/// Each URL has its own thread and queue, so that one that hangs holds up neither syncs nor another. No
/// answer, 408, 429 and 5xx are tried again; any other answer but 2xx is final, redirects too. What is given
/// up is told in the journal (`hook.failed`, kHookFailed) and in the log. Thread-safe.
class Hooks {
 public:
  /// `journal` outlives this.
  Hooks(const HookSettings& settings, base::Journal& journal, std::shared_ptr<spdlog::logger> log,
        HookLimits limits);
  ~Hooks();

  /// Whether anybody wants to be told.
  bool wants(HookKind kind) const;

  /// Queues a message, a JSON object as text. `event` names it: `incident.opened`. Never blocks and never
  /// appends to the journal, so that it may be called by the journal's listeners.
  void tell(HookKind kind, std::string event, std::string body);

  /// Waits up to `grace` until all is sent, ends what is under way and says what was lost. Later messages are
  /// dropped. Idempotent.
  void stop(std::chrono::milliseconds grace);

 private:
  class Sender;
  std::vector<std::unique_ptr<Sender>> senders_;
};

/// A JSON object, as text, with the members that every message has: `event` and `instance`.
std::string with_event(const std::string& object, const std::string& event, const std::string& instance);

/// A URL as it may be shown: without its query, where a secret may stand.
std::string shown_hook(const std::string& url);

}  // namespace exthost::app
