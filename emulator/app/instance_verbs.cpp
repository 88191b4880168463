#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "emulator/app/commands.h"
#include "emulator/app/control_client.h"
#include "emulator/app/environment_report.h"
#include "emulator/app/exit_code.h"
#include "emulator/app/incident_verbs.h"
#include "emulator/app/json_fields.h"
#include "emulator/app/settings_table.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + "  ";
}

/// Asks again until `done` or `timeout`. For what cannot be waited for: another process's start and end.
bool wait_until(const std::function<bool()>& done, base::Duration timeout) {
  constexpr std::chrono::milliseconds kPause{20};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

/// The verbs that talk to one running instance. Each prints its result, or returns why it has none.
class InstanceVerbs {
 public:
  InstanceVerbs(const CommandLine& command, Terminal& out)
      : command_(command), out_(out), folders_(UserFolders::from_environment()) {}

  Result<int> run() {
    if (command_.verb == Verb::ps) return ps();
    if (command_.verb == Verb::wait) return wait_ready();
    auto found = find_instance(command_.instance, folders_);
    if (!found) return std::move(found).error();
    const InstanceRecord instance = *std::move(found);
    const ControlClient client(instance);
    switch (command_.verb) {
      case Verb::stop:
        return stop(instance, client);
      case Verb::sync:
        return sync(client);
      case Verb::regions:
        return show(regions(client), "regions", &InstanceVerbs::print_region);
      case Verb::incidents:
        return run_incidents(command_, client, out_);
      case Verb::events:
        return print_raw(client.get("/_emu/v1/events.ndjson"));
      case Verb::storage:
        return storage(client);
      case Verb::cdn:
        return cdn(client);
      case Verb::env:
        return environment(instance);
      default:
        return Error{ErrorKind::internal, "not a verb of a running instance", ""};
    }
  }

 private:
  int ps() {
    ordered_json list = ordered_json::array();
    for (const InstanceRecord& record : running_instances(folders_)) {
      if (command_.json) {
        list.push_back({{"instance", record.instance},
                        {"pid", record.pid},
                        {"project", record.project},
                        {"control", record.control}});
      } else {
        out_.line(padded(record.instance, 24) + padded(std::to_string(record.pid), 8) +
                  padded(record.control, 24) + record.project);
      }
    }
    if (command_.json) out_.line(ordered_json{{"instances", list}}.dump(2));
    return kExitOk;
  }

  Result<int> wait_ready() {
    std::string last = "no emulator is running";
    const bool ready = wait_until(
        [&] {
          const auto found = find_instance(command_.instance, folders_);
          if (!found) {
            last = found.error().message;
            return false;
          }
          const auto answer = ControlClient(*found).get("/_emu/ready");
          if (!answer) last = answer.error().message;
          return answer.has_value();
        },
        command_.timeout);
    if (ready) return int{kExitOk};
    return Error{ErrorKind::unavailable,
                 "not ready after " + base::to_duration_text(command_.timeout) + ": " + last,
                 std::string(model::codes::kWaitTimedOut)};
  }

  Result<int> stop(const InstanceRecord& instance, const ControlClient& client) {
    if (auto asked = client.post("/_emu/v1/shutdown"); !asked) return std::move(asked).error();
    const bool ended = wait_until(
        [&] {
          const auto running = running_instances(folders_);
          return std::none_of(running.begin(), running.end(), [&](const InstanceRecord& other) {
            return other.state_dir == instance.state_dir;
          });
        },
        std::chrono::seconds(15));
    if (!ended) {
      return Error{ErrorKind::unavailable,
                   instance.instance + " (process " + std::to_string(instance.pid) + ") has not ended yet",
                   std::string(model::codes::kWaitTimedOut)};
    }
    out_.line(instance.instance + " has ended");
    return int{kExitOk};
  }

  Result<int> print_raw(Result<std::string> answer) {
    if (!answer) return std::move(answer).error();
    out_.lines(*answer);
    return int{kExitOk};
  }

  /// The list that stands in an answer under `key`: as it came with --json, else a line or more for each
  /// item.
  Result<int> show(Result<std::string> answer, const char* key,
                   void (InstanceVerbs::*print)(const ordered_json&)) {
    if (!answer || command_.json) return print_raw(std::move(answer));
    const auto json = ordered_json::parse(*answer, nullptr, false);
    if (!json.is_object() || !json.contains(key) || !json[key].is_array()) {
      return Error{ErrorKind::internal, "the emulator's answer has no list of " + std::string(key), ""};
    }
    for (const ordered_json& item : json[key]) (this->*print)(item);
    if (json[key].empty()) out_.line(out_.styled(Style::good, out_.symbol(Style::good)) + " no " + key);
    return int{kExitOk};
  }

  void print_region(const ordered_json& row) {
    const std::string pending = text_at(row, "pendingVersion");
    std::string served = text_at(row, "servedVersion");
    if (served.empty()) served = "-";
    out_.line(padded(text_at(row, "extension"), 16) + padded(text_at(row, "region"), 20) +
              padded(text_at(row, "stage"), 10) + padded(served, 24) + padded(text_at(row, "health"), 12) +
              (pending.empty() ? "" : "next: " + pending));
  }

  /// What every region serves; or, after a change, what that region serves.
  Result<std::string> regions(const ControlClient& client) {
    constexpr const char* kPath = "/_emu/v1/regions";
    if (command_.topic.empty()) return client.get(kPath);
    const std::string body = ordered_json{{"down", command_.topic == "down"}}.dump();
    return client.put(kPath + ("/" + base::percent_encode(command_.region)), body);
  }

  Result<int> sync(const ControlClient& client) {
    std::string query;
    for (const auto& [name, value] :
         {std::pair("extension", &command_.extension), std::pair("region", &command_.region)}) {
      if (!value->empty())
        query += (query.empty() ? "?" : "&") + (name + ("=" + base::percent_encode(*value)));
    }
    auto answer = client.post("/_emu/v1/sync" + query);
    if (!answer || command_.json) return print_raw(std::move(answer));
    const auto json = ordered_json::parse(*answer, nullptr, false);
    bool all_good = true;
    for (const ordered_json& outcome : json.value("extensions", ordered_json::array())) {
      const bool good = outcome.value("succeeded", false);
      const Style style = good ? Style::good : Style::bad;
      all_good = all_good && good;
      std::string text = out_.styled(style, out_.symbol(style)) + " " + text_at(outcome, "extension") + "  ";
      if (!good) {
        text += text_at(outcome, "message") + "  " + out_.styled(Style::dim, text_at(outcome, "code"));
      } else {
        text += outcome.value("changed", false) ? "synced: a new deployment is live" : "synced: nothing new";
      }
      out_.line(text);
    }
    return all_good ? int{kExitOk} : int{kExitUnexpected};
  }

  Result<std::string> ask_storage(const ControlClient& client) {
    const std::string path = "/_emu/v1/storage";
    if (command_.topic == "outage") return client.put(path, ordered_json{{"outage", command_.outage}}.dump());
    if (command_.topic.empty()) return client.get(path);
    const std::string body =
        command_.account.empty() ? "{}" : ordered_json{{"account", command_.account}}.dump();
    return client.post(path + ":" + command_.topic, body);
  }

  /// The accounts, where they are, and the outage in force, after a change if one is asked for.
  Result<int> storage(const ControlClient& client) {
    auto answer = ask_storage(client);
    if (!answer || command_.json) return print_raw(std::move(answer));
    const auto json = ordered_json::parse(*answer, nullptr, false);
    for (const ordered_json& account : list_at(json, "accounts")) {
      out_.line(padded(text_at(account, "name"), 24) + padded(text_at(account, "url"), 44) +
                text_at(account, "location") + " location, " + text_at(account, "redundancy") +
                (is_set(account, "available") ? "" : ", out"));
    }
    const std::string outage = text_at(json, "outage");
    if (outage == "none") {
      out_.line(out_.styled(Style::good, out_.symbol(Style::good)) + " no outage");
    } else {
      const std::string which =
          outage == "both" ? "primary and secondary locations answer" : outage + " location answers";
      out_.line(out_.styled(Style::warning, out_.symbol(Style::warning)) + " the " + which +
                " 503; to end that: exthost-emu storage outage none");
    }
    return int{kExitOk};
  }

  /// What the CDN's edge keeps, after a purge or a change if one is asked for.
  Result<int> cdn(const ControlClient& client) {
    constexpr const char* kPath = "/_emu/v1/cdn";
    Result<std::string> answer = command_.topic == "purge" ? client.post("/_emu/v1/cdn:purge", cdn_order())
                                 : !command_.outage.empty()
                                     ? client.put(kPath, ordered_json{{"outage", command_.outage}}.dump())
                                     : client.get(kPath);
    if (!answer || command_.json) return print_raw(std::move(answer));
    const auto json = ordered_json::parse(*answer, nullptr, false);
    const auto number = [&](const char* key) { return json.value(key, std::uint64_t{0}); };
    if (json.contains("purged")) out_.line("forgot " + base::counted(number("purged"), "kept file"));
    if (text_at(json, "mode") == "off") {
      out_.line("the CDN edge is off; to have one: exthost-emu start --cdn on");
      return int{kExitOk};
    }
    out_.line("keeps " + base::counted(number("entries"), "file") + ", " +
              base::human_bytes(number("bytes")) + " of " + base::human_bytes(number("limitBytes")) + "; " +
              base::counted(number("hits"), "hit") + ", " + std::to_string(number("misses")) +
              (number("misses") == 1 ? " miss" : " misses") + "; origin by HTTP/" +
              text_at(json, "originHttp"));
    if (text_at(json, "outage") == "on") {
      out_.line(out_.styled(Style::warning, out_.symbol(Style::warning)) +
                " its hosts answer 503; to end that: exthost-emu cdn outage off");
    } else {
      out_.line(out_.styled(Style::good, out_.symbol(Style::good)) + " no outage");
    }
    return int{kExitOk};
  }

  std::string cdn_order() const {
    ordered_json order = ordered_json::object();
    if (!command_.purge.empty()) order["url"] = command_.purge;
    if (!command_.extension.empty()) order["extension"] = command_.extension;
    return order.dump();
  }

  Result<int> environment(const InstanceRecord& instance) {
    auto report = environment_report(instance,
                                     command_.json            ? "json"
                                     : command_.shell.empty() ? "posix"
                                                              : command_.shell,
                                     command_.account);
    if (!report) return std::move(report).error();
    return print_raw(std::move(report));
  }

  const CommandLine& command_;
  Terminal& out_;
  UserFolders folders_;
};

}  // namespace

int run_instance_verb(const CommandLine& command, Terminal& out, Terminal& err) {
  auto outcome = InstanceVerbs(command, out).run();
  if (outcome) return *outcome;
  err.error(outcome.error());
  return verb_exit_code(outcome.error());
}

}  // namespace exthost::app
