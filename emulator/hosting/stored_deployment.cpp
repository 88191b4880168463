#include "emulator/hosting/stored_deployment.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/model/version.h"

namespace exthost::hosting {
namespace {

using nlohmann::json;

constexpr int kFormat = 2;
constexpr int kFirstFormat = 1;  // one revision, active everywhere

/// A string member, or absent if it is not there or not a string.
std::optional<std::string> text_member(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

std::optional<std::int64_t> number_member(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_number_integer()) return std::nullopt;
  return member->get<std::int64_t>();
}

std::int64_t to_number(base::WallTime time) {
  return time.time_since_epoch().count();
}

base::WallTime to_time(std::int64_t milliseconds) {
  return base::WallTime(base::Duration(milliseconds));
}

std::optional<StoredDeployment::Version> read_version(const json& value) {
  if (!value.is_object()) return std::nullopt;
  auto name = text_member(value, "name");
  auto sha256 = text_member(value, "sha256");
  if (!name || !sha256 || !is_package_hash(*sha256) || !model::check_version_name(*name)) return std::nullopt;
  return StoredDeployment::Version{std::move(*name), std::move(*sha256),
                                   text_member(value, "etag").value_or("")};
}

/// The members that a revision has in both formats.
std::optional<StoredDeployment::Revision> read_revision(const json& value, std::int64_t number) {
  if (!value.is_object() || number < 1) return std::nullopt;
  auto config = text_member(value, "config");
  const auto synced_at = number_member(value, "syncedAt");
  if (!config || !synced_at) return std::nullopt;
  return StoredDeployment::Revision{static_cast<std::uint64_t>(number), std::move(*config),
                                    text_member(value, "stageDefinition").value_or(""), to_time(*synced_at)};
}

std::optional<StoredDeployment::Region> read_region(const std::string& name, const json& value) {
  if (!value.is_object()) return std::nullopt;
  const auto active = number_member(value, "active");
  const auto pending = value.find("pending");
  if (!active || *active < 0 || pending == value.end() || !pending->is_array()) return std::nullopt;
  StoredDeployment::Region region{name, static_cast<std::uint64_t>(*active), {}};
  for (const json& item : *pending) {
    if (!item.is_object()) return std::nullopt;
    const auto revision = number_member(item, "revision");
    const auto due = number_member(item, "due");
    if (!revision || !due || *revision < 1) return std::nullopt;
    region.pending.push_back({static_cast<std::uint64_t>(*revision), to_time(*due)});
  }
  return region;
}

bool read_revisions(const json& value, StoredDeployment& deployment) {
  const auto revisions = value.find("revisions");
  const auto regions = value.find("regions");
  if (revisions == value.end() || !revisions->is_array() || regions == value.end() || !regions->is_object())
    return false;
  for (const json& item : *revisions) {
    auto revision =
        item.is_object() ? read_revision(item, number_member(item, "number").value_or(0)) : std::nullopt;
    if (!revision) return false;
    deployment.revisions.push_back(std::move(*revision));
  }
  for (const auto& [name, item] : regions->items()) {
    auto region = read_region(name, item);
    if (!region) return false;
    deployment.regions.push_back(std::move(*region));
  }
  return true;
}

}  // namespace

bool is_package_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string to_json(const StoredDeployment& deployment) {
  json revisions = json::array();
  for (const auto& revision : deployment.revisions) {
    revisions.push_back({{"number", revision.number},
                         {"config", revision.config_text},
                         {"stageDefinition", revision.definition_text},
                         {"syncedAt", to_number(revision.synced_at)}});
  }
  json regions = json::object();
  for (const auto& region : deployment.regions) {
    json pending = json::array();
    for (const auto& item : region.pending)
      pending.push_back({{"revision", item.revision}, {"due", to_number(item.due)}});
    regions[region.region] = {{"active", region.active}, {"pending", std::move(pending)}};
  }
  json versions = json::array();
  for (const auto& version : deployment.versions) {
    versions.push_back({{"name", version.name}, {"sha256", version.sha256}, {"etag", version.etag}});
  }
  const json document = {{"format", kFormat},
                         {"revisions", std::move(revisions)},
                         {"regions", std::move(regions)},
                         {"versions", std::move(versions)}};
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<StoredDeployment> read_stored_deployment(std::string_view text) {
  const json value = json::parse(text, nullptr, false);
  if (!value.is_object()) return std::nullopt;
  const auto format = number_member(value, "format");
  const auto versions = value.find("versions");
  if (!format || versions == value.end() || !versions->is_array()) return std::nullopt;
  StoredDeployment deployment;
  if (*format == kFirstFormat) {
    auto revision = read_revision(value, 1);
    if (!revision) return std::nullopt;
    deployment.revisions.push_back(std::move(*revision));
  } else if (*format != kFormat || !read_revisions(value, deployment)) {
    return std::nullopt;
  }
  for (const json& item : *versions) {
    auto version = read_version(item);
    if (!version) return std::nullopt;
    deployment.versions.push_back(std::move(*version));
  }
  return deployment;
}

}  // namespace exthost::hosting
