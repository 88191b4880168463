#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/check/container.h"

namespace exthost::check {

/// One page of a List Blobs answer.
struct BlobListing {
  std::vector<BlobName> blobs;
  std::string next_marker;  ///< Where the next page begins; empty on the last one.
};

/// Reads a page. Absent if the document is something else, such as a web server's page; `corrupt` if it
/// begins as a listing and cannot be read to its end.
base::Result<std::optional<BlobListing>> read_blob_listing(std::string_view document);

}  // namespace exthost::check
