#include "emulator/storage/http_copy_source.h"

#include <utility>

#include "emulator/http/fetch_stream.h"
#include "emulator/storage/limits.h"

namespace exthost::storage {

base::Result<FetchedSource> HttpCopySource::get(const std::string& url, const http::Headers& headers,
                                                std::uint64_t limit_bytes) {
  http::FetchRequest request;
  request.url = url;
  request.headers = headers;
  request.limit_bytes = limit_bytes;
  request.timeout = limits::kCopyTime;
  auto stream = http::FetchStream::open(std::move(request));
  if (!stream) return std::move(stream).error();
  FetchedSource source;
  source.status = (*stream)->status();
  source.headers = (*stream)->headers();
  source.body = *std::move(stream);
  return source;
}

}  // namespace exthost::storage
