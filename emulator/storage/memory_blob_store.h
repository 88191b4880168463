#pragma once

#include <memory>

#include "emulator/storage/blob_store.h"

namespace exthost::storage {

/// The store in memory, for tests: the same promises but durability.
std::unique_ptr<BlobStore> make_memory_blob_store();

}  // namespace exthost::storage
