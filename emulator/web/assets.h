#pragma once

#include <optional>
#include <string_view>

namespace exthost::web {

/// One file of our own pages. Both views live as long as the program.
struct Asset {
  std::string_view bytes;
  std::string_view content_type;
};

/// The file of that path below emulator/web, such as `dashboard/index.html`, or absent. Paths are compared
/// exactly.
std::optional<Asset> find_asset(std::string_view path);

}  // namespace exthost::web
