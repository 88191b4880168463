#include "emulator/storage/blob_family.h"

#include <utility>

namespace exthost::storage {

void show_family(std::vector<BlobRecord> family, BlobState& state) {
  for (BlobRecord& record : family) {
    if (record.deletion) {
      state.deleted.push_back(std::move(record));
    } else if (record.snapshot.empty()) {
      state.blob = std::move(record);
    } else {
      state.snapshots.push_back(std::move(record));
    }
  }
}

std::vector<BlobRecord> family_after(const BlobState& state, const BlobEdit& edit, const std::string& name) {
  std::vector<BlobRecord> family;
  for (const BlobRecord& record : edit.deleted.value_or(state.deleted)) {
    if (!record.snapshot.empty() || !edit.blob) family.push_back(record);
  }
  for (const BlobRecord& record : edit.snapshots.value_or(state.snapshots)) family.push_back(record);
  if (edit.blob) family.push_back(*edit.blob);
  for (BlobRecord& record : family) record.name = name;
  return family;
}

}  // namespace exthost::storage
