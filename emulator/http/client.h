#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "emulator/base/result.h"
#include "emulator/http/message.h"

namespace exthost::http {

struct FetchRequest {
  std::string method = "GET";
  std::string url;  ///< http or https, with host, optional port, path and query.
  Headers headers;
  std::string body;
  std::uint64_t limit_bytes = 1024 * 1024;    ///< A longer body fails with `invalid_input`.
  std::chrono::milliseconds timeout{10'000};  ///< For the whole exchange.
  std::filesystem::path ca_file;              ///< Trusted besides the system's, if set.
};

struct FetchResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

/// One request on a connection of its own, no redirects followed, no decompression: the only part that knows
/// cpp-httplib (client.cpp). Blocks for up to `timeout`, the system's name look-up apart. Names under
/// `.localhost` are 127.0.0.1.
///
/// Fails with `unavailable` if there was no complete answer: a body shorter than its Content-Length is a
/// failure. Fails with `invalid_input` for a URL that parse_url (url.h) refuses and for a body over the
/// limit. The library percent-decodes the values of response headers; none that is read here has a `%`.
base::Result<FetchResponse> fetch(const FetchRequest& request);

}  // namespace exthost::http
