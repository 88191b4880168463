#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/result.h"

namespace exthost::http {

/// An http or https URL, as far as a client needs it taken apart.
struct Url {
  bool secure = false;
  std::string host;  ///< Lower-cased, without brackets.
  std::uint16_t port = 0;
  std::string target;  ///< Path and query as written, at least `/`; the fragment is dropped.
};

/// Fails with `invalid_input` for other schemes, user names and passwords, and whatever is no host and port.
base::Result<Url> parse_url(std::string_view text);

}  // namespace exthost::http
