#pragma once

#include <string_view>

#include "emulator/package/package.h"

namespace exthost::package {

/// Whether an entry expands to those bytes. It belongs to a package that is alive and known to be good.
bool has_content(const Entry& entry, std::string_view bytes);

/// Whether two packages, both known to be good, have the same files, by name, with the same content, however
/// each is compressed.
bool same_content(const Package& left, const Package& right);

}  // namespace exthost::package
