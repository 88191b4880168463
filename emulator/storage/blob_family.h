#pragma once

#include <string>
#include <vector>

#include "emulator/storage/blob_store.h"

/// All that a store has under one blob's name, one record a snapshot time: the blob (without a time), live or
/// soft-deleted, and its snapshots, live or soft-deleted. Both stores read and write it whole. Pure.
namespace exthost::storage {

/// Shows an editor its family, in the order of BlobScan.
void show_family(std::vector<BlobRecord> family, BlobState& state);

/// The family as the edit leaves it, each record with its name and no two with the same time.
std::vector<BlobRecord> family_after(const BlobState& state, const BlobEdit& edit, const std::string& name);

}  // namespace exthost::storage
