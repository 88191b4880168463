#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/result.h"
#include "emulator/package/package.h"

namespace exthost::package {

/// Whether a file of a package may have this name: relative, `/` separated, UTF-8 (limits.md, Zip, Names).
base::Result<void> check_entry_name(std::string_view name, const PackageLimits& limits);

/// A name as a zip holds it, read.
struct EntryName {
  std::optional<std::string> rewritten;  ///< Absent if the zip spells it as we do.
  bool folder = false;                   ///< It ended in a slash, which the name as read does not have.
  bool had_backslashes = false;
  bool from_cp437 = false;
};

/// Reads `raw` and checks what comes out. `marked_utf8` is the entry's flag; `unicode_path` the name of an
/// Info-ZIP Unicode path field that is known to belong to `raw`, or empty. Bytes that are not UTF-8, and not
/// marked as it, are code page 437.
base::Result<EntryName> decode_entry_name(std::string_view raw, std::string_view unicode_path,
                                          bool marked_utf8, const PackageLimits& limits);

/// A name for a sentence: quoted, without control characters or broken text, and not endless.
std::string quoted_name(std::string_view raw);

}  // namespace exthost::package
