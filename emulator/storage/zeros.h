#pragma once

#include <cstdint>
#include <vector>

#include "emulator/http/message.h"

namespace exthost::storage {

/// That many zero bytes, as slices of memory that nothing was ever written to: they take address space and no
/// memory, so a terabyte is as cheap as a page.
std::vector<http::Slice> zeros(std::uint64_t size_bytes);

}  // namespace exthost::storage
