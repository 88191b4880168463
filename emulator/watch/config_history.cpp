#include "emulator/watch/config_history.h"

#include <algorithm>
#include <map>
#include <utility>

#include "emulator/watch/config_pointers.h"

namespace exthost::watch {
namespace {

using Versions = std::map<std::string, std::string>;  // by name

Versions versions_in(std::string_view text) {
  Versions versions;
  for (Pointer& pointer : all_pointers(text))
    versions.emplace(std::move(pointer.name), std::move(pointer.version));
  return versions;
}

std::string version_of(const Versions& versions, const std::string& name) {
  const auto found = versions.find(name);
  return found == versions.end() ? std::string() : found->second;
}

/// The oldest text that is neither the newest nor the one before the last change of a name; else the oldest.
std::size_t dispensable(const std::vector<SeenConfig>& history) {
  std::vector<Versions> all;
  for (const SeenConfig& config : history) all.push_back(versions_in(config.text));
  std::vector<bool> needed(history.size(), false);
  needed.back() = true;
  for (const auto& [name, version] : all.back()) {
    for (std::size_t i = history.size() - 1; i-- > 0;) {
      if (version_of(all[i], name) == version) continue;
      needed[i] = true;
      break;
    }
  }
  const auto found = std::find(needed.begin(), needed.end(), false);
  return found == needed.end() ? 0 : static_cast<std::size_t>(found - needed.begin());
}

}  // namespace

bool remember_config(std::vector<SeenConfig>& history, SeenConfig now, std::size_t kept) {
  if (!history.empty() && history.back().text == now.text) return false;
  if (!read_pointers(now.text, {})) return false;
  history.push_back(std::move(now));
  while (history.size() > kept)
    history.erase(history.begin() + static_cast<std::ptrdiff_t>(dispensable(history)));
  return true;
}

const SeenConfig* before_last_change(const std::vector<SeenConfig>& history, std::string_view now,
                                     const std::vector<std::string>& names,
                                     const std::function<bool(const std::string& text)>& usable) {
  const Versions current = versions_in(now);
  for (auto config = history.rbegin(); config != history.rend(); ++config) {
    const Versions earlier = versions_in(config->text);
    const bool differs = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return version_of(earlier, name) != version_of(current, name);
    });
    if (differs && usable(config->text)) return &*config;
  }
  return nullptr;
}

}  // namespace exthost::watch
