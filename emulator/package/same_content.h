#pragma once

#include "emulator/package/package.h"

namespace exthost::package {

/// Whether two entries expand to the same bytes, however each is compressed. Each belongs to a package that
/// is alive and known to be good.
bool same_content(const Entry& left, const Entry& right);

/// Whether two packages have the same files, by name, with the same content.
bool same_content(const Package& left, const Package& right);

}  // namespace exthost::package
