#include "emulator/check/web_config.h"

#include <string>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::check {
namespace {

constexpr std::string_view kKey = "isdevelopmentmode";

struct Attribute {
  std::string value;
  std::size_t offset = 0;
};

/// An attribute of a tag (what stands between `<` and `>`), with its place in the tag.
std::optional<Attribute> attribute(std::string_view tag, std::string_view wanted) {
  constexpr std::string_view kSpaces = " \t\r\n";
  for (std::size_t at = 0;;) {
    const std::size_t equals = tag.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::size_t open = tag.find_first_not_of(kSpaces, equals + 1);
    if (open == std::string_view::npos || (tag[open] != '"' && tag[open] != '\'')) return std::nullopt;
    const std::size_t close = tag.find(tag[open], open + 1);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view before = base::trim(tag.substr(at, equals - at));
    const std::string_view name = before.substr(before.find_last_of(kSpaces) + 1);
    if (base::equals_ignoring_case(name, wanted)) {
      return Attribute{std::string(tag.substr(open + 1, close - open - 1)), open + 1};
    }
    at = close + 1;
  }
}

bool is_the_key(const std::string& key) {
  const std::string lower = base::to_lower(key);
  return lower == kKey || lower.ends_with("." + std::string(kKey));
}

}  // namespace

std::optional<DevelopmentMode> find_development_mode(std::string_view text) {
  if (!base::is_valid_utf8(text)) return std::nullopt;
  std::optional<DevelopmentMode> found;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    if (text.substr(at, 4) == "<!--") {
      at = text.find("-->", at + 4);
      if (at == std::string_view::npos) break;
      continue;
    }
    const std::size_t end = text.find('>', at);
    if (end == std::string_view::npos) break;
    const std::string_view tag = text.substr(at + 1, end - at - 1);
    if (base::begins_with_ignoring_case(tag, "add")) {
      const auto key = attribute(tag, "key");
      const auto value = attribute(tag, "value");
      if (key && value && is_the_key(key->value)) {
        found = DevelopmentMode{base::equals_ignoring_case(base::trim(value->value), "true"),
                                at + 1 + value->offset};
      }
    }
    at = end;
  }
  return found;
}

}  // namespace exthost::check
