#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "emulator/base/result.h"
#include "emulator/http/message.h"

namespace exthost::storage {

/// What another server answered for a copy's source.
struct FetchedSource {
  int status = 0;
  http::Headers headers;
  std::unique_ptr<http::BodyReader> body;
};

/// Reads sources that are no blobs of these accounts. Thread-safe; blocks.
class CopySourceFetcher {
 public:
  virtual ~CopySourceFetcher() = default;
  /// One GET: no redirects, a deadline of its own, and a body that fails once it passes `limit_bytes`. A
  /// failure's sentence does not name the URL, which may hold a signature.
  virtual base::Result<FetchedSource> get(const std::string& url, const http::Headers& headers,
                                          std::uint64_t limit_bytes) = 0;
};

}  // namespace exthost::storage
