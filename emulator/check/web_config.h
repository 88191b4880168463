#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace exthost::check {

/// The setting that decides whether a build is called `HostingSvc.zip` (domain.md d): an `<add>` whose key
/// ends in `.IsDevelopmentMode` or is that word.
struct DevelopmentMode {
  bool on = false;
  std::size_t offset = 0;  ///< Of its value in the text.
};

/// The last such setting outside comments, absent if the web.config has none. Reads what it needs and no more
/// of the XML; a text that is not UTF-8 has none.
std::optional<DevelopmentMode> find_development_mode(std::string_view web_config);

}  // namespace exthost::check
