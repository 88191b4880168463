#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::base {

/// ASCII only: what paths, header names and Azure names are compared by.
std::string to_lower(std::string_view text);
/// Appends what `to_lower` makes of `text`.
void append_lower(std::string& out, std::string_view text);
/// Use equals_ignoring_case; `left` and `right` are as long as each other.
bool same_length_equal_ignoring_case(std::string_view left, std::string_view right);
/// Inline as far as the length, which settles almost every question about header names.
inline bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && same_length_equal_ignoring_case(left, right);
}
inline bool begins_with_ignoring_case(std::string_view text, std::string_view beginning) {
  return equals_ignoring_case(text.substr(0, beginning.size()), beginning);
}
inline bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equals_ignoring_case(text.substr(text.size() - end.size()), end);
}
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);

/// Strict (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);
/// How many bytes from the start are valid UTF-8: all of them, or up to the first byte that is not.
std::size_t valid_utf8_prefix(std::string_view text);
/// Appends the UTF-8 form of `code_point`, which must be a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point);

/// `%41` to `A`, once; nothing else changes (`+` stays). Absent if a `%` is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text);
/// Everything but unreserved characters (RFC 3986) and those in `keep` as `%XX`.
std::string percent_encode(std::string_view text, std::string_view keep = "");

/// `&`, `<`, `>`, `"` and `'` as entities: for HTML text and quoted attribute values.
std::string escape_html(std::string_view text);

/// A JSON string literal, quotes included; also safe inside a <script> (`<` and U+2028/9 are escaped).
/// Bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

/// The candidate nearest to `word`, if it is near enough to be what was meant ("did you mean").
std::optional<std::string> nearest_word(std::string_view word, const std::vector<std::string>& candidates);

/// `1 version`, `5 versions`.
std::string counted(std::size_t count, const std::string& noun);

/// `412 KB`, `1.2 MB`: for people. Decimal units.
std::string human_bytes(std::uint64_t bytes);

}  // namespace exthost::base
