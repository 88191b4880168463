#include "emulator/hosting/package_store.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "emulator/base/file.h"
#include "emulator/model/codes.h"

namespace exthost::hosting {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::uint64_t kDeploymentLimit = 64ull << 20;  // a hundred revisions of two documents of 256 KiB
constexpr std::string_view kDeploymentFile = "deployment.json";
constexpr std::string_view kPackages = "packages";

Error unwritable(Error error) {
  error.code = model::codes::kStateUnwritable;
  return std::move(error).within("can't write to the state folder");
}

Error unreadable(const fs::path& file, const std::string& why) {
  return Error{ErrorKind::corrupt, file.string() + " can't be used: " + why,
               std::string(model::codes::kRetainedUnreadable)};
}

}  // namespace

PackageStore::PackageStore(fs::path folder, package::PackageLimits limits)
    : folder_(std::move(folder)), limits_(limits) {}

fs::path PackageStore::package_file(const std::string& sha256) const {
  return folder_ / kPackages / (sha256 + ".zip");
}

Result<std::shared_ptr<const package::Package>> PackageStore::keep(const std::string& sha256,
                                                                   std::string_view bytes) {
  const fs::path file = package_file(sha256);
  const auto there =
      base::MappedFile::open(file);  // compared, since a crash may have left something else in it
  if (!there || (*there)->bytes() != bytes) {
    if (auto made = base::make_private_folder(folder_ / kPackages); !made)
      return unwritable(std::move(made).error());
    if (auto written = base::write_file(file, bytes, base::Durability::process); !written) {
      return unwritable(std::move(written).error());
    }
  }
  return package::Package::open_file(file, limits_);
}

Result<std::shared_ptr<const package::Package>> PackageStore::open(const std::string& sha256) const {
  return package::Package::open_file(package_file(sha256), limits_);
}

bool PackageStore::is_durable(const std::string& sha256) const {
  return durable_.with([&](const std::set<std::string>& durable) { return durable.count(sha256) > 0; });
}

Result<void> PackageStore::save(const StoredDeployment& deployment) {
  std::vector<std::string> fresh;
  for (const auto& version : deployment.versions) {
    if (!is_durable(version.sha256)) fresh.push_back(version.sha256);
  }
  for (const std::string& sha256 : fresh) {
    if (auto synced = base::sync_file(package_file(sha256)); !synced)
      return unwritable(std::move(synced).error());
  }
  if (!fresh.empty()) {
    if (auto synced = base::sync_folder(folder_ / kPackages); !synced)
      return unwritable(std::move(synced).error());
    durable_.with([&](std::set<std::string>& durable) { durable.insert(fresh.begin(), fresh.end()); });
  }

  if (auto made = base::make_private_folder(folder_); !made) return unwritable(std::move(made).error());
  auto written = base::write_file(folder_ / kDeploymentFile, to_json(deployment), base::Durability::power);
  if (!written) return unwritable(std::move(written).error());
  return {};
}

Result<std::optional<StoredDeployment>> PackageStore::load() const {
  const fs::path file = folder_ / kDeploymentFile;
  auto text = base::read_file(file, kDeploymentLimit);
  if (!text) return unreadable(file, text.error().message);
  if (!text->has_value()) return std::optional<StoredDeployment>();
  auto deployment = read_stored_deployment(**text);
  if (!deployment) return unreadable(file, "it is not a deployment of a format that is known");
  return deployment;
}

Result<void> PackageStore::remove(const std::vector<std::string>& hashes) {
  durable_.with([&](std::set<std::string>& durable) {
    for (const std::string& hash : hashes) durable.erase(hash);
  });
  for (const std::string& hash : hashes) {
    std::error_code error;
    fs::remove(package_file(hash), error);
    if (error) {
      return unwritable(Error{ErrorKind::unavailable,
                              "can't remove " + package_file(hash).string() + ": " + error.message(),
                              {}});
    }
  }
  return {};
}

Result<void> PackageStore::remove_all_but(const std::vector<std::string>& hashes) {
  std::error_code error;
  std::vector<std::string> unused;
  for (fs::directory_iterator item(folder_ / kPackages, error), end; !error && item != end;
       item.increment(error)) {
    const std::string hash = item->path().stem().string();
    const bool ours = is_package_hash(hash) && item->path().extension() == ".zip";
    if (ours && std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) unused.push_back(hash);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return unwritable(Error{
        ErrorKind::unavailable, "can't list " + (folder_ / kPackages).string() + ": " + error.message(), {}});
  }
  return remove(unused);
}

}  // namespace exthost::hosting
