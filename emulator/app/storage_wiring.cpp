#include "emulator/app/storage_wiring.h"

#include <set>

#include "emulator/storage/blob_actions.h"

namespace exthost::app {
namespace {

using base::Error;
using base::Result;

Result<void> add_with_usual_key(storage::Accounts& accounts, const std::string& name) {
  if (accounts.contains(name)) return {};
  return accounts.add(name, {std::string(storage::kDevelopmentKey)});
}

Result<void> make_container(storage::BlobStore& store, const storage::ContainerId& id,
                            storage::AccessLevel access, base::WallTime now) {
  const auto made = storage::ensure_container(store, id, access, now);
  if (!made) return storage::to_error(made.failure());
  return {};
}

std::string describe(storage::Outage outage) {
  switch (outage) {
    case storage::Outage::none:
      return "The storage accounts are back.";
    case storage::Outage::primary:
      return "The storage accounts are out: their primary locations answer 503.";
    case storage::Outage::secondary:
      return "The storage accounts' secondary locations are out: they answer 503.";
    case storage::Outage::both:
      return "The storage accounts are out: primary and secondary locations answer 503.";
  }
  return {};
}

}  // namespace

Result<storage::Accounts> make_accounts(const Settings& settings) {
  storage::Accounts accounts;
  for (const auto& [name, keys] : settings.storage.accounts) {
    if (auto added = accounts.add(name, keys); !added) return std::move(added).error();
  }
  for (const ContainerEntry& container : settings.storage.containers) {
    if (auto added = add_with_usual_key(accounts, container.account); !added) return std::move(added).error();
  }
  for (const ExtensionSettings& extension : settings.extensions) {
    if (!extension.storage.url.empty()) continue;
    if (auto added = add_with_usual_key(accounts, extension.storage.account); !added)
      return std::move(added).error();
  }
  return accounts;
}

Result<void> prepare_store(storage::BlobStore& store, const Settings& settings, base::WallTime now) {
  std::set<storage::ContainerId> of_extensions;
  for (const ExtensionSettings& extension : settings.extensions) {
    if (extension.storage.url.empty())
      of_extensions.insert({extension.storage.account, extension.storage.container});
  }
  for (const storage::ContainerId& id : of_extensions) {
    if (auto made = make_container(store, id, storage::AccessLevel::container, now); !made) return made;
  }
  for (const ContainerEntry& entry : settings.storage.containers) {
    const storage::ContainerId id{entry.account, entry.name};
    if (of_extensions.count(id) != 0) continue;
    if (auto made = make_container(store, id, entry.access.value_or(storage::AccessLevel::none), now); !made)
      return made;
  }
  for (const CorsEntry& entry : settings.storage.cors) {
    const auto done = store.update_account_settings(
        entry.account, [&](const std::string& stored) -> storage::Outcome<std::string> {
          auto replaced = storage::replace_cors_rules(stored, entry.rules);
          if (replaced) return std::move(*replaced);
          return storage::Failure{storage::Reason::invalid_input, replaced.failure().message};
        });
    if (!done) return storage::to_error(done.failure()).within("CORS rules of " + entry.account);
  }
  return {};
}

std::string usual_account(const Settings& settings) {
  std::set<std::string> accounts;
  for (const ExtensionSettings& extension : settings.extensions) {
    if (extension.storage.url.empty()) accounts.insert(extension.storage.account);
  }
  return accounts.size() == 1 ? *accounts.begin() : std::string(storage::kDevelopmentAccount);
}

bool switch_outage(storage::Locations& current, storage::Outage wanted, base::Journal& journal) {
  if (current.set_outage(wanted) == wanted) return false;
  journal.append(wanted == storage::Outage::none ? "storage.restored" : "storage.outage", "",
                 describe(wanted), "{\"outage\":\"" + std::string(storage::to_string(wanted)) + "\"}");
  return true;
}

}  // namespace exthost::app
