#include "emulator/storage/record_facts.h"

#include <nlohmann/json.hpp>

namespace exthost::storage {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.empty() ? std::string() : json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json parse(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json::object();
}

std::int64_t to_number(base::WallTime time) {
  return time.time_since_epoch().count();
}

std::string text_in(const Json& json, const char* name) {
  const auto at = json.find(name);
  return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}
std::optional<std::int64_t> number_in(const Json& json, const char* name) {
  const auto at = json.find(name);
  if (at == json.end() || !at->is_number_integer()) return std::nullopt;
  return at->get<std::int64_t>();
}
std::optional<base::WallTime> time_in(const Json& json, const char* name) {
  const auto number = number_in(json, name);
  if (!number) return std::nullopt;
  return base::WallTime(base::Duration(*number));
}

void write_lease(Json& json, const Lease& lease) {
  if (lease.id.empty()) return;
  Json& out = json["lease"];
  out["id"] = lease.id;
  if (lease.duration) {
    out["seconds"] = lease.duration->count();
    out["ends"] = to_number(lease.ends);
  }
  if (lease.broken_from) out["brokenFrom"] = to_number(*lease.broken_from);
}

void write_copy(Json& json, const CopyState& copy) {
  Json& out = json["copy"];
  out["id"] = copy.id;
  out["source"] = copy.source;
  out["completed"] = to_number(copy.completed);
}

std::optional<CopyState> copy_in(const Json& json) {
  const auto at = json.find("copy");
  if (at == json.end() || !at->is_object()) return std::nullopt;
  return CopyState{text_in(*at, "id"), text_in(*at, "source"),
                   time_in(*at, "completed").value_or(base::WallTime())};
}

Lease lease_in(const Json& json) {
  Lease lease;
  const auto at = json.find("lease");
  if (at == json.end() || !at->is_object()) return lease;
  lease.id = text_in(*at, "id");
  if (const auto seconds = number_in(*at, "seconds")) lease.duration = std::chrono::seconds(*seconds);
  lease.ends = time_in(*at, "ends").value_or(base::WallTime());
  lease.broken_from = time_in(*at, "brokenFrom");
  return lease;
}

}  // namespace

std::string facts_text(const BlobRecord& record) {
  Json json = Json::object();
  write_lease(json, record.lease);
  for (const auto& [key, value] : record.tags) json["tags"][key] = value;
  if (!record.tier.empty()) json["tier"] = record.tier;
  if (record.tier_changed) json["tierChanged"] = to_number(*record.tier_changed);
  if (record.copy) write_copy(json, *record.copy);
  if (record.type == BlobType::page) json["type"] = "page";
  if (record.type == BlobType::append) json["type"] = "append";
  if (record.sequence_number != 0) json["sequenceNumber"] = record.sequence_number;
  if (!record.file.empty()) json["file"] = record.file;
  return dump(json);
}

std::string facts_text(const ContainerRecord& record) {
  Json json = Json::object();
  write_lease(json, record.lease);
  return dump(json);
}

void read_facts(const std::string& text, BlobRecord& record) {
  if (text.empty()) return;
  const Json json = parse(text);
  record.lease = lease_in(json);
  if (const auto tags = json.find("tags"); tags != json.end() && tags->is_object()) {
    for (const auto& [key, value] : tags->items()) record.tags[key] = text_in(*tags, key.c_str());
  }
  record.tier = text_in(json, "tier");
  record.tier_changed = time_in(json, "tierChanged");
  record.copy = copy_in(json);
  const std::string type = text_in(json, "type");
  if (type == "page") record.type = BlobType::page;
  if (type == "append") record.type = BlobType::append;
  record.sequence_number = static_cast<std::uint64_t>(number_in(json, "sequenceNumber").value_or(0));
  record.file = text_in(json, "file");
}

void read_facts(const std::string& text, ContainerRecord& record) {
  if (text.empty()) return;
  const Json json = parse(text);
  record.lease = lease_in(json);
}

}  // namespace exthost::storage
