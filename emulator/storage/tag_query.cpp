#include "emulator/storage/tag_query.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "emulator/base/text.h"

namespace exthost::storage {
namespace {

constexpr std::string_view kContainer = "@container";
constexpr int kDepth = 16;

// A recursive descent over the text; failed() holds the first mistake.
class Parser {
 public:
  Parser(std::string_view text, TagQueryUse use) : text_(text), use_(use) {}

  base::Result<TagQuery> parse() {
    TagQuery query = any_of(0);
    skip_space();
    if (mistake_.empty() && !text_.empty())
      fail("'" + std::string(text_.substr(0, 20)) + "' is not expected");
    if (mistake_.empty()) return query;
    return base::Error{base::ErrorKind::invalid_input,
                       "The expression on tags can't be read: " + mistake_ + ".", ""};
  }

 private:
  TagQuery any_of(int depth) { return joined(TagQuery::Kind::any_of, "or", depth); }
  TagQuery all_of(int depth) { return joined(TagQuery::Kind::all_of, "and", depth); }

  TagQuery joined(TagQuery::Kind kind, std::string_view word, int depth) {
    const bool outer = kind == TagQuery::Kind::any_of;
    std::vector<TagQuery> parts;
    do {
      parts.push_back(outer ? all_of(depth) : factor(depth));
    } while (mistake_.empty() && take_word(word));
    if (parts.size() == 1) return std::move(parts.front());
    if (outer && use_ == TagQueryUse::search) fail("a search takes AND only");
    return {kind, {}, {}, {}, std::move(parts)};
  }

  TagQuery factor(int depth) {
    skip_space();
    if (use_ == TagQueryUse::search || !take("(")) return comparison();
    if (depth == kDepth) {
      fail("it nests too deep");
      return {};
    }
    TagQuery query = any_of(depth + 1);
    skip_space();
    if (!take(")")) fail("a parenthesis is not closed");
    return query;
  }

  TagQuery comparison() {
    TagQuery query;
    query.key = key();
    query.op = op();
    if (!mistake_.empty()) return query;
    skip_space();
    query.value = quoted('\'');
    if (query.op == "<>" && use_ == TagQueryUse::search) fail("a search does not take <>");
    if (query.key.empty()) fail("a tag's name is missing");
    if (query.key == kContainer && use_ == TagQueryUse::condition) fail("@container is for searches");
    if (query.key == kContainer && query.op != "=") fail("@container takes = only");
    return query;
  }

  std::string key() {
    skip_space();
    if (!text_.empty() && text_.front() == '"') return quoted('"');
    const auto end = std::find_if(text_.begin(), text_.end(), [](unsigned char c) {
      return std::isalnum(c) == 0 && c != '_' && c != '@';
    });
    std::string name(text_.begin(), end);
    text_.remove_prefix(name.size());
    return name;
  }

  std::string op() {
    constexpr std::array<std::string_view, 6> kOperators = {"<>", "<=", ">=", "=", "<", ">"};
    skip_space();
    for (std::string_view candidate : kOperators) {
      if (take(candidate)) return std::string(candidate);
    }
    fail("a comparison (=, <>, <, <=, >, >=) is missing");
    return {};
  }

  // A doubled quote stands for one.
  std::string quoted(char quote) {
    std::string value;
    if (text_.empty() || text_.front() != quote) {
      fail("a value stands in single quotes");
      return value;
    }
    text_.remove_prefix(1);
    for (;;) {
      if (text_.empty()) {
        fail("a quote is not closed");
        return value;
      }
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == quote) {
        if (text_.empty() || text_.front() != quote) return value;
        text_.remove_prefix(1);
      }
      value += c;
    }
  }

  bool take(std::string_view symbol) {
    if (text_.substr(0, symbol.size()) != symbol) return false;
    text_.remove_prefix(symbol.size());
    return true;
  }
  bool take_word(std::string_view word) {
    skip_space();
    if (!base::begins_with_ignoring_case(text_, word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  void skip_space() {
    while (!text_.empty() && text_.front() == ' ') text_.remove_prefix(1);
  }
  void fail(std::string mistake) {
    if (mistake_.empty()) mistake_ = std::move(mistake);
  }

  std::string_view text_;
  const TagQueryUse use_;
  std::string mistake_;
};

bool holds(const std::string& op, std::string_view left, std::string_view right) {
  if (op == "=") return left == right;
  if (op == "<>") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left >= right;
}

}  // namespace

base::Result<TagQuery> parse_tag_query(std::string_view text, TagQueryUse use) {
  return Parser(text, use).parse();
}

bool matches(const TagQuery& query, const Tags& tags, std::string_view container) {
  const auto fits = [&](const TagQuery& part) { return matches(part, tags, container); };
  switch (query.kind) {
    case TagQuery::Kind::all_of:
      return std::all_of(query.parts.begin(), query.parts.end(), fits);
    case TagQuery::Kind::any_of:
      return std::any_of(query.parts.begin(), query.parts.end(), fits);
    case TagQuery::Kind::compare:
      break;
  }
  if (query.key == kContainer) return container == query.value;
  const auto tag = tags.find(query.key);
  return tag != tags.end() && holds(query.op, tag->second, query.value);
}

bool mentions(const TagQuery& query, std::string_view key) {
  if (query.kind == TagQuery::Kind::compare) return query.key == key;
  return std::any_of(query.parts.begin(), query.parts.end(),
                     [&](const TagQuery& part) { return mentions(part, key); });
}

}  // namespace exthost::storage
