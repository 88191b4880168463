#include "emulator/hosting/snapshot.h"

#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/environment.h"

namespace exthost::hosting {

const package::Entry* HeldVersion::find(std::string_view path) const {
  if (root.empty()) return package->find(path);
  return package->find(root + std::string(path));
}

const HeldVersion* find_version(const HeldVersions& versions, std::string_view name) {
  const HeldVersion* without_case = nullptr;
  for (const auto& version : versions) {
    if (version->name == name) return version.get();
    if (without_case == nullptr && base::equals_ignoring_case(version->name, name))
      without_case = version.get();
  }
  return without_case;
}

const package::Entry* find_index_page(const HeldVersion& version) {
  for (const std::string_view path : kIndexPages) {
    if (const package::Entry* page = version.find(path)) return page;
  }
  return nullptr;
}

std::shared_ptr<const HeldVersion> make_held_version(std::string name,
                                                     std::shared_ptr<const package::Package> package,
                                                     std::string sha256, std::string etag) {
  std::string root;
  const std::string folder = name + "/";
  const bool at_root = package->find(model::kDefaultEnvironmentPath) != nullptr;
  if (!at_root && package->find(folder + std::string(model::kDefaultEnvironmentPath)) != nullptr)
    root = folder;
  return std::make_shared<const HeldVersion>(
      HeldVersion{std::move(name), std::move(package), std::move(root), std::move(sha256), std::move(etag)});
}

const LastError* ExtensionSnapshot::last_error() const {
  const LastError* newest = nullptr;
  for (const RegionDeployment& region : regions) {
    if (region.down || !region.last_error) continue;
    if (newest == nullptr || region.last_error->time > newest->time) newest = &*region.last_error;
  }
  return newest;
}

}  // namespace exthost::hosting
