#include "emulator/app/config_histories.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/app/json_fields.h"
#include "emulator/base/file.h"
#include "emulator/base/text.h"
#include "emulator/hosting/limits.h"
#include "emulator/model/codes.h"
#include "emulator/model/container_layout.h"
#include "emulator/storage/blob_actions.h"

namespace exthost::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;
using storage::Reason;

/// Twenty texts of the longest kind, every byte of them escaped.
constexpr std::uint64_t kFileLimit = 64ull << 20;
constexpr const char* kKey = "configs";

Result<void> save(const std::filesystem::path& file, const std::vector<watch::SeenConfig>& history) {
  ordered_json configs = ordered_json::array();
  for (const watch::SeenConfig& config : history)
    configs.push_back({{"seen", base::to_iso8601(config.seen)}, {"text", config.text}});
  if (auto made = base::make_private_folder(file.parent_path()); !made) return made;
  return base::write_file(file, ordered_json{{kKey, configs}}.dump(2) + "\n", base::Durability::process);
}

}  // namespace

Result<std::vector<watch::SeenConfig>> load_config_history(const std::filesystem::path& file) {
  std::vector<watch::SeenConfig> history;
  const auto text = base::read_file(file, kFileLimit);
  if (!text) return text.error();
  if (!text->has_value()) return history;
  const auto document = ordered_json::parse(**text, nullptr, false);
  const Error corrupt{ErrorKind::corrupt,
                      file.string() + " is no history of a config.json; remove it to begin a new one",
                      std::string(model::codes::kStateUnwritable)};
  if (!document.is_object() || !document.contains(kKey) || !document[kKey].is_array()) return corrupt;
  for (const ordered_json& entry : document[kKey]) {
    const auto seen = base::parse_iso8601(text_at(entry, "seen"));
    if (!seen || !entry.contains("text") || !entry["text"].is_string()) return corrupt;
    history.push_back({*seen, entry["text"].get<std::string>()});
  }
  return history;
}

void ConfigHistories::look(const storage::ContainerId& container) {
  const std::lock_guard lock(looking_);
  auto known = histories_.find(container);
  if (known == histories_.end()) {
    auto loaded = load_config_history(file_of(container));
    if (!loaded) tell(container, loaded.error());
    known =
        histories_.emplace(container, loaded ? *std::move(loaded) : std::vector<watch::SeenConfig>()).first;
  }
  const auto config = storage::open_blob(store_, {container.account, container.container, model::kConfigBlob},
                                         "", hosting::HostingLimits{}.config_bytes);
  if (!config) {
    // None, or one that nobody can use, is nothing to go back to.
    const Reason reason = config.reason();
    if (reason == Reason::unavailable) tell(container, storage::to_error(config.failure()));
    return;
  }
  if (!watch::remember_config(known->second, {clock_.now(), std::string(config->content.bytes)})) return;
  if (auto saved = save(file_of(container), known->second); !saved) tell(container, std::move(saved).error());
}

std::vector<watch::SeenConfig> ConfigHistories::of(const storage::ContainerId& container) const {
  const std::lock_guard lock(looking_);
  const auto known = histories_.find(container);
  return known == histories_.end() ? std::vector<watch::SeenConfig>() : known->second;
}

std::filesystem::path ConfigHistories::file_of(const storage::ContainerId& container) const {
  return folder_ / container.account / (container.container + ".json");
}

void ConfigHistories::tell(const storage::ContainerId& container, Error error) {
  journal_.append("history.failed", "",
                  "what the config.json of " + container.account + "/" + container.container +
                      " was before cannot be kept: " + error.message,
                  "{\"code\":" + base::json_quote(model::codes::kStateUnwritable) + "}");
}

}  // namespace exthost::app
