#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exthost::package {

/// Which files of a source folder stay out of its package: globs with the meaning they have in a .gitignore.
///
/// `*` and `?` stop at a slash, `[a-z]`, `[!a-z]` and `[[:digit:]]` are sets, `**` stands for any number of
/// folders, `\` takes the next character as it is; a set or a `\` without its end fits nothing. A glob with a
/// slash at its start or inside counts from the root, any other at every depth. A slash at the end means
/// folders only; `!` in front takes back what an earlier glob left out. The last that fits decides.
///
/// Ahead of them stand rules for what never belongs into a package: `.git` and its like, and the files that
/// editors drop while they save. Immutable and thread-safe.
class IgnoreRules {
 public:
  explicit IgnoreRules(const std::vector<std::string>& globs);
  /// These globs, with nothing ahead of them.
  static IgnoreRules only(const std::vector<std::string>& globs);

  /// Whether this file or folder is left out. What lies in a folder that is left out is not asked about.
  bool ignores(std::string_view path, bool is_folder) const {
    return verdict(path, is_folder).value_or(false);
  }
  /// The same, or absent if no glob fits.
  std::optional<bool> verdict(std::string_view path, bool is_folder) const;

 private:
  IgnoreRules() = default;
  struct Rule {
    std::vector<std::string> segments;
    bool anchored = false;
    bool folders_only = false;
    bool negated = false;
  };
  void add(std::string_view glob);

  std::vector<Rule> rules_;
};

}  // namespace exthost::package
