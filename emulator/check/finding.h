#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "emulator/model/problem.h"

namespace exthost::check {

/// Something found, in a file that the person who asked can open.
struct Finding {
  model::Problem problem;  ///< `where.file`: a path as that person would write it, or a blob's URL.
  std::string entry;  ///< If that file is a zip: the path in it that line and column belong to, or empty.

  /// `container/1.0.0.5.zip/Content/Config/default.json`
  std::string path() const;
  /// The same with line and column, if there are any.
  std::string place() const;
};

/// What was found in one subject.
struct SubjectResult {
  std::string subject;  ///< As it was named, without secrets.
  std::string kind;     ///< What it was taken for: `container folder`.
  std::string extent;   ///< How much was looked at: `5 versions`; empty if there is nothing to count.
  std::vector<std::string> looked_at;  ///< The paths of the files judged, each once.
  std::vector<Finding> findings;       ///< Those of one file together, by place.

  std::size_t count(model::Severity severity) const;
};

/// Everything that one run of `check` has to say.
struct CheckReport {
  std::vector<SubjectResult> subjects;
  bool strict = false;  ///< Warnings count as errors do.

  std::size_t count(model::Severity severity) const;
  /// Whether nothing was found that counts.
  bool good() const;
  /// Whether a finding of this severity counts.
  bool counts(model::Severity severity) const {
    return severity == model::Severity::error || (strict && severity == model::Severity::warning);
  }
};

/// Moves findings of one file together, by place in it; files keep the order of their first mention.
void group_by_file(std::vector<Finding>& findings);

/// `2 errors, 1 warning`, with what is none left out; empty if all are.
std::string counts_in_words(std::size_t errors, std::size_t warnings, std::size_t notes);

/// A path below another as messages show it: `./a` and `b` make `a/b`; a URL keeps its form.
std::string join_shown(const std::string& base, const std::string& name);

}  // namespace exthost::check
