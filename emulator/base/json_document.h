#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::base {

/// Where a value stands in its file. Lines and columns count from 1; columns count code points. 0: not known.
struct SourcePosition {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;

  bool known() const { return line != 0; }
  /// `config.json:7:24`, or only the file if the place is not known.
  std::string to_string() const;
  bool operator==(const SourcePosition&) const = default;
};

enum class JsonKind { null, boolean, number, string, array, object };

struct JsonMember;

/// A parsed JSON value that remembers where it stood. Read-only input; JSON is written with nlohmann/json.
struct JsonValue {
  JsonKind kind = JsonKind::null;
  bool boolean = false;
  std::string text;  ///< A string's characters (UTF-8), or a number's literal as written.
  std::vector<JsonValue> items;
  std::vector<JsonMember>
      members;             ///< In file order. Duplicates were reported and only the last one is kept.
  std::size_t offset = 0;  ///< Of its first byte.
  std::size_t length = 0;  ///< In bytes, of the value as written.

  const JsonValue* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  std::size_t key_offset = 0;
  JsonValue value;
};

/// What can be wrong with a text that should be JSON. `byte_order_mark` is a warning, all others are errors.
enum class JsonFault {
  empty,
  too_large,
  too_deep,
  invalid_utf8,
  nul_byte,
  byte_order_mark,
  trailing_comma,
  comment,
  single_quotes,
  unquoted_key,
  duplicate_key,
  bad_escape,
  bad_number,
  unterminated_string,
  control_character,
  unexpected,  ///< Something else stands where a value, a comma, a colon or a bracket belongs.
  unexpected_end,
  text_after_value,
};

struct JsonProblem {
  JsonFault fault = JsonFault::unexpected;
  std::size_t offset = 0;  ///< Of the byte to point at.
  std::string message;     ///< One clause: `trailing comma before }`.
};

/// strict: RFC 8259. commented: also comments and trailing commas (our own settings file).
/// json5_subset: also unquoted keys and single-quoted strings (the portal's registration samples, domain.md
/// h2).
enum class JsonDialect { strict, commented, json5_subset };

struct JsonLimits {
  std::size_t bytes = 1024 * 1024;
  std::size_t depth = 32;
};

/// All of a text's problems, and its value unless a problem left none. A trailing comma, a comment, a
/// duplicate key and a byte-order mark are recovered from, so that one slip does not hide the next.
struct JsonParse {
  std::optional<JsonValue> value;
  std::vector<JsonProblem> problems;

  /// True if there is a value and nothing worse than a byte-order mark was found.
  bool ok() const;
};

JsonParse parse_json(std::string_view text, JsonDialect dialect, const JsonLimits& limits = {});

/// The line and column of a byte offset.
SourcePosition locate(std::string_view text, std::size_t offset, std::string file);

/// The line before, the line itself and a caret under the place, as ux.md 2 shows; `note` stands after the
/// caret.
std::string code_frame(std::string_view text, std::size_t offset, std::string_view note);

}  // namespace exthost::base
