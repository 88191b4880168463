#include "emulator/app/storage_failover.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;

constexpr std::uint64_t kFileLimit = 1024 * 1024;
constexpr const char* kKey = "failedOver";

Error corrupt(const std::filesystem::path& file) {
  return {ErrorKind::corrupt,
          file.string() + " does not say which storage accounts failed over; remove it to have none",
          std::string(model::codes::kStateUnwritable)};
}

Result<void> save(const std::filesystem::path& file, const storage::Failovers& failed_over) {
  ordered_json accounts = ordered_json::object();
  for (const auto& [account, time] : failed_over) accounts[account] = base::to_iso8601(time);
  const ordered_json document = {{kKey, accounts}};
  if (auto written = base::write_file(file, document.dump(2) + "\n", base::Durability::power); !written) {
    Error error = std::move(written).error();
    error.code = std::string(model::codes::kStateUnwritable);
    return error;
  }
  return {};
}

std::string data_of(const std::string& account, const char* location) {
  return "{\"account\":" + base::json_quote(account) + ",\"location\":\"" + location + "\"}";
}

}  // namespace

Result<storage::Failovers> load_failovers(const std::filesystem::path& file) {
  auto text = base::read_file(file, kFileLimit);
  if (!text) return std::move(text).error();
  storage::Failovers failed_over;
  if (!text->has_value()) return failed_over;
  const auto document = ordered_json::parse(**text, nullptr, false);
  if (!document.is_object() || !document.contains(kKey) || !document[kKey].is_object()) return corrupt(file);
  for (const auto& [account, time] : document[kKey].items()) {
    const auto when = time.is_string() ? base::parse_iso8601(time.get<std::string>()) : std::nullopt;
    if (!when || !storage::is_account_name(account)) return corrupt(file);
    failed_over[account] = *when;
  }
  return failed_over;
}

Result<void> StorageFailover::restore() {
  auto failed_over = load_failovers(file_);
  if (!failed_over) return std::move(failed_over).error();
  for (const auto& [account, time] : *failed_over) {
    if (!accounts_.contains(account)) continue;
    journal_.append("storage.location", "",
                    account + " is served from its secondary location since " + base::to_iso8601(time) +
                        ", and is locally redundant.",
                    data_of(account, "secondary"));
  }
  locations_.set_failovers(*std::move(failed_over));
  return {};
}

Result<void> StorageFailover::fail_over(const std::string& account) {
  return move(account, Direction::over);
}

Result<void> StorageFailover::fail_back(const std::string& account) {
  return move(account, Direction::back);
}

Result<void> StorageFailover::move(const std::string& account, Direction direction) {
  if (!account.empty() && !accounts_.contains(account)) {
    return Error{ErrorKind::invalid_input, "there is no storage account '" + account + "' here",
                 std::string(model::codes::kBadRequestBody)};
  }
  const std::lock_guard lock(moving_);
  storage::Failovers failed_over = locations_.failovers();
  const storage::Outage outage = locations_.outage();
  std::vector<std::string> wanted = {account};
  if (account.empty()) wanted = accounts_.names();
  std::vector<std::string> moved;
  std::optional<Error> refusal;
  for (const std::string& name : wanted) {
    const auto allowed = direction == Direction::over ? check_failover(name, outage, failed_over)
                                                      : check_failback(name, outage, failed_over);
    if (allowed) {
      moved.push_back(name);
    } else if (!refusal) {
      refusal = allowed.error();
    }
  }
  if (moved.empty() && refusal) return *std::move(refusal);
  for (const std::string& name : moved) {
    if (direction == Direction::over) {
      failed_over[name] = clock_.now();
    } else {
      failed_over.erase(name);
    }
  }
  if (auto saved = save(file_, failed_over); !saved) return saved;
  locations_.set_failovers(std::move(failed_over));
  for (const std::string& name : moved) {
    if (direction == Direction::over) {
      journal_.append("storage.failover", "",
                      name +
                          " failed over: its secondary location is its primary now, and it is locally "
                          "redundant.",
                      data_of(name, "secondary"));
    } else {
      journal_.append(
          "storage.failback", "",
          name + " failed back: its primary location serves it, and its secondary is there again.",
          data_of(name, "primary"));
    }
  }
  return {};
}

}  // namespace exthost::app
