#include "emulator/app/storage_settings.h"

#include "emulator/base/text.h"
#include "emulator/model/codes.h"

namespace exthost::app {

base::Result<void> add_accounts(std::string_view text, StorageSettings& settings) {
  const auto refuse = [](std::string message) {
    return base::Error{base::ErrorKind::invalid_input, std::move(message),
                       std::string(model::codes::kSettingsValue)};
  };
  std::map<std::string, std::vector<std::string>> added;
  std::size_t number = 0;
  for (const std::string& entry : base::split(text, ';')) {
    if (base::trim(entry).empty()) continue;
    const std::string which = "account " + std::to_string(++number);
    std::vector<std::string> parts = base::split(base::trim(entry), ':');
    if (parts.size() < 2 || parts.size() > 3) {
      return refuse("not a list of accounts: write " + which + " as name:key or name:key1:key2");
    }
    const std::string name = parts.front();
    if (!storage::is_account_name(name)) {
      return refuse("not a list of accounts: the name of " + which +
                    " is not 3 to 24 lower-case letters and digits");
    }
    parts.erase(parts.begin());
    if (auto checked = storage::Accounts().add(name, parts); !checked) {
      return refuse("not a list of accounts: " + checked.error().message);
    }
    added[name] = std::move(parts);
  }
  for (auto& [name, keys] : added) settings.accounts[name] = std::move(keys);
  return {};
}

std::string_view show_durability(const StorageSettings& settings) {
  return settings.durability == base::Durability::power ? "power" : "process";
}

std::string show_accounts(const StorageSettings& settings) {
  std::string text;
  for (const auto& [name, keys] : settings.accounts) {
    text += (text.empty() ? "" : ";") + name;
    for (std::size_t i = 0; i < keys.size(); ++i) text += ":***";
  }
  return text;
}

}  // namespace exthost::app
