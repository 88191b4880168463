#include "emulator/package/ignore_rules.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <span>
#include <utility>

#include "emulator/base/text.h"

namespace exthost::package {
namespace {

/// What never belongs into a package: version control, and what editors and systems drop beside a file.
constexpr std::string_view kAlways[] = {
    ".git",          ".hg/",          ".svn/", "*~",    "*.sw[a-z]", "4913",
    "*___jb_tmp___", "*___jb_old___", ".#*",   "[#]*#", ".DS_Store", "Thumbs.db",
};

bool is_in_class(std::string_view name, unsigned char c) {
  if (name == "alnum") return std::isalnum(c) != 0;
  if (name == "alpha") return std::isalpha(c) != 0;
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "cntrl") return std::iscntrl(c) != 0;
  if (name == "digit") return std::isdigit(c) != 0;
  if (name == "graph") return std::isgraph(c) != 0;
  if (name == "lower") return std::islower(c) != 0;
  if (name == "print") return std::isprint(c) != 0;
  if (name == "punct") return std::ispunct(c) != 0;
  if (name == "space") return std::isspace(c) != 0;
  if (name == "upper") return std::isupper(c) != 0;
  if (name == "xdigit") return std::isxdigit(c) != 0;
  return false;
}

/// Whether `c` is in the set that begins behind the `[` at `pattern[at]`; moves `at` behind its `]`. Absent
/// if there is no `]`.
std::optional<bool> match_set(std::string_view pattern, std::size_t& at, char c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool inside = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      at = i + 1;
      return inside != negated;
    }
    if (pattern.substr(i, 2) == "[:") {
      const std::size_t end = pattern.find(":]", i + 2);
      if (end != std::string_view::npos) {
        inside = is_in_class(pattern.substr(i + 2, end - i - 2), static_cast<unsigned char>(c)) || inside;
        i = end + 2;
        continue;
      }
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const char low = pattern[i++];
    char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      if (pattern[i + 1] == '\\' && i + 2 < pattern.size()) ++i;
      high = pattern[i + 1];
      i += 2;
    }
    if (low <= c && c <= high) inside = true;
  }
  return std::nullopt;
}

/// Takes one character's worth off the pattern if it fits `c`. Not for `*`.
bool match_one(std::string_view pattern, std::size_t& at, char c) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') return match_set(pattern, at, c).value_or(false);
  if (pattern[at] == '\\' && ++at == pattern.size()) return false;
  return pattern[at++] == c;
}

/// A glob without slashes against a name without slashes. Only the last star is ever tried again, which
/// suffices and keeps the time within the product of the two lengths.
bool match_segment(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t position = 0;
  std::size_t star = std::string_view::npos;
  std::size_t after_star = 0;
  while (position < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      after_star = position;
    } else if (std::size_t next = at; at < pattern.size() && match_one(pattern, next, name[position])) {
      at = next;
      ++position;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      position = ++after_star;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

/// Segments of a glob against those of a path, in the same way: `**` is the star. At the end, `**` stands for
/// at least one segment (`a/**` is what lies in `a`, not `a`).
bool match_segments(std::span<const std::string> pattern, std::span<const std::string> path) {
  std::size_t at = 0;
  std::size_t position = 0;
  std::optional<std::size_t> star;
  std::size_t after_star = 0;
  while (position < path.size()) {
    if (at < pattern.size() && pattern[at] == "**") {
      if (at + 1 == pattern.size()) return true;
      star = at++;
      after_star = position;
    } else if (at < pattern.size() && match_segment(pattern[at], path[position])) {
      ++at;
      ++position;
    } else if (star) {
      at = *star + 1;
      position = ++after_star;
    } else {
      return false;
    }
  }
  return at == pattern.size();
}

/// Takes off the spaces at the end, but one that a backslash protects.
std::string_view trim_end(std::string_view glob) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == ' ') continue;
    if (glob[i] == '\\' && i + 1 < glob.size()) ++i;
    end = i + 1;
  }
  return glob.substr(0, end);
}

}  // namespace

IgnoreRules::IgnoreRules(const std::vector<std::string>& globs) {
  for (const std::string_view glob : kAlways) add(glob);
  for (const std::string& glob : globs) add(glob);
}

IgnoreRules IgnoreRules::only(const std::vector<std::string>& globs) {
  IgnoreRules rules;
  for (const std::string& glob : globs) rules.add(glob);
  return rules;
}

void IgnoreRules::add(std::string_view glob) {
  glob = trim_end(glob);
  if (glob.empty() || glob.front() == '#') return;
  Rule rule;
  if (glob.front() == '!') {
    rule.negated = true;
    glob.remove_prefix(1);
  }
  if (glob.ends_with('/')) {
    rule.folders_only = true;
    glob.remove_suffix(1);
  }
  rule.anchored = glob.find('/') != std::string_view::npos;
  if (glob.starts_with('/')) glob.remove_prefix(1);
  if (glob.empty()) return;
  rule.segments = base::split(glob, '/');
  rules_.push_back(std::move(rule));
}

std::optional<bool> IgnoreRules::verdict(std::string_view path, bool is_folder) const {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  std::optional<std::vector<std::string>> segments;  // split when the first rule needs it
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->folders_only && !is_folder) continue;
    if (!rule->anchored) {
      if (match_segment(rule->segments.front(), name)) return !rule->negated;
      continue;
    }
    if (!segments) segments = base::split(path, '/');
    if (match_segments(rule->segments, *segments)) return !rule->negated;
  }
  return std::nullopt;
}

}  // namespace exthost::package
