#include "emulator/check/finding.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/check/container.h"

namespace exthost::check {

std::string Finding::path() const {
  return entry.empty() ? problem.where.file : problem.where.file + "/" + entry;
}

std::string Finding::place() const {
  return base::SourcePosition{path(), problem.where.line, problem.where.column}.to_string();
}

std::size_t SubjectResult::count(model::Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.problem.severity == severity; }));
}

std::size_t CheckReport::count(model::Severity severity) const {
  return std::accumulate(
      subjects.begin(), subjects.end(), std::size_t{0},
      [&](std::size_t sum, const SubjectResult& subject) { return sum + subject.count(severity); });
}

bool CheckReport::good() const {
  return count(model::Severity::error) == 0 && (!strict || count(model::Severity::warning) == 0);
}

void group_by_file(std::vector<Finding>& findings) {
  std::map<std::string, std::size_t> order;
  for (const Finding& finding : findings) order.emplace(finding.path(), order.size());
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& left, const Finding& right) {
    const auto rank = [&](const Finding& finding) {
      const base::SourcePosition& where = finding.problem.where;
      return std::tuple(order.at(finding.path()), where.line, where.column);
    };
    return rank(left) < rank(right);
  });
}

std::string counts_in_words(std::size_t errors, std::size_t warnings, std::size_t notes) {
  std::string text;
  const auto add = [&](std::size_t count, const char* noun) {
    if (count > 0) text += (text.empty() ? "" : ", ") + base::counted(count, noun);
  };
  add(errors, "error");
  add(warnings, "warning");
  add(notes, "note");
  return text;
}

std::string join_shown(const std::string& base, const std::string& name) {
  if (is_url(base)) return base + "/" + name;
  return (std::filesystem::path(base) / name).lexically_normal().generic_string();
}

}  // namespace exthost::check
