#include <iterator>
#include <string>

#include "emulator/storage/sqlite_rows.h"

namespace exthost::storage {
namespace {

constexpr std::int64_t kApplication = 0x45484253;  // "EHBS", so that `file` and we know the database as ours

// Schema 1: the first format. A new store begins with it too, so that every upgrade is run all the time.
constexpr const char* kTables = R"sql(
CREATE TABLE accounts(
  name TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE containers(
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  access INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  policies TEXT NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  UNIQUE(account, name)
) STRICT;
CREATE TABLE blobs(
  id INTEGER PRIMARY KEY,
  container INTEGER NOT NULL REFERENCES containers(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  type TEXT NOT NULL,
  encoding TEXT NOT NULL,
  language TEXT NOT NULL,
  disposition TEXT NOT NULL,
  cache_control TEXT NOT NULL,
  md5 TEXT NOT NULL,
  metadata TEXT NOT NULL,
  etag TEXT NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  UNIQUE(container, name)
) STRICT;
CREATE TABLE pieces(
  blob INTEGER NOT NULL REFERENCES blobs(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  block_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY(blob, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX pieces_by_hash ON pieces(hash);
CREATE TABLE staged(
  container INTEGER NOT NULL REFERENCES containers(id) ON DELETE CASCADE,
  blob TEXT NOT NULL,
  block_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY(container, blob, block_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX staged_by_hash ON staged(hash);
)sql";

// What leads from each schema to the next, the first from 1 to 2. A step that has been released never
// changes.
constexpr const char* kUpgrades[] = {
    // 2: facts that most blobs and containers do not have, such as a lease.
    R"sql(
ALTER TABLE containers ADD COLUMN facts TEXT NOT NULL DEFAULT '';
ALTER TABLE blobs ADD COLUMN facts TEXT NOT NULL DEFAULT '';
)sql",
    // 3: snapshots, each a row of its own beside its blob's.
    R"sql(
CREATE TABLE blobs_with_snapshots(
  id INTEGER PRIMARY KEY,
  container INTEGER NOT NULL REFERENCES containers(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  snapshot TEXT NOT NULL,
  size INTEGER NOT NULL,
  type TEXT NOT NULL,
  encoding TEXT NOT NULL,
  language TEXT NOT NULL,
  disposition TEXT NOT NULL,
  cache_control TEXT NOT NULL,
  md5 TEXT NOT NULL,
  metadata TEXT NOT NULL,
  etag TEXT NOT NULL,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  facts TEXT NOT NULL,
  UNIQUE(container, name, snapshot)
) STRICT;
INSERT INTO blobs_with_snapshots SELECT id, container, name, '', size, type, encoding, language, disposition,
  cache_control, md5, metadata, etag, created, modified, facts FROM blobs;
DROP TABLE blobs;
ALTER TABLE blobs_with_snapshots RENAME TO blobs;
)sql",
    // 4: soft-deleted blobs and snapshots. Both times are 0 for what is live.
    R"sql(
ALTER TABLE blobs ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE blobs ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;
CREATE INDEX blobs_by_expiry ON blobs(expires) WHERE expires > 0;
)sql",
};
constexpr std::int64_t kSchema = 1 + static_cast<std::int64_t>(std::size(kUpgrades));

std::int64_t pragma(Connection& connection, const char* sql) {
  auto statement = connection.statement(sql);
  return statement.step() ? statement.number(0) : 0;
}

// From schema 0 (nothing) or an older one to the newest, as one transaction.
void upgrade(Connection& connection, std::int64_t schema) {
  connection.run("BEGIN IMMEDIATE");
  if (schema == 0) {
    connection.run(kTables);
    connection.run(("PRAGMA application_id = " + std::to_string(kApplication)).c_str());
    schema = 1;
  }
  for (; schema < kSchema; ++schema) connection.run(kUpgrades[schema - 1]);
  connection.run(("PRAGMA user_version = " + std::to_string(kSchema)).c_str());
  connection.run("COMMIT");
}

}  // namespace

base::Result<void> prepare_schema(Connection& connection, const std::string& file) {
  const std::int64_t schema = pragma(connection, "PRAGMA user_version");
  const std::int64_t application = pragma(connection, "PRAGMA application_id");
  if (std::string failure = connection.take_failure(); !failure.empty()) {
    return base::Error{base::ErrorKind::corrupt,
                       "can't read the blob store " + file + " (" + failure +
                           "): move it away and start again with an empty one, or restore it from a copy",
                       ""};
  }
  if (schema == 0 && application == 0) {
    upgrade(connection, 0);
  } else if (application != kApplication) {
    return base::Error{base::ErrorKind::corrupt, file + " is a database of another program", ""};
  } else if (schema > kSchema) {
    return base::Error{base::ErrorKind::conflict,
                       "the blob store " + file + " has schema " + std::to_string(schema) +
                           ", and this program knows schemas up to " + std::to_string(kSchema) +
                           ": use the newer exthost-emu that wrote it, or another state folder",
                       ""};
  } else if (schema < kSchema) {
    upgrade(connection, schema);
  }
  if (std::string failure = connection.take_failure(); !failure.empty()) {
    return base::Error{base::ErrorKind::unavailable,
                       "can't make or upgrade the blob store " + file + ": " + failure, ""};
  }
  return {};
}

}  // namespace exthost::storage
