#include "emulator/storage/sqlite_rows.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "emulator/base/hash.h"
#include "emulator/storage/record_facts.h"

namespace exthost::storage {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string metadata_text(const Metadata& metadata) {
  if (metadata.empty()) return {};
  Json json = Json::object();
  for (const MetadataItem& item : metadata) json[item.name] = item.value;
  return dump(json);
}

std::string text_or_empty(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

Metadata metadata_from(const std::string& text) {
  Metadata metadata;
  if (text.empty()) return metadata;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return metadata;
  for (const auto& [name, value] : json.items()) metadata.push_back({name, text_or_empty(value)});
  return metadata;
}

std::string policies_text(const std::vector<StoredPolicy>& policies) {
  if (policies.empty()) return {};
  Json json = Json::array();
  for (const StoredPolicy& policy : policies) {
    json.push_back({{"id", policy.id},
                    {"start", policy.start},
                    {"expiry", policy.expiry},
                    {"permission", policy.permission}});
  }
  return dump(json);
}

std::vector<StoredPolicy> policies_from(const std::string& text) {
  std::vector<StoredPolicy> policies;
  if (text.empty()) return policies;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_array()) return policies;
  for (const Json& item : json) {
    if (!item.is_object()) continue;
    const auto field = [&](const char* name) {
      return item.contains(name) ? text_or_empty(item[name]) : std::string();
    };
    policies.push_back({field("id"), field("start"), field("expiry"), field("permission")});
  }
  return policies;
}

std::int64_t to_number(base::WallTime time) {
  return time.time_since_epoch().count();
}
base::WallTime to_time(std::int64_t milliseconds) {
  return base::WallTime(base::Duration(milliseconds));
}

// What container_at and blob_at read, in this order.
#define EXTHOST_CONTAINER_COLUMNS "name, access, metadata, policies, etag, modified, facts"
#define EXTHOST_BLOB_COLUMNS                                                                         \
  "name, size, type, encoding, language, disposition, cache_control, md5, metadata, etag, created, " \
  "modified, facts, snapshot, deleted, expires"

// EXTHOST_CONTAINER_COLUMNS from column `first` on.
ContainerRecord container_at(const Connection::Statement& row, int first) {
  ContainerRecord record;
  record.name = row.text(first);
  record.access = static_cast<AccessLevel>(row.number(first + 1));
  record.metadata = metadata_from(row.text(first + 2));
  record.policies = policies_from(row.text(first + 3));
  record.etag = row.text(first + 4);
  record.last_modified = to_time(row.number(first + 5));
  read_facts(row.text(first + 6), record);
  return record;
}

// EXTHOST_BLOB_COLUMNS from column `first` on.
BlobRecord blob_at(const Connection::Statement& row, int first) {
  BlobRecord record;
  record.name = row.text(first);
  record.size_bytes = static_cast<std::uint64_t>(row.number(first + 1));
  record.properties.type = row.text(first + 2);
  record.properties.encoding = row.text(first + 3);
  record.properties.language = row.text(first + 4);
  record.properties.disposition = row.text(first + 5);
  record.properties.cache_control = row.text(first + 6);
  record.properties.md5 = base::base64_decode(row.text(first + 7)).value_or("");
  record.metadata = metadata_from(row.text(first + 8));
  record.etag = row.text(first + 9);
  record.created = to_time(row.number(first + 10));
  record.last_modified = to_time(row.number(first + 11));
  read_facts(row.text(first + 12), record);
  record.snapshot = row.text(first + 13);
  if (const std::int64_t expires = row.number(first + 15); expires != 0) {
    record.deletion = {to_time(row.number(first + 14)), to_time(expires)};
  }
  return record;
}

Piece piece_at(const Connection::Statement& row) {
  return {row.text(0), row.text(1), static_cast<std::uint64_t>(row.number(2))};
}

std::int64_t as_number(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

}  // namespace

std::optional<Row<ContainerRecord>> load_container(Connection& connection, const ContainerId& id) {
  auto row = connection.statement("SELECT id, " EXTHOST_CONTAINER_COLUMNS
                                  " FROM containers WHERE account = ? AND name = ?");
  row.bind(id.account).bind(id.container);
  if (!row.step()) return std::nullopt;
  return Row<ContainerRecord>{row.number(0), container_at(row, 1)};
}

std::vector<ContainerRecord> load_containers(Connection& connection, const std::string& account,
                                             const std::string& from, std::size_t limit) {
  auto row = connection.statement("SELECT " EXTHOST_CONTAINER_COLUMNS
                                  " FROM containers WHERE account = ? AND name >= ? "
                                  "ORDER BY name LIMIT ?");
  row.bind(account).bind(from).bind(as_number(limit));
  std::vector<ContainerRecord> records;
  while (row.step()) records.push_back(container_at(row, 0));
  return records;
}

void save_container(Connection& connection, const ContainerId& id, const ContainerRecord& record) {
  connection
      .statement(
          "INSERT INTO containers(account, name, access, metadata, policies, etag, modified, facts) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT(account, name) DO UPDATE SET access = excluded.access, metadata = excluded.metadata, "
          "policies = excluded.policies, etag = excluded.etag, modified = excluded.modified, "
          "facts = excluded.facts")
      .bind(id.account)
      .bind(id.container)
      .bind(static_cast<std::int64_t>(record.access))
      .bind(metadata_text(record.metadata))
      .bind(policies_text(record.policies))
      .bind(record.etag)
      .bind(to_number(record.last_modified))
      .bind(facts_text(record))
      .finish();
}

void delete_container(Connection& connection, std::int64_t row) {
  connection.statement("DELETE FROM containers WHERE id = ?").bind(row).finish();
}

std::vector<std::string> hashes_in_container(Connection& connection, std::int64_t container) {
  auto row = connection.statement(
      "SELECT hash FROM pieces JOIN blobs ON pieces.blob = blobs.id WHERE container = ?1 "
      "UNION SELECT hash FROM staged WHERE container = ?1");
  row.bind(container);
  std::vector<std::string> hashes;
  while (row.step()) hashes.push_back(row.text(0));
  return hashes;
}

namespace {

void load_pieces(Connection& connection, Row<BlobRecord>& blob) {
  auto piece =
      connection.statement("SELECT block_id, hash, size FROM pieces WHERE blob = ? ORDER BY position");
  piece.bind(blob.id);
  while (piece.step()) blob.record.pieces.push_back(piece_at(piece));
}

}  // namespace

std::optional<Row<BlobRecord>> load_blob(Connection& connection, std::int64_t container,
                                         const std::string& name, const std::string& snapshot) {
  auto row = connection.statement("SELECT id, " EXTHOST_BLOB_COLUMNS
                                  " FROM blobs WHERE container = ? AND name = ? "
                                  "AND snapshot = ? AND expires = 0");
  row.bind(container).bind(name).bind(snapshot);
  if (!row.step()) return std::nullopt;
  Row<BlobRecord> blob{row.number(0), blob_at(row, 1)};
  load_pieces(connection, blob);
  return blob;
}

std::vector<Row<BlobRecord>> load_family(Connection& connection, std::int64_t container,
                                         const std::string& name) {
  auto row = connection.statement("SELECT id, " EXTHOST_BLOB_COLUMNS
                                  " FROM blobs WHERE container = ? AND name = ? "
                                  "ORDER BY snapshot = '', snapshot");
  row.bind(container).bind(name);
  std::vector<Row<BlobRecord>> family;
  while (row.step()) {
    family.push_back({row.number(0), blob_at(row, 1)});
    load_pieces(connection, family.back());
  }
  return family;
}

std::vector<BlobRecord> load_blobs(Connection& connection, std::int64_t container, const BlobScan& scan) {
  const std::string& from = std::max(scan.from, scan.prefix);
  std::vector<BlobRecord> records;
  if (!scan.snapshots && !scan.deleted_at) {
    auto row = connection.statement(
        "SELECT " EXTHOST_BLOB_COLUMNS
        " FROM blobs WHERE container = ? AND name >= ? "
        "AND snapshot = '' AND expires = 0 AND (name > ? OR '~' >= ?) ORDER BY name LIMIT ?");
    row.bind(container).bind(from).bind(scan.from).bind(scan.position).bind(as_number(scan.limit));
    while (row.step()) records.push_back(blob_at(row, 0));
    return records;
  }
  // What is live never expires, and nothing expires later than the end of time.
  auto row = connection.statement("SELECT " EXTHOST_BLOB_COLUMNS
                                  " FROM blobs WHERE container = ?1 AND name >= ?2 "
                                  "AND (name > ?3 OR CASE snapshot WHEN '' THEN '~' ELSE snapshot END >= ?4) "
                                  "AND (snapshot = '' OR ?5) AND (expires = 0 OR expires > ?6) "
                                  "ORDER BY name, snapshot = '', snapshot LIMIT ?7");
  row.bind(container).bind(from).bind(scan.from).bind(scan.position);
  row.bind(std::int64_t{scan.snapshots});
  row.bind(scan.deleted_at ? to_number(*scan.deleted_at) : std::numeric_limits<std::int64_t>::max());
  row.bind(as_number(scan.limit));
  while (row.step()) records.push_back(blob_at(row, 0));
  return records;
}

std::vector<BlobRecord> load_uncommitted(Connection& connection, std::int64_t container,
                                         const BlobScan& scan) {
  auto row = connection.statement(
      "SELECT DISTINCT blob FROM staged WHERE container = ?1 AND blob >= ?2 AND (blob > ?3 OR '~~' >= ?4) "
      "AND NOT EXISTS(SELECT 1 FROM blobs WHERE blobs.container = staged.container "
      "AND blobs.name = staged.blob AND snapshot = '' AND expires = 0) ORDER BY blob LIMIT ?5");
  row.bind(container).bind(std::max(scan.from, scan.prefix)).bind(scan.from).bind(scan.position);
  row.bind(as_number(scan.limit));
  std::vector<BlobRecord> records;
  while (row.step()) records.emplace_back().name = row.text(0);
  return records;
}

void save_blob(Connection& connection, std::int64_t container, const BlobRecord& record,
               bool pieces_changed) {
  std::int64_t blob = 0;
  {
    const ContentProperties& properties = record.properties;
    auto row = connection.statement(
        "INSERT INTO blobs(container, name, size, type, encoding, language, disposition, cache_control, md5, "
        "metadata, "
        "etag, created, modified, facts, snapshot, deleted, expires) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(container, name, snapshot) DO UPDATE SET size = excluded.size, type = excluded.type, "
        "encoding = excluded.encoding, language = excluded.language, disposition = excluded.disposition, "
        "cache_control = excluded.cache_control, md5 = excluded.md5, metadata = excluded.metadata, "
        "etag = excluded.etag, created = excluded.created, modified = excluded.modified, "
        "facts = excluded.facts, deleted = excluded.deleted, expires = excluded.expires RETURNING id");
    row.bind(container).bind(record.name).bind(as_number(record.size_bytes));
    row.bind(properties.type)
        .bind(properties.encoding)
        .bind(properties.language)
        .bind(properties.disposition);
    row.bind(properties.cache_control).bind(base::base64_encode(properties.md5));
    row.bind(metadata_text(record.metadata)).bind(record.etag);
    row.bind(to_number(record.created)).bind(to_number(record.last_modified)).bind(facts_text(record));
    row.bind(record.snapshot);
    row.bind(record.deletion ? to_number(record.deletion->at) : 0);
    row.bind(record.deletion ? to_number(record.deletion->until) : 0);
    if (row.step()) blob = row.number(0);
    row.finish();
  }
  if (!pieces_changed) return;
  connection.statement("DELETE FROM pieces WHERE blob = ?").bind(blob).finish();
  std::int64_t position = 0;
  for (const Piece& piece : record.pieces) {
    connection.statement("INSERT INTO pieces(blob, position, block_id, hash, size) VALUES(?, ?, ?, ?, ?)")
        .bind(blob)
        .bind(position++)
        .bind(piece.block_id)
        .bind(piece.hash)
        .bind(as_number(piece.size_bytes))
        .finish();
  }
}

void delete_blob(Connection& connection, std::int64_t row) {
  connection.statement("DELETE FROM blobs WHERE id = ?").bind(row).finish();
}

std::vector<Piece> load_staged(Connection& connection, std::int64_t container, const std::string& name) {
  auto row = connection.statement(
      "SELECT block_id, hash, size FROM staged WHERE container = ? AND blob = ? ORDER BY block_id");
  row.bind(container).bind(name);
  std::vector<Piece> blocks;
  while (row.step()) blocks.push_back(piece_at(row));
  return blocks;
}

void save_staged(Connection& connection, std::int64_t container, const std::string& name,
                 const Piece& block) {
  connection
      .statement("INSERT OR REPLACE INTO staged(container, blob, block_id, hash, size) VALUES(?, ?, ?, ?, ?)")
      .bind(container)
      .bind(name)
      .bind(block.block_id)
      .bind(block.hash)
      .bind(as_number(block.size_bytes))
      .finish();
}

void delete_staged(Connection& connection, std::int64_t container, const std::string& name) {
  connection.statement("DELETE FROM staged WHERE container = ? AND blob = ?")
      .bind(container)
      .bind(name)
      .finish();
}

StagedSummary summarize_staged(Connection& connection, std::int64_t container, const std::string& name,
                               const std::string& block_id) {
  StagedSummary summary;
  auto all = connection.statement(
      "SELECT count(*), length(CAST(min(block_id) AS BLOB)) FROM staged WHERE container = ? AND blob = ?");
  all.bind(container).bind(name);
  if (all.step()) {
    summary.count = all.number(0);
    summary.id_length = static_cast<std::size_t>(all.number(1));
  }
  auto same =
      connection.statement("SELECT hash FROM staged WHERE container = ? AND blob = ? AND block_id = ?");
  same.bind(container).bind(name).bind(block_id);
  if (same.step()) summary.hash = same.text(0);
  return summary;
}

bool has_expired(Connection& connection, base::WallTime now) {
  auto row = connection.statement("SELECT 1 FROM blobs WHERE expires > 0 AND expires <= ? LIMIT 1");
  row.bind(to_number(now));
  return row.step();
}

std::vector<std::string> delete_expired(Connection& connection, base::WallTime now) {
  std::vector<std::string> hashes;
  {
    auto row = connection.statement(
        "SELECT DISTINCT hash FROM pieces JOIN blobs ON pieces.blob = blobs.id "
        "WHERE expires > 0 AND expires <= ?");
    row.bind(to_number(now));
    while (row.step()) hashes.push_back(row.text(0));
  }
  connection.statement("DELETE FROM blobs WHERE expires > 0 AND expires <= ?").bind(to_number(now)).finish();
  return hashes;
}

bool is_referenced(Connection& connection, const std::string& hash) {
  auto row = connection.statement(
      "SELECT 1 FROM pieces WHERE hash = ?1 UNION ALL SELECT 1 FROM staged WHERE hash = ?1 LIMIT 1");
  row.bind(hash);
  return row.step();
}

std::string load_settings(Connection& connection, const std::string& account) {
  auto row = connection.statement("SELECT settings FROM accounts WHERE name = ?");
  row.bind(account);
  return row.step() ? row.text(0) : std::string();
}

void save_settings(Connection& connection, const std::string& account, const std::string& settings) {
  connection.statement("INSERT OR REPLACE INTO accounts(name, settings) VALUES(?, ?)")
      .bind(account)
      .bind(settings)
      .finish();
}

}  // namespace exthost::storage
