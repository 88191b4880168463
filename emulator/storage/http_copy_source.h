#pragma once

#include "emulator/storage/copy_source_fetcher.h"

namespace exthost::storage {

/// Sources over HTTP, streamed (limits.h: kCopyTime).
class HttpCopySource final : public CopySourceFetcher {
 public:
  base::Result<FetchedSource> get(const std::string& url, const http::Headers& headers,
                                  std::uint64_t limit_bytes) override;
};

}  // namespace exthost::storage
