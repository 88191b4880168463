#include "emulator/storage/accounts.h"

#include <algorithm>

#include "emulator/base/hash.h"

namespace exthost::storage {

bool is_account_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
  return plain && name.size() >= 3 && name.size() <= 24;
}

Accounts::Accounts() {
  EXTHOST_CHECK(add(std::string(kDevelopmentAccount), {std::string(kDevelopmentKey)}).has_value());
}

base::Result<void> Accounts::add(const std::string& name, const std::vector<std::string>& keys) {
  const auto refuse = [](std::string message) {
    return base::Error{base::ErrorKind::invalid_input, std::move(message), ""};
  };
  if (!is_account_name(name)) {
    return refuse("'" + name + "' is no account name: use 3 to 24 lower-case letters and digits");
  }
  if (keys.empty() || keys.size() > 2) return refuse("the account " + name + " needs one or two keys");
  Keys added;
  for (const std::string& key : keys) {
    auto decoded = base::base64_decode(key);
    if (!decoded || decoded->empty()) return refuse("a key of the account " + name + " is not base64");
    added.decoded.push_back(std::move(*decoded));
  }
  added.first_text = base::base64_encode(added.decoded.front());
  accounts_[name] = std::move(added);
  return {};
}

bool Accounts::contains(std::string_view name) const {
  return accounts_.find(name) != accounts_.end();
}

std::vector<std::string> Accounts::names() const {
  std::vector<std::string> names;
  for (const auto& [name, keys] : accounts_) names.push_back(name);
  return names;
}

const std::vector<std::string>& Accounts::keys(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto at = accounts_.find(name);
  return at == accounts_.end() ? none : at->second.decoded;
}

std::string_view Accounts::first_key_text(std::string_view name) const {
  const auto at = accounts_.find(name);
  return at == accounts_.end() ? std::string_view() : std::string_view(at->second.first_text);
}

std::string connection_string(const Accounts& accounts, std::string_view account, std::string_view origin) {
  const std::string_view scheme = origin.substr(0, std::min(origin.find("://"), origin.size()));
  std::string text;
  text.append("DefaultEndpointsProtocol=").append(scheme);
  text.append(";AccountName=").append(account);
  text.append(";AccountKey=").append(accounts.first_key_text(account));
  text.append(";BlobEndpoint=").append(origin).append("/").append(account).append(";");
  return text;
}

}  // namespace exthost::storage
