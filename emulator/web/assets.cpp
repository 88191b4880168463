#include "emulator/web/assets.h"

#include <array>
#include <span>
#include <utility>

#include "emulator/base/embedded_file.h"

namespace exthost::web {

/// Defined by the source that CMakeLists.txt has made of the pages' files.
std::span<const base::EmbeddedFile> embedded_pages();

namespace {

std::string_view content_type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTypes = {{
      {"html", "text/html; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"svg", "image/svg+xml"},
      {"png", "image/png"},
  }};
  const std::string_view extension = path.substr(path.rfind('.') + 1);
  for (const auto& [known, type] : kTypes) {
    if (extension == known) return type;
  }
  return "application/octet-stream";
}

}  // namespace

std::optional<Asset> find_asset(std::string_view path) {
  for (const base::EmbeddedFile& file : embedded_pages()) {
    if (file.path == path) return Asset{file.bytes, content_type_of(path)};
  }
  return std::nullopt;
}

}  // namespace exthost::web
