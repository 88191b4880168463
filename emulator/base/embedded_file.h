#pragma once

#include <span>
#include <string_view>

namespace exthost::base {

/// A file whose bytes were put into the program at build time (scripts/cmake/EmbedFiles.cmake).
struct EmbeddedFile {
  std::string_view path;  ///< Relative to the folder it was embedded from, with `/`.
  std::string_view bytes;
};

}  // namespace exthost::base
