#pragma once

#include <optional>
#include <string_view>

#include "emulator/base/result.h"

/// The extra data of an entry: a row of fields, each with an id (APPNOTE 4.5).
namespace exthost::package::zip {

/// The fields that we read; others are skipped. Views point into the zip.
struct ExtraFields {
  std::optional<std::string_view> zip64;
  std::string_view unicode_path;  ///< The name, in UTF-8, of an Info-ZIP Unicode path field; or empty.
};

/// `raw_name` is the entry's plain name. A Unicode path field of another name is skipped: a tool that did not
/// know the field has renamed the entry.
base::Result<ExtraFields> read_extra(std::string_view extra, std::string_view raw_name);

/// The zip64 field is not what the entry's header says that it is.
base::Error zip64_mismatch(std::string_view raw_name);

}  // namespace exthost::package::zip
