#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/storage/blob_store.h"
#include "emulator/storage/records.h"
#include "emulator/storage/sqlite.h"

/// The blob database's tables and how records lie in them (docs/formats.md "Blob store").
namespace exthost::storage {

/// Makes the tables if the file is new, and brings those of an older schema up to date. `conflict` if it has
/// a newer schema, `corrupt` if it is no database of ours.
base::Result<void> prepare_schema(Connection& connection, const std::string& file);

/// A record and the row that holds it.
template <class Record>
struct Row {
  std::int64_t id = 0;
  Record record;
};

std::optional<Row<ContainerRecord>> load_container(Connection& connection, const ContainerId& id);
std::vector<ContainerRecord> load_containers(Connection& connection, const std::string& account,
                                             const std::string& from, std::size_t limit);
void save_container(Connection& connection, const ContainerId& id, const ContainerRecord& record);
void delete_container(Connection& connection, std::int64_t row);
/// The hashes of all that is stored and staged in a container.
std::vector<std::string> hashes_in_container(Connection& connection, std::int64_t row);

/// The live blob, or with `snapshot` a live snapshot of it.
std::optional<Row<BlobRecord>> load_blob(Connection& connection, std::int64_t container,
                                         const std::string& name, const std::string& snapshot);
/// All under one name (blob_family.h), in the order of BlobScan.
std::vector<Row<BlobRecord>> load_family(Connection& connection, std::int64_t container,
                                         const std::string& name);
/// What the scan asks for, without their pieces; the next, what it asks for of those that are uncommitted.
std::vector<BlobRecord> load_blobs(Connection& connection, std::int64_t container, const BlobScan& scan);
std::vector<BlobRecord> load_uncommitted(Connection& connection, std::int64_t container,
                                         const BlobScan& scan);
/// `pieces_changed`: also writes the pieces anew.
void save_blob(Connection& connection, std::int64_t container, const BlobRecord& record, bool pieces_changed);
void delete_blob(Connection& connection, std::int64_t row);

std::vector<Piece> load_staged(Connection& connection, std::int64_t container, const std::string& name);
void save_staged(Connection& connection, std::int64_t container, const std::string& name, const Piece& block);
void delete_staged(Connection& connection, std::int64_t container, const std::string& name);
/// What decides whether a further block may be staged.
struct StagedSummary {
  std::int64_t count = 0;
  std::size_t id_length = 0;
  std::string hash;  ///< Of the block with the id asked for, or empty.
};
StagedSummary summarize_staged(Connection& connection, std::int64_t container, const std::string& name,
                               const std::string& block_id);

/// Whether something soft-deleted can't be restored any more, and its deletion; returns the hashes it had.
bool has_expired(Connection& connection, base::WallTime now);
std::vector<std::string> delete_expired(Connection& connection, base::WallTime now);

bool is_referenced(Connection& connection, const std::string& hash);

std::string load_settings(Connection& connection, const std::string& account);
void save_settings(Connection& connection, const std::string& account, const std::string& settings);

}  // namespace exthost::storage
