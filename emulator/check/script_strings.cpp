#include "emulator/check/script_strings.h"

#include <algorithm>
#include <array>

namespace exthost::check {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// A walk over a script that knows code from strings, comments and regular expressions.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  std::vector<ScriptString> run() {
    while (at_ < text_.size()) step();
    return std::move(strings_);
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char c = text_[at_];
    if (c == '/' && peek(1) == '/') return skip_past("\n", 2);
    if (c == '/' && peek(1) == '*') return skip_past("*/", 2);
    if (c == '/' && begins_expression()) return skip_regular_expression();
    if (c == '"' || c == '\'') return read_string(c);
    if (c == '`') return read_template(true);
    if (c == '{' && !open_templates_.empty()) ++open_templates_.back();
    if (c == '}' && !open_templates_.empty()) {
      if (open_templates_.back() == 0) {
        open_templates_.pop_back();
        return read_template(false);
      }
      --open_templates_.back();
    }
    if (!is_space(c)) last_ = at_;
    ++at_;
  }

  void skip_past(std::string_view end, std::size_t from) {
    const std::size_t found = text_.find(end, at_ + from);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
  }

  /// Whether a value may begin here, so that a slash begins a regular expression and does not divide.
  bool begins_expression() const {
    if (last_ == std::string_view::npos) return true;
    const char c = text_[last_];
    if (!is_word(c)) return c != ')' && c != ']' && c != '}' && c != '"' && c != '\'' && c != '`';
    std::size_t begin = last_;
    while (begin > 0 && is_word(text_[begin - 1])) --begin;
    const std::string_view word = text_.substr(begin, last_ + 1 - begin);
    constexpr std::array<std::string_view, 10> kAhead = {"return", "typeof", "case", "in",    "of",
                                                         "delete", "void",   "else", "throw", "do"};
    return std::find(kAhead.begin(), kAhead.end(), word) != kAhead.end();
  }

  void skip_regular_expression() {
    bool in_set = false;
    for (last_ = at_++; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      const char c = text_[at_];
      if (c == '\\') {
        ++at_;
      } else if (c == '[') {
        in_set = true;
      } else if (c == ']') {
        in_set = false;
      } else if (c == '/' && !in_set) {
        last_ = at_++;
        // What follows divides: make the flags, or the slash itself, look like the end of a value.
        while (at_ < text_.size() && is_word(text_[at_])) last_ = at_++;
        return;
      }
    }
  }

  void read_string(char quote) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') at_ += text_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_, text_.size());
    if (at_ < text_.size() && text_[at_] == quote) {
      strings_.push_back({begin, at_});
      last_ = at_++;
    }
  }

  /// Reads on in a template, up to its end or to the code in it. `whole`: from its opening quote on.
  void read_template(bool whole) {
    const std::size_t begin = ++at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '`' || (text_[at_] == '$' && peek(1) == '{')) {
        if (whole) strings_.push_back({begin, at_});
        last_ = at_;
        if (text_[at_] == '`') {
          ++at_;
        } else {
          at_ += 2;
          last_ = at_ - 1;
          open_templates_.push_back(0);
        }
        return;
      }
    }
    at_ = text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t last_ = std::string_view::npos;  // the last character of code that is no space
  std::vector<int> open_templates_;            // for each `${` that is open, the braces open in it
  std::vector<ScriptString> strings_;
};

}  // namespace

std::vector<ScriptString> script_strings(std::string_view script) {
  return Walk(script).run();
}

}  // namespace exthost::check
