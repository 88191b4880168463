#include "emulator/storage/sqlite_family.h"

#include <map>
#include <string_view>

namespace exthost::storage {

std::vector<BlobRecord> records_of(const std::vector<Row<BlobRecord>>& rows) {
  std::vector<BlobRecord> records;
  for (const Row<BlobRecord>& row : rows) records.push_back(row.record);
  return records;
}

void write_family(Connection& connection, std::int64_t container, const std::vector<Row<BlobRecord>>& before,
                  const std::vector<BlobRecord>& after, bool snapshots_edited,
                  std::vector<std::string>& dropped) {
  std::map<std::string_view, const BlobRecord*> wanted;
  for (const BlobRecord& record : after) wanted[record.snapshot] = &record;
  std::map<std::string_view, const BlobRecord*> known;
  for (const Row<BlobRecord>& row : before) {
    known[row.record.snapshot] = &row.record;
    const auto at = wanted.find(row.record.snapshot);
    if (at == wanted.end() || at->second->pieces != row.record.pieces) {
      for (const Piece& piece : row.record.pieces) dropped.push_back(piece.hash);
    }
    if (at == wanted.end()) delete_blob(connection, row.id);
  }
  for (const BlobRecord& record : after) {
    const auto at = known.find(record.snapshot);
    const BlobRecord* old = at == known.end() ? nullptr : at->second;
    // What is soft-deleted does not change, and there may be much of it; so it is with snapshots.
    const bool may_differ = record.snapshot.empty() || (snapshots_edited && !record.deletion);
    if (old != nullptr && !may_differ && old->deletion == record.deletion) continue;
    save_blob(connection, container, record, old == nullptr || old->pieces != record.pieces);
  }
}

}  // namespace exthost::storage
