#pragma once

#include <string>

#include "emulator/base/clock.h"
#include "emulator/storage/blob_store.h"

namespace exthost::storage {

/// The name of a snapshot that is taken now: `now` in Azure's units of 100 ns, and as many of them later as
/// it takes to be the first of that name.
std::string free_snapshot_time(const BlobState& state, base::WallTime now);

}  // namespace exthost::storage
