#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace exthost::check {

/// A string literal of a script: `text[begin - 1]` is its quote.
struct ScriptString {
  std::size_t begin = 0;  ///< Of its first character.
  std::size_t end = 0;    ///< Behind its last; of a template, where its first `${` is.
};

/// The string literals of a script, those in comments and regular expressions left out, in order. Good enough
/// for real code, minified or not; where a guess at a regular expression is wrong, it is right again at the
/// next line. Linear in the length of the text.
std::vector<ScriptString> script_strings(std::string_view script);

}  // namespace exthost::check
