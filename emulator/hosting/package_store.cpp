#include "emulator/hosting/package_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "emulator/base/file.h"
#include "emulator/model/codes.h"
#include "emulator/model/version.h"

namespace exthost::hosting {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::uint64_t kDeploymentLimit = 4ull << 20;  // two documents of 256 KiB and some thousand versions
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

bool is_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A string member, or absent if it is not there or not a string.
std::optional<std::string> text_member(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

std::optional<StoredDeployment::Version> read_version(const json& value) {
  if (!value.is_object()) return std::nullopt;
  auto name = text_member(value, "name");
  auto sha256 = text_member(value, "sha256");
  if (!name || !sha256 || !is_hash(*sha256) || !model::check_version_name(*name)) return std::nullopt;
  return StoredDeployment::Version{std::move(*name), std::move(*sha256),
                                   text_member(value, "etag").value_or("")};
}

std::optional<StoredDeployment> read_deployment(const json& value) {
  if (!value.is_object() || value.value("format", json()) != kFormat) return std::nullopt;
  auto config = text_member(value, "config");
  const auto synced_at = value.find("syncedAt");
  const auto versions = value.find("versions");
  if (!config || synced_at == value.end() || !synced_at->is_number_integer() || versions == value.end() ||
      !versions->is_array()) {
    return std::nullopt;
  }
  StoredDeployment deployment;
  deployment.config_text = std::move(*config);
  deployment.definition_text = text_member(value, "stageDefinition").value_or("");
  deployment.synced_at = base::WallTime(base::Duration(synced_at->get<std::int64_t>()));
  for (const json& item : *versions) {
    auto version = read_version(item);
    if (!version) return std::nullopt;
    deployment.versions.push_back(std::move(*version));
  }
  return deployment;
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

  json versions = json::array();
  for (const auto& version : deployment.versions) {
    versions.push_back({{"name", version.name}, {"sha256", version.sha256}, {"etag", version.etag}});
  }
  const json document = {{"format", kFormat},
                         {"config", deployment.config_text},
                         {"stageDefinition", deployment.definition_text},
                         {"syncedAt", deployment.synced_at.time_since_epoch().count()},
                         {"versions", std::move(versions)}};
  if (auto made = base::make_private_folder(folder_); !made) return unwritable(std::move(made).error());
  auto written = base::write_file(folder_ / kDeploymentFile,
                                  document.dump(2, ' ', false, json::error_handler_t::replace) + "\n",
                                  base::Durability::power);
  if (!written) return unwritable(std::move(written).error());
  return {};
}

Result<std::optional<StoredDeployment>> PackageStore::load() const {
  const fs::path file = folder_ / kDeploymentFile;
  auto text = base::read_file(file, kDeploymentLimit);
  if (!text) return unreadable(file, text.error().message);
  if (!text->has_value()) return std::optional<StoredDeployment>();
  auto deployment = read_deployment(json::parse(**text, nullptr, false));
  if (!deployment) return unreadable(file, "it is not a deployment of format " + std::to_string(kFormat));
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
    const bool ours = is_hash(hash) && item->path().extension() == ".zip";
    if (ours && std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) unused.push_back(hash);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return unwritable(Error{
        ErrorKind::unavailable, "can't list " + (folder_ / kPackages).string() + ": " + error.message(), {}});
  }
  return remove(unused);
}

}  // namespace exthost::hosting
