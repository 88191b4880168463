#pragma once

#include <filesystem>
#include <memory>

#include "emulator/base/result.h"
#include "emulator/storage/blob_store.h"

namespace spdlog {
class logger;
}

namespace exthost::storage {

/// Opens the durable store in `folder` (made if need be, mode 0700; docs/formats.md "Blob store"), and sweeps
/// away what a killed process left half-done. The caller holds the state folder's lock: one store on a folder
/// at a time.
///
/// Fails with `conflict` if the folder was written by a newer schema than this program knows, `corrupt` if
/// the database can't be read, `unavailable` if the disk refuses.
base::Result<std::unique_ptr<BlobStore>> open_sqlite_blob_store(const std::filesystem::path& folder,
                                                                std::shared_ptr<spdlog::logger> log);

}  // namespace exthost::storage
