#pragma once

#include <string>
#include <string_view>

namespace exthost::hosting {

/// What a path on the hosting listener names (domain.md f, "Extension URLs" and "Static content URLs").
///
///     /api/diagnostics                      all_diagnostics
///     /<ext>/api/diagnostics                extension_diagnostics
///     /<ext>, /<ext>/<stamp>                page (or, by the query, its environment JSON)
///     /<ext>/Content/<path>                 content: `<path>` begins with a version, or is of the region's
///     version
///     /<ext>/<stamp>/Content/<path>         content of the stamp's version
///     /_emu/<path>                          emulator: ours, never an extension's
///
/// Fixed segments count in any letter case, doubled and trailing slashes are passed over, and a `/CDN/` ahead
/// of the extension or right after it is as if it were not there (i2).
struct Route {
  enum class Kind { root, all_diagnostics, extension_diagnostics, page, content, emulator, unknown };
  Kind kind = Kind::unknown;
  std::string extension;  ///< Lower case.
  std::string stamp;      ///< As spelt; empty if there is none.
  std::string path;       ///< Of content and emulator: what follows, without a slash ahead.
};

/// `path`: decoded, as http::Target has it.
Route route_of(std::string_view path);

}  // namespace exthost::hosting
