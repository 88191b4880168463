#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/portal_url.h"

namespace exthost::model {

/// The length of a raw (still percent-encoded) `testExtensions` value at the start of `text`: to the
/// separator behind its closing brace, or to the first separator if the braces do not match. Its strings may
/// hold separators themselves.
std::size_t test_extensions_length(std::string_view text, std::string_view separators);

/// Adds what a decoded `testExtensions` value names to `url.test_extensions`, and what is wrong with it to
/// `url.problems`.
void read_test_extensions(std::string_view json, PortalUrl& url);

}  // namespace exthost::model
