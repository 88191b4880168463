#include "emulator/base/json_document.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::base {
namespace {

constexpr std::size_t kMostProblems = 50;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

/// Whether `text` is a number of RFC 8259.
bool is_json_number(std::string_view text) {
  const auto skip_digits = [&text] {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end > 0;
  };
  if (text.substr(0, 1) == "-") text.remove_prefix(1);
  if (text.substr(0, 1) == "0") {
    text.remove_prefix(1);
  } else if (!skip_digits()) {
    return false;
  }
  if (text.substr(0, 1) == ".") {
    text.remove_prefix(1);
    if (!skip_digits()) return false;
  }
  if (text.substr(0, 1) == "e" || text.substr(0, 1) == "E") {
    text.remove_prefix(1);
    if (text.substr(0, 1) == "+" || text.substr(0, 1) == "-") text.remove_prefix(1);
    if (!skip_digits()) return false;
  }
  return text.empty();
}

/// A word of the input as a message quotes it: never long, on one line.
std::string quoted(std::string_view word) {
  constexpr std::size_t kLongestQuote = 40;
  if (word.size() <= kLongestQuote) return std::string(word);
  const std::string_view start = word.substr(0, kLongestQuote);
  return std::string(start.substr(0, valid_utf8_prefix(start))) + "…";
}

/// Reads one text from front to back. Slips that leave the meaning clear are noted and read over; at the
/// first place where it is not, reading ends (`failed_`) and there is no value.
class Reader {
 public:
  Reader(std::string_view text, JsonDialect dialect, const JsonLimits& limits)
      : text_(text), dialect_(dialect), limits_(limits) {}

  JsonParse read() {
    JsonParse parse;
    if (bytes_are_fit()) {
      skip_space();
      if (at_end() && !failed_) fail(JsonFault::empty, 0, "the text is empty");
      if (!failed_) {
        JsonValue value = read_value(1);
        skip_space();
        if (!failed_ && !at_end()) note(JsonFault::text_after_value, at_, "text after the end of the value");
        if (!failed_) parse.value = std::move(value);
      }
    }
    parse.problems = std::move(problems_);
    return parse;
  }

 private:
  /// Size and encoding, judged before anything is read.
  bool bytes_are_fit() {
    if (text_.size() > limits_.bytes) {
      fail(JsonFault::too_large, 0,
           "the text has " + std::to_string(text_.size()) + " bytes; the limit is " +
               std::to_string(limits_.bytes));
      return false;
    }
    if (text_.substr(0, 2) == "\xFF\xFE" || text_.substr(0, 2) == "\xFE\xFF") {
      fail(JsonFault::invalid_utf8, 0, "the text is UTF-16; save it as UTF-8");
      return false;
    }
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      note(JsonFault::byte_order_mark, 0, "byte-order mark; save without it");
      at_ = kByteOrderMark.size();
    }
    const std::size_t nul = text_.find('\0');
    const std::size_t valid = valid_utf8_prefix(text_);
    if (nul < valid) {
      fail(JsonFault::nul_byte, nul, "NUL byte");
      return false;
    }
    if (valid < text_.size()) {
      fail(JsonFault::invalid_utf8, valid, "byte that is not UTF-8");
      return false;
    }
    return true;
  }

  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool strict() const { return dialect_ == JsonDialect::strict; }

  void note(JsonFault fault, std::size_t offset, std::string message) {
    problems_.push_back({fault, offset, std::move(message)});
    if (problems_.size() >= kMostProblems) failed_ = true;
  }

  void fail(JsonFault fault, std::size_t offset, std::string message) {
    if (!failed_) note(fault, offset, std::move(message));
    failed_ = true;
  }

  /// At the end of the text, points behind its last character that is not a space.
  void fail_at_end(const std::string& message) {
    const std::size_t last = text_.find_last_not_of(" \t\r\n");
    fail(JsonFault::unexpected_end, last == std::string_view::npos ? text_.size() : last + 1, message);
  }

  void skip_space() {
    while (!at_end() && !failed_) {
      const char c = peek();
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        ++at_;
      } else if (c == '/' && (peek(1) == '/' || peek(1) == '*')) {
        skip_comment();
      } else {
        return;
      }
    }
  }

  void skip_comment() {
    const std::size_t start = at_;
    if (strict()) note(JsonFault::comment, start, "comment");
    if (peek(1) == '/') {
      at_ = std::min(text_.find('\n', start), text_.size());
      return;
    }
    const std::size_t end = text_.find("*/", start + 2);
    if (end == std::string_view::npos) {
      fail(JsonFault::unexpected_end, start, "comment without an end");
    } else {
      at_ = end + 2;
    }
  }

  JsonValue read_value(std::size_t depth) {
    const std::size_t start = at_;
    JsonValue value;
    const char c = peek();
    if (at_end()) {
      fail_at_end("the text ends where a value belongs");
    } else if (c == '{' || c == '[') {
      if (depth > limits_.depth) {
        fail(JsonFault::too_deep, at_, "nested deeper than " + std::to_string(limits_.depth) + " levels");
      } else if (c == '{') {
        read_object(value, depth);
      } else {
        read_array(value, depth);
      }
    } else if (c == '"' || c == '\'') {
      value.kind = JsonKind::string;
      value.text = read_string();
    } else if (is_digit(c) || c == '-' || c == '+' || c == '.') {
      read_number(value);
    } else if (is_letter(c)) {
      read_word(value);
    } else {
      fail(JsonFault::unexpected, at_, describe_here() + " where a value belongs");
    }
    value.offset = start;
    value.length = at_ - start;
    return value;
  }

  void read_object(JsonValue& value, std::size_t depth) {
    value.kind = JsonKind::object;
    std::unordered_map<std::string, std::size_t> seen;  // key → index in members
    ++at_;
    skip_space();
    while (!failed_ && peek() != '}') {
      JsonMember member;
      member.key_offset = at_;
      member.key = read_key();
      skip_space();
      if (failed_) return;
      if (peek() != ':') {
        if (at_end()) return fail_at_end("the text ends within an object");
        return fail(JsonFault::unexpected, at_, describe_here() + " where the colon after a key belongs");
      }
      ++at_;
      skip_space();
      member.value = read_value(depth + 1);
      if (failed_) return;
      const auto [known, is_new] = seen.emplace(member.key, value.members.size());
      if (is_new) {
        value.members.push_back(std::move(member));
      } else {
        note(JsonFault::duplicate_key, member.key_offset, "duplicate key \"" + quoted(member.key) + "\"");
        value.members[known->second] = std::move(member);
      }
      read_separator('}', "an object");
    }
    if (!failed_) ++at_;
  }

  void read_array(JsonValue& value, std::size_t depth) {
    value.kind = JsonKind::array;
    ++at_;
    skip_space();
    while (!failed_ && peek() != ']') {
      value.items.push_back(read_value(depth + 1));
      if (!failed_) read_separator(']', "an array");
    }
    if (!failed_) ++at_;
  }

  /// After a value inside an object or array: stops before the next key or value, or before `closing`.
  void read_separator(char closing, const std::string& what) {
    const std::size_t end_of_value = at_;
    skip_space();
    if (failed_) return;
    if (at_end()) return fail_at_end("the text ends within " + what);
    if (peek() == closing) return;
    if (peek() != ',') {
      const bool next_begins =
          closing == '}' ? peek() == '"' : peek() == '"' || peek() == '{' || peek() == '[';
      if (next_begins) return note(JsonFault::unexpected, end_of_value, "missing comma");
      return fail(JsonFault::unexpected, at_, describe_here() + " where a comma or " + closing + " belongs");
    }
    const std::size_t comma = at_++;
    skip_space();
    if (at_end() && !failed_) return fail_at_end("the text ends within " + what);
    if (peek() == closing && strict()) {
      note(JsonFault::trailing_comma, comma, std::string("trailing comma before ") + closing);
    }
  }

  std::string read_key() {
    const char c = peek();
    if (c == '"' || c == '\'') return read_string();
    if (is_letter(c)) {
      const std::string key(word_here());
      if (dialect_ != JsonDialect::json5_subset) {
        note(JsonFault::unquoted_key, at_, "key " + quoted(key) + " without quotes");
      }
      at_ += key.size();
      return key;
    }
    if (at_end()) {
      fail_at_end("the text ends within an object");
    } else {
      fail(JsonFault::unexpected, at_, describe_here() + " where a key or } belongs");
    }
    return {};
  }

  std::string read_string() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    if (quote == '\'' && dialect_ != JsonDialect::json5_subset) {
      note(JsonFault::single_quotes, start, "single quotes where double quotes belong");
    }
    std::string out;
    while (!failed_) {
      if (at_end() || peek() == '\n' || peek() == '\r') {
        fail(JsonFault::unterminated_string, start, "string without a closing quote");
        break;
      }
      const char c = text_[at_];
      if (c == quote) {
        ++at_;
        break;
      }
      if (c == '\\') {
        read_escape(out, quote);
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        note(JsonFault::control_character, at_,
             c == '\t' ? "tab inside a string; write \\t" : "control character inside a string");
      }
      out.push_back(c);
      ++at_;
    }
    return out;
  }

  void read_escape(std::string& out, char quote) {
    const std::size_t start = at_;
    const char c = peek(1);
    at_ += 2;
    switch (c) {
      case '"':
        out.push_back('"');
        return;
      case '\\':
        out.push_back('\\');
        return;
      case '/':
        out.push_back('/');
        return;
      case 'b':
        out.push_back('\b');
        return;
      case 'f':
        out.push_back('\f');
        return;
      case 'n':
        out.push_back('\n');
        return;
      case 'r':
        out.push_back('\r');
        return;
      case 't':
        out.push_back('\t');
        return;
      case 'u':
        return read_unicode_escape(out, start);
      default:
        break;
    }
    if (c == '\'' && quote == '\'') {
      out.push_back('\'');
      return;
    }
    --at_;  // what follows the backslash is read as itself, so that a line's end is still seen
    note(JsonFault::bad_escape, start, "backslash that begins no escape; write \\\\ for a backslash");
  }

  /// With `at_` behind `\u`. A surrogate pair takes two escapes.
  void read_unicode_escape(std::string& out, std::size_t start) {
    const auto bad = [&](const char* message) {
      note(JsonFault::bad_escape, start, message);
      append_utf8(out, 0xFFFD);
    };
    const std::optional<char32_t> first = read_four_hex_digits();
    if (!first) return bad("\\u without four hexadecimal digits");
    if (*first < 0xD800 || *first > 0xDFFF) return append_utf8(out, *first);
    if (*first <= 0xDBFF && peek() == '\\' && peek(1) == 'u') {
      const std::size_t second_start = at_;
      at_ += 2;
      const std::optional<char32_t> second = read_four_hex_digits();
      if (second && *second >= 0xDC00 && *second <= 0xDFFF) {
        return append_utf8(out, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
      }
      at_ = second_start;
    }
    bad("half of a surrogate pair");
  }

  std::optional<char32_t> read_four_hex_digits() {
    char32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const char c = peek(i);
      const char low = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      if (is_digit(low)) {
        value = value * 16 + static_cast<char32_t>(low - '0');
      } else if (low >= 'a' && low <= 'f') {
        value = value * 16 + static_cast<char32_t>(low - 'a' + 10);
      } else {
        return std::nullopt;
      }
    }
    at_ += 4;
    return value;
  }

  void read_number(JsonValue& value) {
    std::size_t end = at_;
    while (end < text_.size() && (is_digit(text_[end]) || is_letter(text_[end]) || text_[end] == '+' ||
                                  text_[end] == '-' || text_[end] == '.')) {
      ++end;
    }
    value.kind = JsonKind::number;
    value.text = std::string(text_.substr(at_, end - at_));
    if (!is_json_number(value.text)) {
      note(JsonFault::bad_number, at_,
           quoted(value.text) + " is not a number; if it is text, put it in double quotes");
    }
    at_ = end;
  }

  void read_word(JsonValue& value) {
    const std::string_view word = word_here();
    if (word == "null") {
      value.kind = JsonKind::null;
    } else if (word == "true" || word == "false") {
      value.kind = JsonKind::boolean;
      value.boolean = word == "true";
    } else if (word == "NaN" || word == "Infinity") {
      note(JsonFault::bad_number, at_, std::string(word) + " is not a JSON number");
      value.kind = JsonKind::number;
      value.text = std::string(word);
    } else {
      std::string message = quoted(word) + " where a value belongs";
      const std::optional<std::string> meant = nearest_word(word, {"true", "false", "null"});
      message += meant ? "; did you mean " + *meant + "?" : "; text needs double quotes";
      return fail(JsonFault::unexpected, at_, std::move(message));
    }
    at_ += word.size();
  }

  std::string_view word_here() const {
    std::size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    return text_.substr(at_, end - at_);
  }

  /// The character that stands here, as a message names it.
  std::string describe_here() const {
    std::size_t length = 1;
    while (at_ + length < text_.size() && (static_cast<unsigned char>(text_[at_ + length]) & 0xC0) == 0x80)
      ++length;
    const std::string_view character = text_.substr(at_, length);
    if (length == 1 && static_cast<unsigned char>(character[0]) < 0x20) return "control character";
    return std::string(character);
  }

  std::string_view text_;
  JsonDialect dialect_;
  JsonLimits limits_;
  std::size_t at_ = 0;
  bool failed_ = false;
  std::vector<JsonProblem> problems_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const JsonMember& member) { return member.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

bool JsonParse::ok() const {
  return value.has_value() && std::all_of(problems.begin(), problems.end(), [](const JsonProblem& problem) {
           return problem.fault == JsonFault::byte_order_mark;
         });
}

JsonParse parse_json(std::string_view text, JsonDialect dialect, const JsonLimits& limits) {
  return Reader(text, dialect, limits).read();
}

}  // namespace exthost::base
