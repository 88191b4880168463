#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/result.h"
#include "emulator/package/ignore_rules.h"

namespace exthost::package {

/// What is to be left out of a folder's tree. A list of globs stands for one without .gitignore files.
struct IgnoreOptions {
  IgnoreOptions() = default;
  IgnoreOptions(std::vector<std::string> all_globs, bool with_gitignore = false)
      : globs(std::move(all_globs)), gitignore(with_gitignore) {}
  IgnoreOptions(std::initializer_list<std::string> all_globs) : globs(all_globs) {}

  std::vector<std::string> globs;  ///< As for IgnoreRules.
  bool gitignore = false;          ///< The .gitignore files of the folder and of those below it count too.
};

/// Which files of a tree are left out, by IgnoreOptions and the .gitignore files that were read.
///
/// Precedence is git's (gitignore(5)): the globs of the options, as those of a command line, then the
/// .gitignore of the file's own folder, then that of the one above, and so on; last what never belongs into a
/// package. What lies in a folder that is left out can't be taken back. Files above the tree,
/// .git/info/exclude and the user's own excludes do not count: what is packed must not depend on the machine.
/// Not thread-safe.
class TreeRules {
 public:
  TreeRules(const IgnoreOptions& options);

  /// Whether .gitignore files count.
  bool gitignore() const { return gitignore_; }
  static constexpr std::string_view kFileName = ".gitignore";

  /// Takes in the .gitignore of a folder, in place of what was read of it before; no file, no rules. As for
  /// git, a link is none. `folder` is relative to `root`, empty for the root itself. Does nothing if such
  /// files do not count. Fails with `unavailable` (kSourceUnreadable), also for one of more than a megabyte.
  base::Result<void> read_file(const std::filesystem::path& root, const std::string& folder);
  /// As read_file, with the file's text.
  void put_file(const std::string& folder, std::string_view text);
  void forget_files() { files_.clear(); }

  /// Whether this file or folder is left out. What lies in a folder that is left out is not asked about.
  bool ignores(std::string_view path, bool is_folder) const;

 private:
  bool gitignore_;
  IgnoreRules globs_;
  IgnoreRules always_;
  std::map<std::string, IgnoreRules, std::less<>> files_;  // by folder
};

}  // namespace exthost::package
