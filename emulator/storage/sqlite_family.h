#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/storage/sqlite_rows.h"

/// How a family (blob_family.h) that an editor has changed goes back into its rows.
namespace exthost::storage {

std::vector<BlobRecord> records_of(const std::vector<Row<BlobRecord>>& rows);

/// Makes of the family what `after` says, and adds the content that a record has no more to `dropped`.
/// `snapshots_edited`: live snapshots may have changed.
void write_family(Connection& connection, std::int64_t container, const std::vector<Row<BlobRecord>>& before,
                  const std::vector<BlobRecord>& after, bool snapshots_edited,
                  std::vector<std::string>& dropped);

}  // namespace exthost::storage
